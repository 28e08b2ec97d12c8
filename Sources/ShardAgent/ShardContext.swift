import Logging
import Shared

/// What all steps of a shard need to know: who it is, what it runs, and with what it works.
struct ShardContext: Sendable {
  let shard: ShardIdentity
  let script: ScriptPlan
  let k6Version: String
  let scriptDigest: String
  let options: ShardOptions
  let host: Host
  let store: any ObjectStore
  let logger: Logger
  /// Of what a trend's part of k6's summary consists.
  var trendStats = K6Inspection.usualTrendStats

  var keys: RunKeys { RunKeys(shard.run) }
}
