import Shared

/// Waits until every shard has announced itself with a paused k6.
struct ShardBarrier: Sendable {
  let run: GridRun

  /// - Returns: in the order of the shards; without the empty ones, which have already ended.
  /// - Throws: ``RunStopped`` naming the shard that died or never got ready; ``UsageError`` when the script has not
  ///   the VUs for so many shards.
  func waitUntilReady() async throws -> [ShardReady] {
    let deadline = run.host.now().advanced(bySeconds: run.options.readyTimeout)
    var ready: [Int: ShardReady?] = [:]
    while ready.count < run.plan.shardCount {
      for index in 0..<run.plan.shardCount where ready[index] == nil {
        guard let shard = try await check(index) else { continue }
        ready[index] = .some(shard)
        try checkCapacity(shard)
      }
      try await run.checkStop()
      if run.host.now() > deadline {
        let late = (0..<run.plan.shardCount).filter { ready[$0] == nil }.map(String.init).joined(
          separator: ", ")
        throw RunStopped(
          .broken,
          "\(late.contains(",") ? "shards \(late) were" : "shard \(late) was") not ready after \(Int(run.options.readyTimeout)) s, so the run was not started"
        )
      }
      run.display.ready(ready.count, of: run.plan.shardCount)
      if ready.count < run.plan.shardCount { try await run.host.sleep(.milliseconds(100)) }
    }
    let shards = (0..<run.plan.shardCount).compactMap { ready[$0] ?? nil }
    try checkAgreement(shards)
    return shards
  }

  /// Until every shard's k6 has what setup() returned; then that is gone from the store.
  func waitForSetup(_ ready: [ShardReady]) async throws {
    guard run.plan.setup == .once else { return }
    let keys = RunKeys(run.plan.run)
    let allowed = (ready.map(\.script.setup.timeout).max() ?? 0) + run.options.readyTimeout
    let deadline = run.host.now().advanced(bySeconds: allowed)
    var waiting = ready.map(\.shard.index)
    var isSaid = false
    let beganAt = run.host.now()
    while true {
      for index in waiting {
        let document = try? await run.store.getDocument(ShardReady.self, at: keys.ready(index))
        if let document, document.shard.nonce == run.plan.nonce, document.hasSetup {
          waiting.removeAll { $0 == index }
        } else if case .ended(let fate) = await run.launcher.state(index) {
          _ = try await ended(index, fate)
        }
      }
      if waiting.isEmpty { break }
      try await run.checkStop()
      guard run.host.now() < deadline else {
        throw RunStopped(
          .broken,
          "\(shardList(waiting)) had no word of setup() after \(Int(allowed)) s, so the run was not started")
      }
      if !isSaid, run.host.now().seconds(since: beganAt) > 5 {
        run.display.note("shard 0 runs setup() for all shards, up to \(Int(allowed)) s")
        isSaid = true
      }
      try await run.host.sleep(.milliseconds(100))
    }
    await run.forgetSetup()
  }

  /// The last look before the load: a shard may have died while the others got ready.
  func checkStillRunning(_ ready: [ShardReady]) async throws {
    for shard in ready {
      guard case .ended(let fate) = await run.launcher.state(shard.shard.index) else { continue }
      _ = try await ended(shard.shard.index, fate)
    }
  }

  /// - Returns: `nil` while it is not ready; `.some(nil)` when it is empty and has ended.
  private func check(_ index: Int) async throws -> ShardReady?? {
    let keys = RunKeys(run.plan.run)
    let document: ShardReady?
    do { document = try await run.store.getDocument(ShardReady.self, at: keys.ready(index)) } catch {
      throw RunStopped(.broken, "shard \(index) cannot be understood, so the run was not started: \(error)")
    }
    if let ready = document, ready.shard.nonce == run.plan.nonce, ready.shard.index == index {
      if case .ended(let fate) = await run.launcher.state(index) { return try await ended(index, fate) }
      return .some(ready)
    }
    guard case .ended(let fate) = await run.launcher.state(index) else { return nil }
    return try await ended(index, fate)
  }

  private func ended(_ index: Int, _ fate: ShardFate) async throws -> ShardReady?? {
    struct Envelope: Decodable { let grid: ShardSummary }
    let summary = try? await run.store.getDocument(Envelope.self, at: RunKeys(run.plan.run).summary(index))
    if summary?.grid.ending.isEmptyShard == true { return .some(nil) }
    throw RunStopped(
      .broken, "shard \(index) ended before the start, so the run was not started: \(fate.sentence)")
  }

  /// Where the coordinator could not ask a k6 before the launch, the first shard that is ready says it.
  private func checkCapacity(_ shard: ShardReady?) throws {
    guard let shard else { return }
    let capacity = ShardCapacity(plan: shard.script, script: run.plan.script)
    if let refusal = capacity.refusal(run.plan.shardCount) { throw refusal }
  }

  /// One script under one environment is one plan; shards that disagree do not make one test.
  private func checkAgreement(_ shards: [ShardReady]) throws {
    guard let first = shards.first else { return }
    for shard in shards where shard.k6Version != first.k6Version {
      throw RunStopped(
        .broken,
        "shard \(shard.shard.index) has k6 \(shard.k6Version) and shard \(first.shard.index) k6 \(first.k6Version): one test needs one k6"
      )
    }
    for shard in shards where shard.script != first.script {
      throw RunStopped(
        .broken,
        "shard \(shard.shard.index) plans another test than shard \(first.shard.index): the script's options depend on something that differs between them"
      )
    }
  }
}
