import Shared

/// A run as it lies in a store, to be judged again.
struct StoredRun: Sendable {
  let store: any ObjectStore
  let run: RunID

  /// - Parameter flags: `--threshold`s, which take the place of the stored ones of the same selector.
  func judged(flags: [String], now: UTCInstant) async throws -> RunResult {
    let keys = RunKeys(run)
    guard let plan = try await store.getDocument(RunPlan.self, at: keys.plan) else {
      throw UsageError("there is no run in this folder: expected \(keys.plan)")
    }
    let stored = try await store.getDocument(RunThresholds.self, at: keys.thresholds)?.thresholds ?? []
    let outcomes = try await ShardCollector(store: store, plan: plan).outcomes { _ in nil }
    return RunResult(
      plan: plan, outcomes: outcomes, thresholds: try RunOptions.thresholds(flags, stored), problem: nil,
      finishedAt: now)
  }
}
