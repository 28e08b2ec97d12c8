import Shared

/// What a notice says, sentence by sentence, without Markdown.
struct NoticeWords: Sendable {
  let notice: Notice
  let facts: AlertFacts
  let occasion: NoticeOccasion

  init(_ notice: Notice, _ facts: AlertFacts) {
    (self.notice, self.facts, occasion) = (notice, facts, NoticeOccasion(notice, facts))
  }

  private var day: String { PageText.shortDay(facts.record.night) }

  var headline: String {
    let what: String =
      switch occasion {
      case .failing(let nights): "failed" + (nights > 1 ? ", \(PageText.ordinal(nights)) night" : "")
      case .recovered(let nights): "recovered on \(day), after \(PageText.plural(nights, "failing night"))"
      case .degraded: "is slower than usual; no limit is crossed"
      case .asUsual: "is as fast as usual again"
      case .unjudged(let nights):
        "could not be judged" + (nights > 1 ? ", \(PageText.ordinal(nights)) night in a row" : "")
      case .judgedAgain(let nights):
        "was judged again on \(day), after \(PageText.plural(nights, "night")) without a verdict"
      }
    return "\(PlainText.strict(facts.plan.suite)) nightly load test \(what)."
  }

  /// On one line: the figure, what it is held against, since when.
  var reason: String {
    switch occasion {
    case .failing: [figure ?? reasons, since].compactMap(\.self).joined(separator: "; ")
    case .recovered: figure ?? headline
    case .degraded, .asUsual: night
    case .unjudged: reasons
    case .judgedAgain: "its verdict is \(facts.verdict.rawValue)"
    }
  }

  private var figure: String? {
    let threshold = notice.kind == .ok ? facts.mended : facts.worst
    return threshold?.plainSentence
  }

  private var night: String {
    let usual = facts.usualP95.map { ", usual \(PlainText.ascii(PageText.msUnit($0)))" } ?? ""
    return "p95 latency \(PlainText.ascii(PageText.msUnit(facts.record.p95)))\(usual)"
  }

  private var reasons: String {
    let all = facts.reasonsOutside
    return all.isEmpty ? "no reason was recorded" : all.prefix(3).joined(separator: "; ")
  }

  /// `27 % above usual 640 ms since 19 Nov`
  private var since: String? {
    guard let step = facts.step else {
      return facts.situation?.failing.map { "since \(PageText.shortDay($0.first.night))" }
    }
    return "\(rise(step)) above usual \(PlainText.ascii(PageText.msUnit(step.range.usual))) since "
      + PageText.shortDay(step.onset.night)
  }

  private func rise(_ step: PageStep) -> String {
    String(PlainText.ascii(PageText.changeText(step.middle, step.range.usual)).drop { $0 == "+" })
  }
}

// MARK: - what is behind it

extension NoticeWords {
  /// Since when, and what moved.
  var story: [String] {
    switch occasion {
    case .failing, .degraded: [beginning, movement, generators].compactMap(\.self)
    case .recovered: []
    case .asUsual: []
    case .unjudged: ["This says nothing of the service under test."]
    case .judgedAgain:
      [
        "Its verdict is \(facts.verdict.rawValue)."
          + (facts.verdict == .fail ? " That is told on its own." : "")
      ]
    }
  }

  private var beginning: String? {
    if let step = facts.step {
      return
        "The climb began on \(PageText.shortDay(step.onset.night))\(origin): the median of the last three nights "
        + "is \(rise(step)) above the usual \(PlainText.ascii(PageText.msUnit(step.range.usual)))."
    }
    guard let failing = facts.situation?.failing else { return nil }
    let pass = failing.lastPass.map { "The last pass was on \(PageText.shortDay($0.night))" }
    guard failing.nights > 1 else { return pass.map { "\($0)." } }
    return "It began on \(PageText.shortDay(failing.first.night))\(origin). " + (pass.map { "\($0)." } ?? "")
  }

  /// ` (v2.41, 4 commits)`
  private var origin: String {
    let release = PlainText.outside(facts.release, most: 40)
    let commits = facts.commits.map { PageText.plural($0.total, "commit") }
    let parts = [release.isEmpty ? nil : release, commits].compactMap(\.self)
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  /// `POST /checkout +56 %, GET /cart +46 %.`
  private var movement: String? {
    let slower = facts.moves.filter { $0.change >= 0.08 }.prefix(3).map { move in
      "\(PlainText.outside(move.endpoint.name, most: 60)) "
        + PlainText.ascii(PageText.changeText(move.endpoint.p95, move.before?.p95))
    }
    return slower.isEmpty ? nil : "Moved most: \(slower.joined(separator: ", "))."
  }

  /// Whether the load generators are to blame.
  private var generators: String? {
    let outliers = facts.night.details?.outliers ?? []
    if !outliers.isEmpty {
      let more = outliers.count > 2 ? " So do \(outliers.count - 2) more." : ""
      return outliers.prefix(2).map { "\(PlainText.ascii($0))." }.joined(separator: " ") + more
    }
    let count = facts.plan.shardCount
    guard facts.complete == count else {
      return "\(facts.complete) of \(PageText.plural(count, "shard")) reported."
    }
    let dropped = facts.record.droppedIterations ?? 0
    if dropped > 0 {
      return "The load generators may have a part in it: \(dropped) iterations were dropped."
    }
    let shares = facts.result.shards.compactMap { $0.generator?.cpuSharePeak ?? $0.generator?.cpuShare }
    guard let cpu = shares.max() else { return nil }
    let peak = "CPU of the load generators peaked at \(trimmed(cpu * 100, digits: 0)) %"
    if GeneratorAnswer(facts: facts).isOutOfBreath {
      return "A load generator was out of breath, and may have a part in it: the \(peak)."
    }
    guard cpu * 100 < Self.busy else { return "The \(peak): they may have a part in it." }
    let begin = count == 1 ? "The" : "\(count) of \(count) shards agree, and the"
    // Too few requests and usual response times: the target is not what is slow.
    if !facts.breaches.isEmpty, facts.breaches.allSatisfy({ $0.selector == "http_reqs" }) {
      return
        "\(begin) \(peak). Response times are within their limits: look at the load's own rate and VUs as well."
    }
    return "\(begin) \(peak): they are not the cause."
  }

  /// Percent of what its limit allows.
  private static let busy = 80.0

  /// Why, where no threshold says it.
  var unexplained: [String] {
    switch occasion {
    case .unjudged: return facts.reasonsOutside
    case .failing:
      let selectors = facts.breaches.map { PlainText.outside($0.selector, most: 200) }
      return facts.reasonsOutside.filter { !selectors.contains(where: $0.hasPrefix) }
    default: return []
    }
  }

  /// What comes next.
  var ending: String? {
    switch occasion {
    case .failing:
      facts.situation?.failing?.isNearLimit == true
        ? "An OK follows when it has passed twice: this is near its limit."
        : "An OK follows when it passes again."
    case .degraded: "Nobody is woken for this."
    case .unjudged:
      notice.kind == .alarm
        ? "An OK follows when a run can be judged again."
        : "If the next night cannot be judged either, it becomes an alarm."
    case .recovered, .asUsual, .judgedAgain: nil
    }
  }
}
