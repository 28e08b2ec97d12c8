import Shared

extension ShardConductor {
  /// What happened, and when; it can be read when k6 dies at any moment.
  struct Course: Sendable {
    var processID: Int32?
    /// k6 had initialised: how many VUs this shard has at most.
    var maxVUs: Int?
    /// The run's common instant, from which seconds are counted.
    var startAt: UTCInstant?
    /// When k6 had answered that it was let go; until then, when it was asked.
    var startedAt: UTCInstant?
    var loadEndedAt: UTCInstant?
    /// When k6 itself said that its test was over, teardown() included, or else was gone.
    var testEndedAt: UTCInstant?
    /// When k6 itself said that setup() was over and its VUs were at work, or that they had been.
    var loadStartedAt: UTCInstant?
    /// k6 was still at its setup() when it was looked at.
    var sawSetup = false
    /// setup() was over before the start, for all shards.
    var setupIsOver = false
    /// The data of this k6's own setup() was looked at.
    var knowsSetup = false
    /// The script called test.abort().
    var wasAborted = false
    /// This shard has run setup() for the grid, so teardown() is owed.
    var hasSetUp = false {
      didSet { if hasSetUp { teardownProblem = "teardown() was not run: k6 was gone" } }
    }
    var teardownProblem: String?
    /// What stands in the store of the end of the load; `nil` before it does.
    var announced: (endedAt: UTCInstant, wasAborted: Bool)?
    var failure: ShardFailure?

    var phase: ShardProgress.Phase {
      loadEndedAt != nil ? .ended : loadStartedAt != nil ? .running : .setup
    }

    /// Between un-pausing and the first look k6 may have had nothing to set up: then its load began at once.
    mutating func note(_ phase: K6RestAPI.Phase?, _ now: UTCInstant) {
      switch phase {
      case .started, .setup: sawSetup = true
      case .running, .teardown:
        loadStartedAt = loadStartedAt ?? (sawSetup && !setupIsOver ? now : startedAt)
      default: break
      }
    }
  }
}
