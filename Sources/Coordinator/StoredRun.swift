import Shared

/// A run as it lies in a store, to be judged again.
struct StoredRun: Sendable {
  let store: any ObjectStore
  let run: RunID

  /// - Parameter flags: `--threshold`s, which take the place of the stored ones of the same selector.
  func judged(flags: [String], now: UTCInstant) async throws -> RunResult {
    let keys = RunKeys(run)
    guard let plan = try await store.getDocument(RunPlan.self, at: keys.plan) else {
      throw UsageError("there is no run here: expected \(keys.plan)")
    }
    let stored = try await store.getDocument(RunThresholds.self, at: keys.thresholds)
    let outcomes = try await ShardCollector(store: store, plan: plan).outcomes { _ in nil }
    let thresholds = try RunOptions.thresholds(flags, over: stored?.thresholds ?? [])
    let problem =
      switch stored?.nonce {
      case plan.nonce: nil as String?
      case nil: "there is no \(keys.thresholds), which is written before the load starts"
      default: "\(keys.thresholds) belongs to another run"
      }
    let stop = try await store.getDocument(StopSignal.self, at: keys.stop)
    // A damaged history does not keep a run from being judged by its thresholds; the report says that it was not asked.
    let history = try? await History(store: store, wait: { _ in }).records()
    return RunResult(
      plan: plan, outcomes: outcomes, thresholds: thresholds, stopped: RunStopped(stop, of: plan),
      problem: problem, history: history, finishedAt: now)
  }

  /// What `result.json` says; `nil` when it is not there.
  /// - Throws: ``UnreadableDocument``.
  func recorded() async throws -> ResultDocument? {
    try await store.getDocument(ResultDocument.self, at: RunKeys(run).result)
  }
}
