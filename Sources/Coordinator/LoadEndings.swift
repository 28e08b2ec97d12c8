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

  /// - Parameter shards: of those that are not at work nothing more will come.
  mutating func look(_ shards: ShardsAtWork) async {
    let keys = RunKeys(run.plan.run)
    let open = (0..<run.plan.shardCount).filter { !settled.contains($0) }
    // It may be written twice: that the script had aborted is known for certain when k6 is gone.
    let said = shards.names.map { names in open.filter { names.contains(keys.ended($0)) } } ?? []
    let run = run
    let words = await inParallel(said) { index in
      await Result { try await run.store.getDocument(ShardEnded.self, at: keys.ended(index)) }
    }
    for index in open {
      if case .success(let ended?) = words[index] { note(ended, index) }
      guard !shards.running.contains(index) else { continue }
      over.insert(index)
      // The store may have failed: then it is asked again.
      if case .failure(let error)? = words[index], !(error is UnreadableDocument) { continue }
      if shards.names != nil { settled.insert(index) }
    }
    await tellTeardown(keys)
  }

  private mutating func note(_ ended: ShardEnded, _ index: Int) {
    guard run.attempts.counts(ended.shard, of: run.plan, index: index) else {
      let key = RunKeys(run.plan.run).ended(index)
      if let sentence = run.attempts.report(key, by: ended.shard, of: run.plan, index: index) {
        run.display.note(sentence)
      }
      return
    }
    if ended.wasAborted { aborted = aborted ?? index }
    over.insert(index)
  }

  private mutating func tellTeardown(_ keys: RunKeys) async {
    guard isTeardownDue, over.union([0]).count == run.plan.shardCount else { return }
    let signal = TeardownSignal(nonce: run.plan.nonce)
    // Written again the next time when it could not be.
    isTeardownDue = (try? await run.store.putDocument(signal, at: keys.teardown)) == nil
  }
}

extension Result where Success: Sendable, Failure == any Error {
  init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
