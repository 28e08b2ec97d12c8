import Shared

/// How many shards the load is split over, as it was asked for.
enum ShardCount: Sendable, Equatable {
  case exactly(Int)
  /// As many as the script's VUs allow, at the most ``ShardCapacity/mostByItself``.
  case auto

  static let expected = "a whole number from 1 to 10000, or auto"

  /// - Returns: `nil` when it is neither.
  init?(_ text: String) {
    if text == "auto" {
      self = .auto
    } else if let number = Int(text), (1...10_000).contains(number) {
      self = .exactly(number)
    } else {
      return nil
    }
  }
}

extension ShardCount {
  /// - Throws: ``UsageError``.
  static func flag(_ text: String) throws -> ShardCount {
    guard let count = ShardCount(text) else {
      throw UsageError("--shards is \(text): expected \(ShardCount.expected)")
    }
    return count
  }

  /// The number of shards that it comes to. Without a plan a given number stands as it is: then the shards themselves
  /// say what is wrong, or that they are too many.
  /// - Throws: ``UsageError``.
  func fitting(_ answer: InspectionAnswer, script: String) throws -> Int {
    switch (self, answer) {
    case (.exactly(let count), .plan(let plan)):
      if let refusal = ShardCapacity(plan: plan, script: script).refusal(count) { throw refusal }
      return count
    case (.exactly(let count), _): return count
    case (.auto, .plan(let plan)):
      if let count = ShardCapacity(plan: plan, script: script).shardsByItself { return count }
      throw UsageError(
        "--shards auto: k6 does not say how many VUs the scenarios of \(script) have: give a number")
    case (.auto, .failed(let reason)):
      throw UsageError("--shards auto asks a k6 on this machine how many VUs \(script) has: \(reason)")
    case (.auto, .cancelled): throw UsageError("--shards auto: it was cancelled")
    }
  }
}

/// How many shards a script has VUs for.
struct ShardCapacity: Sendable {
  let plan: ScriptPlan
  /// As it is called in sentences: its path or its file name.
  let script: String

  /// `--shards auto` goes no further: ten tasks are what a nightly run is meant for, and every shard costs a k6.
  static let mostByItself = 10

  /// `nil` when nothing is known of the VUs.
  var shardsByItself: Int? { plan.maxShards.map { min($0, Self.mostByItself) } }

  /// Why so many shards cannot share this script's load; `nil` when they can, or when nobody knows.
  func refusal(_ shards: Int) -> UsageError? {
    guard let smallest = plan.smallestScenario, shards > smallest.vus else { return nil }
    return UsageError(
      "\(shards) shards are too many for scenario '\(smallest.name)' of \(script), which has \(counted(smallest.vus, "VU")): use --shards \(smallest.vus) (or --shards auto)"
    )
  }
}
