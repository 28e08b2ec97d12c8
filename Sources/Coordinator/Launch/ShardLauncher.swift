/// Starts shards and knows whether they still run. ECS and this machine are the implementations.
protocol ShardLauncher: Sendable {
  func launch(_ shard: ShardSpec) async throws
  func state(_ index: Int) async -> LaunchState
  /// Asks a shard to stop, once; it hands in what it has.
  func stop(_ index: Int) async
  /// Ends at once whatever still runs of a shard.
  func end(_ index: Int) async
}

struct ShardSpec: Sendable {
  let index: Int
  let attempt: Int
  /// For the agent and its k6.
  let environment: [String: String]
  let script: String
  let k6Options: [String]
}

enum LaunchState: Sendable, Equatable {
  case notLaunched
  case running
  /// The sentence says how, and what its last words were.
  case ended(String)

  var isRunning: Bool { self == .running }
}
