import Shared
import Synchronization

/// Which launch try of every shard counts, and what has become known of it.
final class ShardAttempts: Sendable {
  /// The first and two more: what fails three times is not the capacity of a moment.
  static let most = 3

  private struct Shard {
    var attempt = 1
    var ready: ShardReady?
    var isEmpty = false
    var isHandedIn = false
    /// The words of earlier attempts that had been heard while those counted.
    var past: [ShardIdentity] = []
  }

  private let shards = Mutex<[Int: Shard]>([:])
  private let reported = Mutex<Set<String>>([])

  func current(_ index: Int) -> Int { shards.withLock { $0[index]?.attempt ?? 1 } }

  /// The next attempt counts from now on; what the last one has said is of the past.
  func next(_ index: Int) -> Int {
    change(index) { shard in
      if let ready = shard.ready { shard.past.append(ready.shard) }
      shard = Shard(attempt: shard.attempt + 1, past: shard.past)
      return shard.attempt
    }
  }

  func ready(_ index: Int) -> ShardReady? { shards.withLock { $0[index]?.ready } }
  /// Of all shards that have announced themselves, in the order of their index.
  var allReady: [ShardReady] {
    shards.withLock { $0.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.compactMap(\.value.ready) }
  }
  func note(ready: ShardReady) { change(ready.shard.index) { $0.ready = ready } }

  /// No VU fell to it, and it has ended.
  func isEmpty(_ index: Int) -> Bool { shards.withLock { $0[index]?.isEmpty ?? false } }
  func noteEmpty(_ index: Int) { change(index) { $0.isEmpty = true } }

  /// Its summary is there.
  func isHandedIn(_ index: Int) -> Bool { shards.withLock { $0[index]?.isHandedIn ?? false } }
  func noteHandedIn(_ index: Int) { change(index) { $0.isHandedIn = true } }

  private func change<Value>(_ index: Int, _ body: (inout Shard) -> Value) -> Value {
    shards.withLock { body(&$0[index, default: Shard()]) }
  }

  /// Whether an object is the current attempt's of this run.
  func counts(_ shard: ShardIdentity, of plan: RunPlan, index: Int) -> Bool {
    shard.nonce == plan.nonce && shard.index == index && shard.attempt == current(index)
  }

  /// A sentence on an object that does not count, once; `nil` when it was said, or when it is what an earlier attempt
  /// had written in its time.
  func report(_ name: ObjectKey, by shard: ShardIdentity, of plan: RunPlan, index: Int) -> String? {
    let (attempt, past) = shards.withLock { ($0[index]?.attempt ?? 1, $0[index]?.past ?? []) }
    if past.contains(shard) { return nil }
    let reason =
      shard.nonce != plan.nonce
      ? "belongs to another run (\(shard.run))"
      : shard.index != index
        ? "says that it is shard \(shard.index)"
        : "is of attempt \(shard.attempt) (\(shard.task)), and attempt \(attempt) counts"
    let sentence = "\(name) \(reason), so it is ignored"
    return reported.withLock { $0.insert(sentence).inserted } ? sentence : nil
  }
}
