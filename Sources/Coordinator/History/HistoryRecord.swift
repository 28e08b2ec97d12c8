import Shared

/// One line of `history.csv`: a run as the trend sees it. What is not known is `nil`, never 0. Times are milliseconds
/// where nothing else is said, rates per second, shares from 0 to 1.
struct HistoryRecord: Sendable, Equatable {
  var suite: String
  var run: RunID
  /// A GitHub re-run is a run of its own; this is only said.
  var attempt = 1
  /// The run's UTC date is its night.
  var startedAt: UTCInstant
  var finishedAt: UTCInstant?
  var verdict: Verdict
  /// One sentence each; the first decided.
  var reasons: [String] = []
  var commit: String?
  /// The branch, or the tag.
  var ref: String?
  var release: String?
  var workflowRunURL: String?
  var artifactsURL: String?
  var issue: Int?
  /// Runs of one profile can be compared: script, load and number of shards are the same.
  var profile: String?
  var k6Version: String?
  var shardsExpected: Int?
  var shardsReceived: Int?
  var maxVUs: Int?
  var plannedSeconds: Double?
  var windowSeconds: Double?
  var staggerSeconds: Double?
  var requests: UInt64?
  var iterations: UInt64?
  var droppedIterations: UInt64?
  /// Requests in the common window over its length.
  var requestRate: Double?
  var wallRate: Double?
  var failedRequests: UInt64?
  var errorRate: Double?
  var passedChecks: UInt64?
  var failedChecks: UInt64?
  var average: Double?
  var p50: Double?
  var p90: Double?
  var p95: Double?
  var p99: Double?
  var p999: Double?
  var highest: Double?
  var lowestShardP95: Double?
  var highestShardP95: Double?
  /// Percent of what its limit allows.
  var highestCPU: Double?
  /// What the gate believed of the p95 on that night.
  var usual: Double?
  var noise: Double?
  /// The run with which the step likely began in which this one lies.
  var step: RunID?
  /// Why the run ended before its time: `threshold`, `cancelled` ...
  var stopped: String?
  /// How far the worst crossed threshold is past its limit, as a share of that: 0.05 is 840 ms where 800 are allowed. `nil` when none was
  /// crossed, or no figure says it.
  var breach: Double?

  init(suite: String, run: RunID, startedAt: UTCInstant, verdict: Verdict) {
    (self.suite, self.run, self.startedAt, self.verdict) = (suite, run, startedAt, verdict)
  }
}

extension HistoryRecord {
  /// It has figures of the whole of its load.
  var isComplete: Bool { verdict != .incomplete && p95 != nil }

  /// What is usual is read off these alone: an aborted run has less than its load.
  var isOrdinary: Bool { isComplete && stopped == nil }

  var night: UTCDate { startedAt.day }
}
