import Shared
import Synchronization

/// How long a store may fail while a run waits: for a moment it ends nothing, and is said once.
final class StorePatience: Sendable {
  static let seconds = RetryWindow.usualSeconds

  private let state = Mutex<(since: UTCInstant?, saidAt: UTCInstant?)>((nil, nil))

  func worked() { state.withLock { $0.since = nil } }

  /// - Returns: a sentence for the people who wait, at most once a minute.
  /// - Throws: ``RunStopped`` when it is not a matter of waiting, or has been too long.
  func failed(_ error: any Error, at now: UTCInstant) throws -> String? {
    if isFinal(error) { throw RunStopped(.broken, "the store refuses the coordinator: \(error)") }
    let (since, saidAt) = state.withLock { state in
      let before = state
      state.since = before.since ?? now
      if before.saidAt.map({ now.seconds(since: $0) >= Self.seconds }) ?? true { state.saidAt = now }
      return before
    }
    if let since, now.seconds(since: since) > Self.seconds {
      throw RunStopped(.broken, "the store has not answered for \(Int(Self.seconds)) s: \(error)")
    }
    guard saidAt.map({ now.seconds(since: $0) >= Self.seconds }) ?? true else { return nil }
    return "the store does not answer, which is tried again for up to \(Int(Self.seconds)) s: \(error)"
  }
}

/// Whether trying again is no use: a permission is missing, or the bucket.
private func isFinal(_ error: any Error) -> Bool { error is AWSError && !isTransient(error) }

/// Ten at a time: a hundred shards' objects are read within a second, and no store is flooded.
func inParallel<Value: Sendable>(
  _ indices: some Sequence<Int>, _ read: @escaping @Sendable (Int) async -> Value
) async -> [Int: Value] {
  await withTaskGroup(of: (Int, Value).self) { group in
    var values: [Int: Value] = [:]
    for (started, index) in indices.enumerated() {
      if started >= 10, let (done, value) = await group.next() { values[done] = value }
      group.addTask { (index, await read(index)) }
    }
    for await (done, value) in group { values[done] = value }
    return values
  }
}
