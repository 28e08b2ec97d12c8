import Shared

/// What a notice is about.
enum NoticeOccasion: Sendable, Equatable {
  case failing(nights: Int)
  case recovered(nights: Int)
  case degraded
  /// The p95 has come down again; no limit was crossed.
  case asUsual
  case unjudged(nights: Int)
  case judgedAgain(nights: Int)

  init(_ notice: Notice, _ facts: AlertFacts) {
    let situation = facts.situation
    self =
      switch (notice.audience, notice.kind) {
      case (.service, .alarm): .failing(nights: situation?.failing?.nights ?? 1)
      case (.service, .ok): .recovered(nights: situation?.recovered?.nights ?? 1)
      case (.service, .mail): facts.verdict == .pass ? .asUsual : .degraded
      case (.harness, .ok): .judgedAgain(nights: situation?.incompleteNightsBefore ?? 1)
      case (.harness, _): .unjudged(nights: situation?.incompleteNights ?? 1)
      }
  }
}

extension Notice {
  /// For filter policies. An OK is a pass, whatever the run came to that ended a trouble of the load test's own: who filters
  /// for failing and passing runs must not miss it, or the incident would stay open.
  func verdict(_ facts: AlertFacts) -> Verdict { kind == .ok ? .pass : facts.verdict }
}

/// By which others know that two notices are about the same trouble: stable per suite and audience.
enum NoticeName {
  /// Of CloudWatch and of PagerDuty.
  private static let most = 255

  /// `checkout-api nightly load test`
  static func alarm(_ suite: String, _ audience: Notice.Audience) -> String {
    fitted(suite, before: "", behind: " nightly load test" + (audience == .harness ? " not running" : ""))
  }

  /// `k6-grid/checkout-api`
  static func dedupKey(_ suite: String, _ audience: Notice.Audience) -> String {
    fitted(suite, before: "k6-grid/", behind: audience == .harness ? "/not-running" : "")
  }

  /// Of two long names that begin alike, the end tells them apart.
  private static func fitted(_ suite: String, before: String, behind: String) -> String {
    let suite = PlainText.strict(suite)
    let room = most - before.utf8.count - behind.utf8.count
    guard suite.utf8.count > room else { return before + suite + behind }
    let hash = "~\(sha256(Array(suite.utf8)).prefix(16))"
    return before + suite.prefix(room - hash.utf8.count) + hash + behind
  }
}
