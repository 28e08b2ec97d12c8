/// Starts shards and knows whether they still run: on ECS, on this machine, or started by somebody else.
protocol ShardLauncher: Sendable {
  /// Starts them, as fast as it may. One that could not be started has ended.
  /// - Throws: when none can be started, as without permission.
  func launch(_ shards: [ShardSpec]) async throws
  /// Asks the outside how they are, where that costs a call: when the last answer is older than the launcher's own
  /// interval, or `isUrgent`. A launcher that always knows does nothing.
  func refresh(isUrgent: Bool) async
  /// As of the last answer.
  func state(_ index: Int) async -> LaunchState
  /// Asks a shard to stop, once; it hands in what it has.
  func stop(_ index: Int, reason: String) async
  /// Ends whatever still runs of a shard, as fast as the launcher can.
  func end(_ index: Int) async
  /// After a run: looks for what is left of it, and ends that. May take half a minute.
  /// - Returns: whether nothing is left, or somebody has taken it upon them to end what is.
  func settle() async -> Bool
  /// What the run has cost so far, as far as that is known; `nil` where nobody bills it.
  /// - Parameter isHurried: nobody is asked for it.
  func cost(isHurried: Bool) async -> RunCost?
}

extension ShardLauncher {
  /// A launcher that always knows has nothing left.
  func settle() async -> Bool { true }

  func cost(isHurried: Bool) async -> RunCost? { nil }
}

struct ShardSpec: Sendable {
  let index: Int
  let attempt: Int
  /// For the agent and its k6.
  let environment: [String: String]
  /// For the agent: a path, or where it is fetched from.
  let script: String
  let k6Options: [String]
}

enum LaunchState: Sendable, Equatable {
  case notLaunched
  case running
  case ended(ShardFate)

  var isRunning: Bool { self == .running }
}

/// How a shard came to its end.
struct ShardFate: Sendable, Equatable {
  /// How it ended and what its last words were, to be read behind "shard 3: ".
  let sentence: String
  /// Nothing of the script's or the agent's own was to blame (capacity, an image that could not be pulled, Spot), so
  /// that another launch may do better.
  let mayRelaunch: Bool
  /// Somebody or something outside the task ended it, which the shard's own summary cannot tell.
  let isFromOutside: Bool

  init(_ sentence: String, mayRelaunch: Bool = false, isFromOutside: Bool? = nil) {
    (self.sentence, self.mayRelaunch) = (sentence, mayRelaunch)
    self.isFromOutside = isFromOutside ?? mayRelaunch
  }
}
