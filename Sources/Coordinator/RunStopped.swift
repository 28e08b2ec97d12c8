import Shared

/// The run has to end now: somebody said so, a threshold did, or it could not go on.
struct RunStopped: Error, Equatable {
  let cause: StopCause
  /// One sentence.
  let reason: String

  init(_ cause: StopCause, _ reason: String) { (self.cause, self.reason) = (cause, reason) }

  /// Of a stored run; `nil` when it was not stopped.
  init?(_ signal: StopSignal?, of plan: RunPlan) {
    guard let signal, signal.nonce == plan.nonce else { return nil }
    self.init(signal.cause, signal.reason)
  }

  /// Whether the shards are given a moment to see the word in the store. Those that are not yet at their load do not
  /// look for it, and a cancelled job has no moment to give.
  var isOrderly: Bool { cause != .broken && cause != .cancelled }
}
