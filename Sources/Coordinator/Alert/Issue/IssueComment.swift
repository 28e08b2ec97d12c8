import Shared

/// A comment on the suite's issue.
enum IssueComment: Sendable, Equatable {
  /// With what has changed, in Markdown.
  case news([String])
  case degraded
  case unjudged
  case recovered(nights: Int)
  case reopened(UTCInstant?)
  /// Runs are judged again, after so many nights.
  case running(nights: Int)
  case duplicate(of: Int)

  func body(_ facts: AlertFacts) throws -> String {
    let text = [words(facts)] + details(facts)
    let links = AlertLinks(night: facts.links.night, workflowRun: facts.links.workflowRun)
    let line = AlertText.links(links).map { ["", $0] } ?? []
    return AlertBody(
      first: try CommentMarker(facts).line(facts.plan.suite), sections: [.init(text + line)]
    ).text()
  }

  /// Its first paragraph.
  func words(_ facts: AlertFacts) -> String {
    switch self {
    case .news: "**\(failingNight(facts))\(facts.day):** \(headline(facts))"
    case .degraded:
      "**Degraded on \(facts.day):** no limit is crossed, but "
        + (facts.step.map { "of the p95 \(AlertText.rise($0))" } ?? "the p95 stays up")
        + ". This issue stays open."
    case .unjudged:
      "**Not judged on \(facts.day):** \(facts.complete) of \(counted(facts.plan.shardCount, "shard")) complete. "
        + "Whether the limits hold is not known tonight; this issue stays open."
    case .recovered(let nights): recovered(facts, nights)
    case .reopened(let closed):
      "**\(again(facts)) on \(facts.day)**\(closed.map { ", after it was closed on \(PageText.shortDay($0.day))" } ?? ""): "
        + headline(facts)
    case .running(let nights):
      "**Running again on \(facts.day)**"
        + (nights > 0 ? " after \(PageText.plural(nights, "night")) without a verdict" : "")
        + ". The verdict is *\(facts.verdict.rawValue)*\(figure(facts))."
    case .duplicate(let number):
      "Two runs opened an issue at the same time: this one says what #\(number) says, and is closed for it."
    }
  }

  private func again(_ facts: AlertFacts) -> String {
    switch facts.verdict {
    case .fail: "Failing again"
    case .degraded: "Degraded again"
    case .incomplete, .pass: "Without a verdict again"
    }
  }

  /// `Third failing night, `
  private func failingNight(_ facts: AlertFacts) -> String {
    facts.situation?.failing.map { "\(AlertText.capital(PageText.ordinal($0.nights))) failing night, " } ?? ""
  }

  private func headline(_ facts: AlertFacts) -> String {
    guard let worst = facts.breaches.first else { return AlertText.sentence(facts.result.reasons.first) }
    return worst.verdict
  }

  private func recovered(_ facts: AlertFacts, _ nights: Int) -> String {
    let after = nights > 0 ? " after \(PageText.plural(nights, "failing night"))" : ""
    return "Recovered on \(facts.day)\(after)\(figure(facts))."
  }

  /// `, p95 652 ms (limit 800 ms)`
  private func figure(_ facts: AlertFacts) -> String {
    (facts.threshold(.p95) ?? facts.thresholds.first).map { ", \($0.markdown)" } ?? ""
  }

  private func details(_ facts: AlertFacts) -> [String] {
    switch self {
    case .news(let sentences): [""] + sentences.map { "- \($0)" }
    case .unjudged: AlertText.list(facts.result.reasons).map { ["", $0] } ?? []
    case .degraded, .recovered, .reopened, .running, .duplicate: []
    }
  }
}
