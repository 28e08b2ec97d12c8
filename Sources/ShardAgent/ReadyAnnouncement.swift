import Shared

/// `ready.json`. Of several launch tries of one shard the newest's stands.
struct ReadyAnnouncement: Sendable {
  let context: ShardContext

  /// How often somebody else may come in between.
  private static let tries = 5

  /// Replaces an earlier attempt's.
  /// - Throws: ``ShardFailure`` when a later one is there; what the store throws.
  func announce(hasSetup: Bool) async throws {
    let (store, key) = (context.store, context.keys.ready(context.shard.index))
    var own = ShardReady(
      shard: context.shard, k6Version: context.k6Version, scriptDigest: context.localScript.digest,
      script: context.script, readyAt: context.host.now(), hasSetup: hasSetup)
    own.clock = context.clock
    let bytes = try encoded(own)
    for _ in 0..<Self.tries {
      let current = try await store.get(key)
      if current?.bytes == bytes { return }
      if let current { try check(current) }
      let condition = current.map { PutCondition.matches(etag: $0.etag) } ?? .absent
      if case .stored = try await store.put(bytes, at: key, if: condition) { return }
    }
    throw ShardFailure.unavailable("\(key) is written by somebody else again and again")
  }

  /// The last look before the load: a shard that was launched again would load the target twice.
  func checkStands() async throws {
    if let current = try await context.store.get(context.keys.ready(context.shard.index)) {
      try check(current)
    }
  }

  /// What cannot be read, or belongs to another run, is in nobody's way.
  private func check(_ object: StoredObject) throws {
    guard let other = try? decoded(ShardReady.self, from: object.bytes, name: "ready.json").shard,
      other.nonce == context.shard.nonce, other.attempt > context.shard.attempt
    else { return }
    throw ShardFailure.late(
      "attempt \(other.attempt) of shard \(other.index) is ready (\(other.task)), so this one, attempt \(context.shard.attempt), starts no load"
    )
  }
}
