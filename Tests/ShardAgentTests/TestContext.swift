import Shared

@testable import ShardAgent

extension ShardContext {
  /// A shard of a run with a coordinator.
  static func sample(
    _ store: any ObjectStore, _ host: Host,
    _ shard: ShardIdentity = ShardIdentity(
      run: RunID("2026-11-23")!, nonce: "n", index: 0, count: 4, attempt: 1, task: "pid-1"),
    deadManSeconds: Double? = nil, setup: SetupMode = .perShard
  ) throws -> ShardContext {
    var raw = RawShardOptions(script: "load.js")
    (raw.store, raw.run) = ("file:///store", shard.run.description)
    var plan = RunPlan(
      run: shard.run, nonce: shard.nonce, suite: "s", shardCount: shard.count, script: "load.js",
      scriptDigest: nil, createdAt: host.now())
    (plan.deadManSeconds, plan.setup) = (deadManSeconds, setup)
    return ShardContext(
      shard: shard, plan: plan,
      script: ScriptPlan(thresholds: [], scenarios: [], maxVUs: 1, totalSeconds: 1), k6Version: "1.1.0",
      localScript: LocalScript(path: "load.js", digest: "d"),
      options: try ShardOptions(raw) { _ in true }, host: host, store: store, logger: .silent)
  }
}
