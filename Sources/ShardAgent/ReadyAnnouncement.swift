import Logging
import Shared

/// `ready.json`. Of several launch tries of one shard the newest's stands.
struct ReadyAnnouncement: Sendable {
  let context: ShardContext
  let store: RetryingStore

  /// How often somebody else may come in between.
  private static let tries = 5

  /// Replaces an earlier attempt's. Of two tasks of one attempt the one stands that came to it last.
  /// - Parameter hasSetup: it was announced before, so what is there should be its own.
  /// - Throws: ``ShardFailure`` when another's stands there; what the store throws.
  func announce(hasSetup: Bool) async throws {
    let key = context.keys.ready(context.shard.index)
    var own = ShardReady(
      shard: context.shard, k6Version: context.k6Version, scriptDigest: context.localScript.digest,
      script: context.script, readyAt: context.host.now(), hasSetup: hasSetup)
    own.clock = context.clock
    let bytes = try encoded(own)
    for _ in 0..<Self.tries {
      let current = try await store.get(key)
      if current?.bytes == bytes { return }
      if let current { try check(current, wasAnnounced: hasSetup) }
      let condition = current.map { PutCondition.matches(etag: $0.etag) } ?? .absent
      if case .stored = try await store.put(bytes, at: key, if: condition) { return }
    }
    throw ShardFailure.unavailable("\(key) is written by somebody else again and again")
  }

  /// The last look before the load: a shard that was launched again would load the target twice. One that cannot be had at
  /// the moment holds nothing against it, and is not waited for: the load begins when all begin.
  func checkStands() async throws {
    do {
      if let current = try await context.store.get(context.keys.ready(context.shard.index)) {
        try check(current, wasAnnounced: true)
      }
    } catch  where isTransient(error) {
      context.logger.warning(
        "whether this attempt still stands could not be read", metadata: ["reason": "\(error)"])
    }
  }

  /// What cannot be read, or belongs to another run, is in nobody's way.
  private func check(_ object: StoredObject, wasAnnounced: Bool) throws {
    let own = context.shard
    guard let other = try? decoded(ShardReady.self, from: object.bytes, name: "ready.json").shard,
      other.nonce == own.nonce,
      other.attempt > own.attempt || wasAnnounced && other.attempt == own.attempt && other.task != own.task
    else { return }
    throw ShardFailure.late(
      "attempt \(other.attempt) of shard \(other.index) is ready (\(other.task)), so this one, attempt \(own.attempt) (\(own.task)), starts no load"
    )
  }
}
