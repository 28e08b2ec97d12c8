import Logging
import Shared

/// What all steps of a shard need to know: who it is, what it runs, and with what it works.
struct ShardContext: Sendable {
  let shard: ShardIdentity
  let plan: RunPlan
  /// Without secrets.
  let script: ScriptPlan
  let k6Version: String
  let localScript: LocalScript
  let options: ShardOptions
  let host: Host
  let store: any ObjectStore
  let logger: Logger
  /// What k6 is told about its system tags.
  var systemTagOptions: [String] = []
  /// Of what a trend's part of k6's summary consists.
  var trendStats = K6Inspection.usualTrendStats

  var clock: ClockQuality?
  /// What k6 is given besides the agent's environment.
  var secrets: [Secret] = []
  var redactor = Redactor()
  /// As the script has it; it never leaves the agent. `nil`: no secret is in it.
  var unredactedScript: ScriptPlan?
  /// `--secret-source` with its value; empty when k6 is given none.
  var secretSource: [String] = []

  var ownScript: ScriptPlan { unredactedScript ?? script }

  /// This shard's exact share.
  // A shard is one of those that the plan has, so this cannot fail.
  var segment: ExecutionSegment { ExecutionSegment(index: shard.index, count: shard.count)! }

  /// Somebody else says when to start and to stop.
  var hasCoordinator: Bool { options.run != nil && !options.startsNow }

  var keys: RunKeys { RunKeys(shard.run) }

  /// setup() and teardown() are run once for the grid.
  var sharesSetup: Bool { plan.setup == .once }

  /// The one shard that runs them; its k6 lingers at its end.
  var ownsSetup: Bool { sharesSetup && shard.index == 0 }
}
