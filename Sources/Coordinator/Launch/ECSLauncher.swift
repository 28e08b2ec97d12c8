import Shared

/// Shards as tasks of ECS on Fargate, one RunTask each: ECS gives all tasks of a call one environment, and a shard needs its
/// own index.
actor ECSLauncher: ShardLauncher {
  let tasks: ECSTaskPlan
  let api: ECSAPI
  let host: CoordinatorHost
  let timings: ECSTimings
  /// Whether somebody wants the run to stop: then nothing more is launched.
  let isCancelled: @Sendable () -> Bool
  /// For people, as a sentence.
  let note: @Sendable (String) -> Void

  var shards: [Int: ECSShard] = [:]
  /// Where each shard is asked for first.
  let dealt: [ECSPlacement]
  var launches: TokenBucket
  var changes: TokenBucket
  var reads: TokenBucket

  /// ARNs of tasks that ECS has said it will stop, or no longer knows.
  var told: Set<String> = []
  var telling: [String: Task<Bool, Never>] = [:]
  var sweeping: Task<Void, Never>?
  var describing: Task<(any Error)?, Never>?
  var describedAt: UTCInstant?
  /// The run's tasks by ARN, those of all attempts, as ECS last described them.
  var seen: [String: ECSTask] = [:]
  /// Since when DescribeTasks has had no answer.
  var silentSince: UTCInstant?
  /// What has been said and is not said again.
  private var said: Set<String> = []

  init(
    _ tasks: ECSTaskPlan, api: ECSAPI, host: CoordinatorHost, timings: ECSTimings,
    isCancelled: @escaping @Sendable () -> Bool, note: @escaping @Sendable (String) -> Void
  ) {
    (self.tasks, self.api, self.host, self.timings) = (tasks, api, host, timings)
    (self.isCancelled, self.note) = (isCancelled, note)
    dealt = ECSPlacement.dealt(tasks.plan.shardCount, over: tasks.options.capacityProviders)
    let now = host.now()
    (launches, changes, reads) = (.launches(at: now), .changes(at: now), .reads(at: now))
  }

  func state(_ index: Int) async -> LaunchState { shards[index]?.state ?? .notLaunched }

  /// Waits until a change of tasks may be asked for.
  func pauseForChange() async { await pause(changes.take(at: host.now())) }
  func pauseForRead() async { await pause(reads.take(at: host.now())) }

  func pause(_ seconds: Double) async {
    if seconds > 0 { try? await host.sleep(.seconds(seconds)) }
  }

  /// What a call comes to that others may wait for as well; it goes on when this one no longer does.
  /// - Returns: `nil` when the caller was cancelled.
  @discardableResult nonisolated func outcome<Value: Sendable>(of task: Task<Value, Never>) async -> Value? {
    let (values, value) = AsyncStream<Value>.makeStream()
    Task { value.yield(await task.value) }
    return await values.first { _ in true }
  }

  /// - Parameter key: what is said once only.
  func noteOnce(_ key: String, _ sentence: String) {
    if said.insert(key).inserted { note(sentence) }
  }

  func forgetNote(_ key: String) -> Bool { said.remove(key) != nil }
}

/// No shard can be launched until somebody has done something about it.
struct ECSLaunchRefused: Error, CustomStringConvertible {
  /// One sentence.
  let description: String
}
