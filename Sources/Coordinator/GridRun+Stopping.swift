import Shared

extension GridRun {
  /// How many signals there are when somebody has asked once more: that ends what is under way, where shards outlive
  /// the coordinator.
  var nextSignal: Int { leaveAfter == nil ? .max : stop.count + 1 }

  /// Where nothing waits for the shards, nothing waits for a call that hangs.
  func bounded<Value: Sendable>(
    _ seconds: Double, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    if leaveAfter == nil { return try await body() }
    return try await answered(within: seconds, host, body)
  }

  /// `--max-duration`, `coordinator stop`, another coordinator that took over. Ctrl-C breaks the wait off by itself.
  /// - Throws: ``RunStopped``.
  func checkStop() async throws {
    if let cancellation = stop.cancellation { throw cancellation }
    if let limit = options.maxDuration, host.now().seconds(since: plan.createdAt) > limit {
      throw RunStopped(
        .deadline, "the run had taken \(Int(limit)) s (--max-duration), so it was stopped")
    }
    let signal: StopSignal??
    do {
      signal = try await tolerating {
        try await store.getDocument(StopSignal.self, at: RunKeys(plan.run).stop)
      }
    } catch is UnreadableDocument { return }
    if let stopped = RunStopped(signal ?? nil, of: plan) { throw stopped }
  }

  /// Tells every shard to stop, gives them time to hand in, and ends what is left. teardown() may take the time that
  /// its limit allows.
  /// - Returns: whether nothing is left.
  /// - Throws: ``RunLeft`` when it is cancelled meanwhile, and does not wait for its shards then.
  func stopAll(_ stopped: RunStopped) async throws -> Bool {
    let allowed = 130 + (attempts.allReady.map(\.script.teardown.timeout).max() ?? 0)
    display.note(stopped.reason)
    let began = host.now()
    let isOver: Void? = try? await stop.interrupting(times: leaveAfter == nil ? 2 : 1) {
      async let telling = tell(stopped)
      if !stopped.isOrderly { await askAll(stopped.reason) }
      let isTold = await telling
      if stopped.isOrderly, !isTold { await askAll(stopped.reason) }
      await waitForHandIns(
        stopped, since: began, patience: isTold && stopped.isOrderly ? 10 : 0, allowed: allowed)
    }
    if isOver == nil, let leaveAfter, let cancelled = stop.cancellation {
      try await leave(cancelled, after: leaveAfter)
      return false
    }
    return await settle(grace: 0, hurry: leaveAfter == nil ? 3 : 1)
  }

  private func waitForHandIns(
    _ stopped: RunStopped, since began: UTCInstant, patience: Double, allowed: Double
  ) async {
    var loads = LoadEndings(run: self)
    var patience = patience
    while !Task.isCancelled {
      let look = host.now()
      let shards = await shardsInTrouble()
      if shards.running.isEmpty { return }
      let waited = host.now().seconds(since: began)
      if patience > 0, waited >= patience {
        await askAll(stopped.reason)
        patience = 0
      }
      if waited > allowed { return }
      await loads.look(shards)
      try? await pause(since: look)
    }
  }

  /// As ``shardsAtWork()``, where nothing is to be said of the store any more.
  private func shardsInTrouble() async -> ShardsAtWork {
    if let shards = try? await shardsAtWork() { return shards }
    return ShardsAtWork(running: await launchedShards(), names: nil)
  }

  /// Everybody is told at once, in the store and by the launcher; then the program ends within `seconds`, whatever hangs.
  /// - Throws: ``RunLeft`` unless all shards have handed in by then.
  func leave(_ stopped: RunStopped, after seconds: Double) async throws {
    display.note(stopped.reason)
    let began = host.now()
    let isOver = try? await stop.interrupting(times: 2) {
      try await withThrowingTaskGroup(of: Bool?.self) { group in
        group.addTask {
          await askAll(stopped.reason)
          return nil
        }
        group.addTask {
          _ = await tell(stopped)
          await waitForHandIns(stopped, since: began, patience: 0, allowed: seconds)
          return await shardsInTrouble().running.isEmpty
        }
        group.addTask {
          try await host.sleep(.seconds(seconds))
          return false
        }
        defer { group.cancelAll() }
        while let answer = try await group.next() { if let answer { return answer } }
        return false
      }
    }
    guard isOver == true else { throw RunLeft.cancelled }
  }

  /// - Returns: whether the word is in the store, whoever wrote it first.
  private func tell(_ stopped: RunStopped) async -> Bool {
    let signal = StopSignal(nonce: plan.nonce, cause: stopped.cause, reason: stopped.reason, at: host.now())
    let key = RunKeys(plan.run).stop
    return (try? await bounded(5) { try await store.putDocument(signal, at: key, if: .absent) }) != nil
  }

  /// SIGTERM, or what the launcher has for it, to all at once.
  private func askAll(_ reason: String) async {
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<plan.shardCount { group.addTask { await launcher.stop(index, reason: reason) } }
    }
  }

  /// Makes sure that nothing is left: what has not gone by itself after `grace` seconds is ended. Half a minute is the
  /// most that it takes: `coordinator stop` makes sure as well.
  /// - Parameter hurry: how often somebody has to have asked for the end, so that nothing is waited for.
  /// - Returns: whether nothing is left.
  func settle(grace: Double, hurry: Int) async -> Bool {
    let isSettled = try? await stop.interrupting(times: hurry) {
      let areGone = await waitUntilGone(grace: grace)
      return await launcher.settle() && areGone
    }
    if let isSettled { return isSettled }
    if leaveAfter != nil {
      _ = try? await bounded(3) { await askAll("the run was cancelled") }
      return false
    }
    _ = try? await stop.interrupting(times: hurry + 1) { await endAll(await launchedShards()) }
    return false
  }

  private func waitUntilGone(grace: Double) async -> Bool {
    let began = host.now()
    var isEnded = false
    while !Task.isCancelled {
      let look = host.now()
      await launcher.refresh(isUrgent: true)
      let left = await launchedShards()
      if left.isEmpty { return true }
      let waited = host.now().seconds(since: began)
      if waited >= grace, !isEnded {
        await endAll(left)
        isEnded = true
        continue
      }
      if waited >= 30 {
        display.note(
          "\(shardList(left)) not ended within 30 s: run coordinator stop \(options.store.name(plan.run.text))"
        )
        return false
      }
      try? await pause(since: look)
    }
    return false
  }

  private func endAll(_ shards: [Int]) async {
    _ = await inParallel(shards) { await launcher.end($0) }
  }
}
