import Shared

/// One thing that is done with a run's verdict, behind its record: nothing of it changes the verdict.
struct AlertDelivery: Sendable {
  /// In ``AlertRecord``: `issue`, `status`, `sns/service` ...
  let name: String
  /// What it tells people, where it does.
  var notice: Notice?
  /// Carries it out, or finds that it is done already.
  /// - Throws: one sentence for people: what was not done, and why.
  let send: @Sendable (AlertFacts) async throws -> Sent

  /// As the configuration names them, in their order.
  static let groups = ["issue", "status", "comment", "sns", "pagerduty", "metrics"]

  var group: String { String(name.prefix { $0 != "/" }) }

  struct Sent: Sendable, Equatable {
    /// A sentence: `issue #412 was opened`.
    let what: String
    /// The suite's issue, where that is what was done.
    var issue: IssueLink?

    init(_ what: String, issue: IssueLink? = nil) { (self.what, self.issue) = (what, issue) }
  }
}
