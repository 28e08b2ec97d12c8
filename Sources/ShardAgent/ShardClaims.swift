import Shared

/// Finds an index for a task that was told none: `aws ecs run-task --count 10` gives ten tasks one environment.
struct ShardClaims: Sendable {
  let store: RetryingStore
  let plan: RunPlan
  let task: String
  let now: @Sendable () -> UTCInstant

  /// Takes the first index that nobody has.
  /// - Throws: ``ShardFailure`` when there is none; what the store throws.
  func claim() async throws -> Int {
    let keys = RunKeys(plan.run)
    let own = ShardClaim(nonce: plan.nonce, task: task, claimedAt: now())
    for index in 0..<plan.shardCount {
      if case .stored = try await store.putDocument(own, at: keys.claim(index), if: .absent) { return index }
      // Written, and the answer lost: the try after that meets its own claim.
      if try await owner(keys.claim(index)) == own { return index }
    }
    throw ShardFailure.unavailable(
      "all \(plan.shardCount) shards of run \(plan.run) are taken by other tasks: this one is too many, or K6_SHARD_INDEX is missing in a task that was started again"
    )
  }

  /// A claim that cannot be understood is somebody's all the same.
  private func owner(_ key: ObjectKey) async throws -> ShardClaim? {
    do { return try await store.getDocument(ShardClaim.self, at: key) } catch is UnreadableDocument {
      return nil
    }
  }
}
