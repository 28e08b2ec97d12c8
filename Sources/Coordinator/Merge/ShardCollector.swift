import Shared

/// Reads the shards' summaries from the store and refuses what cannot belong to this run.
struct ShardCollector: Sendable {
  let store: any ObjectStore
  let plan: RunPlan

  private struct Envelope: Decodable { let grid: ShardSummary }
  private struct SchemaEnvelope: Decodable {
    struct Grid: Decodable { let schema: Int }
    let grid: Grid
  }

  /// - Parameter fate: what the launcher knows of shards that handed in nothing.
  func outcomes(fate: (Int) -> String?) async throws -> [ShardOutcome] {
    var outcomes: [ShardOutcome] = []
    for index in 0..<plan.shardCount { outcomes.append(try await outcome(index, fate: fate)) }
    return outcomes
  }

  private func outcome(_ index: Int, fate: (Int) -> String?) async throws -> ShardOutcome {
    guard let object = try await store.get(RunKeys(plan.run).summary(index)) else {
      return .missing("shard \(index) is missing: \(fate(index) ?? "it handed in no summary")")
    }
    do {
      let shard = try read(object.bytes, index: index)
      if shard.summary.ending.isEmptyShard { return .empty(shard.summary) }
      if shard.summary.ending.isComplete { return .complete(shard) }
      return .partial(shard, "shard \(index) is not whole: \(shard.summary.ending.meaning)")
    } catch {
      return .missing("shard \(index) cannot be used: \(error)")
    }
  }

  private func read(_ bytes: [UInt8], index: Int) throws -> MeasuredShard {
    let name = RunKeys(plan.run).summary(index).text
    let schema = try decoded(SchemaEnvelope.self, from: bytes, name: name).grid.schema
    guard schema == contractSchema else {
      throw UnreadableDocument(
        name: name, reason: "its schema is \(schema), and this coordinator reads \(contractSchema)")
    }
    let summary = try decoded(Envelope.self, from: bytes, name: name).grid
    if let contradiction = contradiction(summary, index: index) {
      throw UnreadableDocument(name: name, reason: contradiction)
    }
    do { return try MeasuredShard(summary) } catch {
      throw UnreadableDocument(name: name, reason: "\(error)")
    }
  }

  private func contradiction(_ summary: ShardSummary, index: Int) -> String? {
    let shard = summary.shard
    if shard.run != plan.run || shard.nonce != plan.nonce {
      return "it belongs to another run (\(shard.run))"
    }
    if shard.index != index { return "it says that it is shard \(shard.index)" }
    if shard.count != plan.shardCount {
      return "it was one of \(shard.count) shards, and the run has \(plan.shardCount)"
    }
    if summary.scriptDigest != plan.scriptDigest { return "it ran another script" }
    return nil
  }
}
