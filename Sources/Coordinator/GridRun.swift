import Shared

/// One run over all shards: launch, ready, one start instant, wait, collect, merge, gate.
struct GridRun: Sendable {
  let options: RunOptions
  let host: CoordinatorHost
  let store: any ObjectStore
  let launcher: any ShardLauncher
  let plan: RunPlan
  let stop: StopRequest
  let display: any RunDisplay
  /// Seconds from a cancellation until the run is left as it is; `nil` where nothing outlives the coordinator, so that it
  /// waits for its shards.
  var leaveAfter: Double?
  let attempts = ShardAttempts()
  let patience = StorePatience()

  /// For what is asked or told once, on which the run depends.
  var steadyStore: RetryingStore { RetryingStore(store, host.retryWindow(note: display.note)) }

  /// - Returns: what the run came to. However it ends, every shard that is left has been told to stop.
  /// - Throws: ``RunLeft`` when it cannot be recorded here; ``UsageError`` when it could not have been.
  func carryOut() async throws -> RunEnd {
    let course = await Result { try await stop.interrupting { try await conduct() } }
    switch course {
    // Who cancels it now comes too late: all shards have handed in.
    case .success(let thresholds?): return try await finish(thresholds, nil)
    case .success(nil): return try await end(stop.cancellation ?? RunStopped(.cancelled, "it was cancelled"))
    case .failure(let stopped as RunStopped): return try await end(stopped)
    case .failure(let error as UsageError):
      // Whoever asked for it is told, and there is nothing to record.
      let isClear = try await stopAll(RunStopped(.broken, "\(error)"))
      _ = try? await stop.interrupting(times: nextSignal) { await forgetSetup() }
      throw isClear ? error : RunLeft(reason: "\(error)", exitCode: 64)
    case .failure(let error): return try await end(RunStopped(.broken, "\(error)"))
    }
  }

  private func end(_ stopped: RunStopped) async throws -> RunEnd {
    if stopped.cause == .cancelled, let leaveAfter {
      try await leave(stopped, after: leaveAfter)
    } else {
      _ = try await stopAll(stopped)
    }
    return try await finish((try? gate(attempts.allReady)) ?? options.thresholds, stopped)
  }

  /// From the launch to the last summary.
  /// - Returns: what the run is judged by.
  private func conduct() async throws -> [GateThreshold] {
    try await launch((0..<plan.shardCount).map { ($0, 1) })
    display.launched(plan)
    let barrier = ShardBarrier(run: self)
    try await barrier.waitUntilReady()
    let thresholds = try gate(attempts.allReady)
    try await publish(thresholds)
    try await barrier.waitForStart()
    let startAt = try await start()
    // It is a secret, and every shard has it. Shards that were launched again might have needed it until now.
    async let isForgotten: Void = forgetSetup()
    try await waitForEnd(thresholds, startAt)
    await isForgotten
    return thresholds
  }

  func launch(_ shards: [(index: Int, attempt: Int)]) async throws {
    try await launcher.launch(
      shards.map { index, attempt in
        ShardSpec(
          index: index, attempt: attempt, environment: environment(index, attempt),
          // What came with the run its agents find in the plan.
          script: plan.files == nil ? options.script : "", k6Options: options.k6Options)
      })
  }

  private func environment(_ index: Int, _ attempt: Int) -> [String: String] {
    // A shard is as patient with its k6, and with the others, as the coordinator is with it.
    let patience = host.environment["GRID_PATIENCE"] ?? "\(Int(max(300, options.readyTimeout)))"
    var own = [
      "K6_SHARD_INDEX": "\(index)", "K6_SHARD_COUNT": "\(plan.shardCount)", "GRID_RUN": plan.run.text,
      "GRID_STORE": options.store.description, "GRID_SUITE": plan.suite, "GRID_ATTEMPT": "\(attempt)",
    ]
    if let lean = options.lean { own["GRID_LEAN"] = "\(lean)" }
    return ["GRID_PATIENCE": patience].merging(options.environment) { $1 }.merging(own) { $1 }
  }

  /// The configuration's and the script's thresholds.
  private func gate(_ ready: [ShardReady]) throws -> [GateThreshold] {
    let fromScript = try (ready.first?.script.thresholds ?? []).map { threshold in
      do { return try GateThreshold(threshold, source: .script) } catch {
        throw RunStopped(
          .broken, "a threshold of the script cannot be judged, so the run was not started: \(error)")
      }
    }
    return GateThreshold.distinct(options.thresholds + fromScript)
  }

  /// Where the shards read them before they start.
  private func publish(_ thresholds: [GateThreshold]) async throws {
    try await steadyStore.putDocument(
      RunThresholds(nonce: plan.nonce, thresholds: thresholds.map(\.planned)),
      at: RunKeys(plan.run).thresholds)
  }

  /// The instant is a little ahead of every try to write it. One that was written without a word of it stays: agents may
  /// have read it.
  private func start() async throws -> UTCInstant {
    let key = RunKeys(plan.run).start
    let retry = host.retryWindow(note: display.note)
    return try await retry {
      let startAt = host.now().advanced(bySeconds: options.store.startLead)
      let signal = StartSignal(nonce: plan.nonce, startAt: startAt)
      // What is written later would be read too late.
      let outcome = try await bounded(options.store.startLead / 2) {
        try await store.putDocument(signal, at: key, if: .absent)
      }
      if outcome != .conditionFailed {
        display.started(at: startAt)
        return startAt
      }
      guard let own = try await store.getDocument(StartSignal.self, at: key), own.nonce == plan.nonce else {
        throw RunStopped(.broken, "\(key) is there already and is not this run's, so the run was not started")
      }
      display.started(at: own.startAt)
      return own.startAt
    }
  }

  /// What setup() returned is a secret.
  func forgetSetup() async {
    let key = RunKeys(plan.run).setup
    do { try await steadyStore.delete(key) } catch {
      // It is tried again at the end.
      if Task.isCancelled { return }
      display.note("\(key) is a secret and could not be deleted, so delete it by hand: \(error)")
    }
  }

  private func finish(_ thresholds: [GateThreshold], _ stopped: RunStopped?) async throws -> RunEnd {
    // The tasks of a cancelled run go without being looked at.
    let isHurried = leaveAfter != nil && stop.cancellation != nil
    var outcomes = try await collected(within: isHurried ? 1 : nil)
    let finishedAt = host.now()
    var isClear = false
    if !isHurried {
      // Most have gone by now; a task that is slow to go costs the verdict half a minute at the most.
      isClear = await settle(grace: 10, hurry: stop.count + 1)
      // What became of the task of a shard that is not whole may be known only now.
      if outcomes.contains(where: { $0.problem != nil }) {
        outcomes = (try? await collected(within: 60)) ?? outcomes
      }
    }
    var result = RunResult(
      plan: plan, outcomes: outcomes, thresholds: thresholds, stopped: stopped,
      history: isHurried ? nil : await history(), finishedAt: finishedAt)
    result.cost = await cost(isHurried: isHurried)
    return RunEnd(result: result, isClear: isClear)
  }

  /// Nobody who wants the run to end waits for it.
  private func cost(isHurried: Bool) async -> RunCost? {
    if isHurried { return await launcher.cost(isHurried: true) }
    let cost = try? await stop.interrupting(times: stop.count + 1) {
      try await answered(within: 15, host) { [launcher] in await launcher.cost(isHurried: false) }
    }
    if let cost = cost ?? nil { return cost }
    return await launcher.cost(isHurried: true)
  }

  /// - Returns: `nil` when it cannot be read: the thresholds judge the run all the same.
  private func history() async -> [HistoryRecord]? {
    do {
      // Wherever the shards are: nothing of theirs waits for this.
      return try await stop.interrupting(times: stop.count + 1) {
        try await History(store: steadyStore, wait: { _ in }).records()
      }
    } catch {
      display.note("the run is not held against the nights before it: \(error)")
      return nil
    }
  }

  /// - Throws: ``RunLeft`` when they cannot be read, or nobody wants to wait for that any more.
  private func collected(within seconds: Double?) async throws(RunLeft) -> [ShardOutcome] {
    do {
      let outcomes = try await stop.interrupting(times: nextSignal) {
        guard let seconds else { return try await collect() }
        return try await answered(within: seconds, host, collect)
      }
      if let outcomes { return outcomes }
    } catch  where stop.cancellation == nil {
      throw RunLeft(reason: "what its shards handed in cannot be read: \(error)", exitCode: 2)
    } catch {}
    throw .cancelled
  }

  @Sendable private func collect() async throws -> [ShardOutcome] {
    await forgetSetup()
    var fates: [Int: ShardFate] = [:]
    for index in 0..<plan.shardCount {
      if case .ended(let fate) = await launcher.state(index) { fates[index] = fate }
    }
    let found = fates
    return try await ShardCollector(store: steadyStore, plan: plan).outcomes(attempt: attempts.current) {
      found[$0]
    }
  }
}

/// What a run came to, and whether anything of it is left.
struct RunEnd: Sendable {
  let result: RunResult
  /// Every shard is gone, or was told so by somebody who makes sure of it. Not known of a run that ended in a hurry.
  let isClear: Bool
}

/// The run is not recorded, though shards may have measured, or may still be at work: `coordinator stop` makes sure of
/// them and records it.
struct RunLeft: Error {
  /// One sentence.
  let reason: String
  let exitCode: Int32

  static let cancelled = RunLeft(
    reason: "it was cancelled, and its shards are told to stop", exitCode: 130)
}

extension StoreLocation {
  /// Seconds from writing `start.json` to the instant in it, so that every shard has read it by then: three looks and
  /// what a slow answer takes, or ten looks at a folder.
  var startLead: Double {
    switch self {
    case .folder: 1
    case .bucket: max(5, 3 * pollSeconds)
    }
  }
}
