import Shared

/// `{run}/alerts.json`: who was told what of a run, so that nobody is told twice.
struct AlertRecord: Codable, Sendable, Equatable {
  struct Delivery: Codable, Sendable, Equatable {
    let at: UTCInstant
    /// What was done, as a sentence: `issue #412 was opened`.
    let what: String
    /// `nil` when it went well.
    var problem: String?
    /// `alarm`, `ok` or `mail`: what people were told; `nil` for what is no notice.
    var notice: String?

    init(at: UTCInstant, what: String, problem: String? = nil, notice: String? = nil) {
      (self.at, self.what, self.problem, self.notice) = (at, what, problem, notice)
    }
  }

  let schema: Int
  let run: RunID
  let nonce: String
  var issue: IssueLink?
  /// By the delivery's name: `issue`, `status`, `sns/service` ...
  var deliveries: [String: Delivery] = [:]

  init(_ plan: RunPlan) { (schema, run, nonce) = (contractSchema, plan.run, plan.nonce) }

  func isDone(_ name: String) -> Bool { deliveries[name].map { $0.problem == nil } ?? false }
}
