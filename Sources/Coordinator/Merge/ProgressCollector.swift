import Shared

/// Reads how far all shards are, once a cycle.
struct ProgressCollector: Sendable {
  let store: any ObjectStore
  let plan: RunPlan
  let thresholds: [GateThreshold]
  let startAt: UTCInstant
  let planned: Double?
  /// The attempts that count, by the shards' own words; the shards without one are empty.
  private let identities: [Int: ShardIdentity]
  /// What could be read last: one look that fails takes nothing away.
  private var last: [Int: MeasuredProgress] = [:]

  /// - Parameter ready: in the order of the shards; without the empty ones.
  init(
    store: any ObjectStore, plan: RunPlan, ready: [ShardReady], thresholds: [GateThreshold],
    startAt: UTCInstant
  ) {
    (self.store, self.plan, self.thresholds, self.startAt) = (store, plan, thresholds, startAt)
    planned = ready.first?.script.plannedSeconds
    identities = Dictionary(ready.map { ($0.shard.index, $0.shard) }) { $1 }
  }

  /// - Parameters:
  ///   - running: the shards whose agents have not ended.
  ///   - names: what lies under the run, where the store has said.
  mutating func read(at now: UTCInstant, running: Set<Int>, names: Set<ObjectKey>? = nil) async
    -> GridProgress
  {
    let reader = self
    let words = await inParallel(0..<plan.shardCount) { await reader.word($0) }
    let shards = (0..<plan.shardCount).map { index in
      let word = words[index] ?? .none
      if case .heard(let progress) = word { last[index] = progress }
      let isGone = !running.contains(index)
      let hasHandedIn = isGone && names?.contains(RunKeys(plan.run).summary(index)) ?? false
      return ShardStanding(word: word, isGone: isGone, last: last[index], hasHandedIn: hasHandedIn)
    }
    return GridProgress(
      run: plan.run, startAt: startAt, planned: planned, readAt: now, shards: shards, thresholds: thresholds)
  }

  private func word(_ index: Int) async -> ShardStanding.Word {
    guard let identity = identities[index] else { return .empty }
    let key = RunKeys(plan.run).progress(index)
    do {
      // Another run's, or another attempt's, does not count.
      guard let progress = try await store.getDocument(ShardProgress.self, at: key),
        progress.shard == identity
      else { return .none }
      if let contradiction = progress.contradiction {
        throw UnreadableDocument(name: key.text, reason: contradiction)
      }
      do { return .heard(try MeasuredProgress(progress)) } catch {
        throw UnreadableDocument(name: key.text, reason: "\(error)")
      }
    } catch {
      return .unreadable("\(error)")
    }
  }
}
