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

  /// - Parameters:
  ///   - attempt: the one that counts; `nil` when nobody knows but the store: the newest that has announced itself.
  ///   - fate: what the launcher knows of shards that handed in nothing.
  /// - Throws: what the store throws, if that may pass. Anything else that is wrong with a summary is its shard's problem.
  func outcomes(
    attempt: (@Sendable (Int) -> Int)? = nil, fate: @escaping @Sendable (Int) -> ShardFate?
  ) async throws -> [ShardOutcome] {
    let keys = RunKeys(plan.run)
    let run = Run(
      start: try await store.getDocument(StartSignal.self, at: keys.start)?.startAt,
      thresholds: try await store.getDocument(RunThresholds.self, at: keys.thresholds)?.thresholds ?? [],
      abortedAt: try await abortedAt())
    let found = await inParallel(0..<plan.shardCount) { index in
      await Result {
        let current = if let attempt { attempt(index) } else { try await announcedAttempt(index) }
        return try await outcome(index, run, attempt: current, fate: fate)
      }
    }
    return agreeing(try (0..<plan.shardCount).compactMap { try found[$0]?.get() })
  }

  private func announcedAttempt(_ index: Int) async throws -> Int? {
    let ready = try await readable(ShardReady.self, at: RunKeys(plan.run).ready(index))
    return ready?.shard.nonce == plan.nonce ? ready?.shard.attempt : nil
  }

  /// - Returns: `nil` for what is not there, or is no such document.
  private func readable<Document: Decodable>(_ type: Document.Type, at key: ObjectKey) async throws
    -> Document?
  {
    do { return try await store.getDocument(type, at: key) } catch is UnreadableDocument { return nil }
  }

  /// Where the plan does not say which script it is, the first shard's is it.
  private func agreeing(_ outcomes: [ShardOutcome]) -> [ShardOutcome] {
    guard plan.scriptDigest == nil, let first = outcomes.compactMap(\.summary).first else { return outcomes }
    return outcomes.map { outcome in
      guard let summary = outcome.summary, summary.scriptDigest != first.scriptDigest else { return outcome }
      return .missing(
        "shard \(summary.shard.index) cannot be used: it ran another script than shard \(first.shard.index)")
    }
  }

  private func abortedAt() async throws -> UTCInstant? {
    let signal = try await store.getDocument(StopSignal.self, at: RunKeys(plan.run).stop)
    return RunStopped(signal, of: plan)?.cause == .threshold ? signal?.at : nil
  }

  /// What every shard was told.
  private struct Run {
    let start: UTCInstant?
    let thresholds: [ScriptPlan.Threshold]
    /// When a threshold stopped it; `nil` when none did.
    let abortedAt: UTCInstant?
  }

  private func outcome(
    _ index: Int, _ run: Run, attempt: Int?, fate: @Sendable (Int) -> ShardFate?
  ) async throws -> ShardOutcome {
    do {
      guard let object = try await store.get(RunKeys(plan.run).summary(index)) else {
        let fate = fate(index)?.sentence ?? "it handed in no summary"
        let words = try await lastWords(of: index, attempt: attempt).map { ": \($0)" } ?? ""
        return .missing("shard \(index) is missing: \(fate)\(fate.hasSuffix(words) ? "" : words)")
      }
      let shard = try read(object.bytes, index: index, run)
      let own = shard.summary.shard.attempt
      if let attempt, own != attempt {
        return .missing(
          "shard \(index) is missing: its summary is of attempt \(own), superseded by attempt \(attempt)"
            + (fate(index).map { ": \($0.sentence)" } ?? ""))
      }
      if shard.summary.ending.isEmptyShard { return .empty(shard) }
      if shard.summary.ending.isComplete { return .complete(shard) }
      if shard.wasStopped(at: run.abortedAt) { return .stopped(shard) }
      // Who ended it, the agent itself cannot know.
      let who = fate(index).flatMap { $0.isFromOutside ? "; \($0.sentence)" : nil } ?? ""
      return .partial(shard, "shard \(index) is not whole: \(shard.summary.ending.meaning)\(who)")
    } catch  where !isTransient(error) {
      return .missing("shard \(index) cannot be used: \(error)")
    }
  }

  /// What an agent that handed in nothing said why; `nil` when it said nothing.
  func lastWords(of index: Int, attempt: Int?) async throws -> String? {
    let failed = try await readable(ShardFailed.self, at: RunKeys(plan.run).failed(index))
    guard let failed, failed.run == plan.run, failed.attempt == attempt ?? failed.attempt else { return nil }
    return failed.reason
  }

  private func read(_ bytes: [UInt8], index: Int, _ run: Run) throws -> MeasuredShard {
    let name = RunKeys(plan.run).summary(index).text
    let summary: ShardSummary
    do {
      summary = try decoded(Envelope.self, from: bytes, name: name).grid
      try check(schema: summary.schema, name)
    } catch {
      // Another schema is the reason for whatever else is wrong.
      if let schema = try? decoded(SchemaEnvelope.self, from: bytes, name: name).grid.schema {
        try check(schema: schema, name)
      }
      throw error
    }
    if let contradiction = contradiction(summary, index: index, run) {
      throw UnreadableDocument(name: name, reason: contradiction)
    }
    let shard: MeasuredShard
    do { shard = try MeasuredShard(summary) } catch {
      throw UnreadableDocument(name: name, reason: "\(error)")
    }
    if let gap = run.thresholds.lazy.compactMap(shard.gap).first {
      throw UnreadableDocument(name: name, reason: gap)
    }
    return shard
  }

  private func check(schema: Int, _ name: String) throws {
    guard schema != contractSchema else { return }
    throw UnreadableDocument(
      name: name, reason: "its schema is \(schema), and this coordinator reads \(contractSchema)")
  }

  private func contradiction(_ summary: ShardSummary, index: Int, _ run: Run) -> String? {
    let shard = summary.shard
    if shard.run != plan.run || shard.nonce != plan.nonce {
      return "it belongs to another run (\(shard.run))"
    }
    if shard.index != index { return "it says that it is shard \(shard.index)" }
    if shard.count != plan.shardCount {
      return "it was one of \(shard.count) shards, and the run has \(plan.shardCount)"
    }
    if let planned = plan.scriptDigest, summary.scriptDigest != planned { return "it ran another script" }
    let segment = ExecutionSegment(index: index, count: plan.shardCount)?.segment
    if summary.executionSegment != segment {
      return "it ran the segment \(summary.executionSegment) of the load, and its own is \(segment ?? "none")"
    }
    if let start = summary.startAt, start != run.start {
      return "it counts from \(start), and the run started at \(run.start.map { "\($0)" } ?? "no time")"
    }
    let ending = summary.ending
    let isTimed = summary.startAt != nil && summary.startedAt != nil && summary.loadEndedAt != nil
    if ending.isComplete, !ending.isEmptyShard, !isTimed {
      return "it is complete, and does not say from when to when"
    }
    return nil
  }
}

extension MeasuredShard {
  /// It loaded until a threshold stopped the run. One that had been stopped before, for whatever reason, did not; a
  /// second is for clocks.
  fileprivate func wasStopped(at abortedAt: UTCInstant?) -> Bool {
    guard let abortedAt, summary.ending.isWholeUntilStop, let end = summary.loadEndedAt else { return false }
    return end.seconds(since: abortedAt) > -1
  }
}
