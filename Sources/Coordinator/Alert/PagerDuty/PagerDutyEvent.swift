import Shared

/// An event of PagerDuty's Events API v2, with documented members alone; without the key, which is added on the way out.
struct PagerDutyEvent: Encodable, Sendable, Equatable {
  enum Action: String, Encodable, Sendable { case trigger, resolve }
  enum Severity: String, Encodable, Sendable { case critical, error, warning, info }

  struct Payload: Encodable, Sendable, Equatable {
    /// At the most 1,024 characters.
    let summary: String
    let source: String
    let severity: Severity
    let timestamp: String
    let component, group, kind: String
    let details: Details

    private enum CodingKeys: String, CodingKey {
      case summary, source, severity, timestamp, component, group
      case kind = "class"
      case details = "custom_details"
    }
  }

  /// What is shown beneath the summary; ours to name.
  struct Details: Encodable, Sendable, Equatable {
    let run: String
    let verdict: String
    let reason: String
    let thresholds: [String]
    let story: [String]
    let reasons: [String]
    let commit, release: String?
  }

  struct Link: Encodable, Sendable, Equatable { let href, text: String }

  let action: Action
  /// Events of one trouble share it; at the most 255 characters.
  let dedupKey: String
  // A resolve needs no more.
  var payload: Payload?
  var links: [Link]?
  var client: String?
  var clientURL: String?

  enum CodingKeys: String, CodingKey {
    case payload, links, client
    case action = "event_action"
    case dedupKey = "dedup_key"
    case clientURL = "client_url"
  }
}

extension PagerDutyEvent {
  private static let mostThresholds = 20
  private static let mostReasons = 10

  /// - Returns: `nil` for a notice that wakes nobody.
  init?(_ notice: Notice, _ facts: AlertFacts) {
    dedupKey = NoticeName.dedupKey(facts.plan.suite, notice.audience)
    switch notice.kind {
    case .mail: return nil
    case .ok: action = .resolve
    case .alarm:
      action = .trigger
      payload = Self.payload(NoticeWords(notice, facts), NoticeTitle(notice, facts))
      let shown = facts.namedLinks.map { Link(href: $0.address, text: $0.name) }
      links = shown.isEmpty ? nil : shown
      client = "k6-grid"
      clientURL = facts.address("Trend") ?? facts.address("Run")
    }
  }

  private static func payload(_ words: NoticeWords, _ title: NoticeTitle) -> Payload {
    let facts = words.facts
    let isService = words.notice.audience == .service
    return Payload(
      summary: title.text(most: 1024), source: PlainText.strict(facts.plan.suite),
      // By an event's severity PagerDuty tells what wakes somebody from what can wait for the morning: a load test that
      // does not run can.
      severity: isService ? .error : .warning, timestamp: "\(facts.result.finishedAt)",
      component: "nightly load test", group: "k6-grid", kind: isService ? "limit crossed" : "not running",
      details: details(words))
  }

  private static func details(_ words: NoticeWords) -> Details {
    let facts = words.facts
    let isService = words.notice.audience == .service
    return Details(
      run: facts.plan.run.text, verdict: facts.verdict.rawValue,
      reason: PlainText.outside(words.reason, most: 1000),
      thresholds: isService
        ? facts.thresholds.prefix(mostThresholds).map { "\($0.plainSentence): \($0.plainWord)" } : [],
      story: words.story, reasons: Array(words.unexplained.prefix(mostReasons)),
      commit: facts.plan.commit.map { PlainText.outside($0, most: 64) },
      release: facts.plan.release.map { PlainText.outside($0, most: 64) })
  }
}
