import Shared

/// Which shards' loads are over. When it is only shard 0 that may still be at its own, that one is told that it may run
/// teardown().
struct LoadEndings: Sendable {
  private let run: GridRun
  private var over: Set<Int> = []
  /// Of these nothing new will come: they were read when their agents were gone.
  private var settled: Set<Int> = []
  private var isTeardownDue: Bool
  /// The shard whose script called test.abort().
  private(set) var aborted: Int?

  init(run: GridRun) {
    self.run = run
    isTeardownDue = run.plan.setup == .once
  }

  /// - Parameter running: the shards whose agents are still there; of the others nothing more will come.
  mutating func look(running: [Int]) async {
    let keys = RunKeys(run.plan.run)
    for index in 0..<run.plan.shardCount where !settled.contains(index) {
      // It may be written twice: that the script had aborted is known for certain when k6 is gone.
      let ended = try? await run.store.getDocument(ShardEnded.self, at: keys.ended(index))
      if let ended, ended.shard.nonce == run.plan.nonce {
        if ended.wasAborted { aborted = aborted ?? index }
        over.insert(index)
      }
      if !running.contains(index) {
        over.insert(index)
        settled.insert(index)
      }
    }
    guard isTeardownDue, over.union([0]).count == run.plan.shardCount else { return }
    let signal = TeardownSignal(nonce: run.plan.nonce)
    // Written again the next time when it could not be.
    isTeardownDue = (try? await run.store.putDocument(signal, at: keys.teardown)) == nil
  }
}
