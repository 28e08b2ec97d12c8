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

  /// - Returns: what the run came to. However it ends, no shard is left running.
  /// - Throws: ``RunLeft`` when it was cancelled and had no time to wait for its shards.
  func carryOut() async throws -> RunResult {
    let course = await Result { try await stop.interrupting { try await conduct() } }
    switch course {
    // Who cancels it now comes too late: all shards have handed in.
    case .success(let thresholds?): return try await finish(thresholds, nil)
    case .success(nil): return try await end(stop.cancellation ?? RunStopped(.cancelled, "it was cancelled"))
    case .failure(let stopped as RunStopped): return try await end(stopped)
    case .failure(let error):
      try await stopAll(RunStopped(.broken, "\(error)"))
      await forgetSetup()
      throw error
    }
  }

  private func end(_ stopped: RunStopped) async throws -> RunResult {
    if stopped.cause == .cancelled, let leaveAfter {
      try await leave(stopped, after: leaveAfter)
    } else {
      try await stopAll(stopped)
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
    try await store.putDocument(
      RunThresholds(nonce: plan.nonce, thresholds: thresholds.map(\.planned)),
      at: RunKeys(plan.run).thresholds)
  }

  private func start() async throws -> UTCInstant {
    let startAt = host.now().advanced(bySeconds: options.store.startLead)
    try await store.putDocument(StartSignal(nonce: plan.nonce, startAt: startAt), at: RunKeys(plan.run).start)
    display.started(at: startAt)
    return startAt
  }

  /// What setup() returned is a secret.
  func forgetSetup() async {
    let key = RunKeys(plan.run).setup
    do { try await store.delete(key) } catch {
      // It is tried again at the end.
      if Task.isCancelled { return }
      display.note("\(key) is a secret and could not be deleted, so delete it by hand: \(error)")
    }
  }

  private func finish(_ thresholds: [GateThreshold], _ stopped: RunStopped?) async throws -> RunResult {
    // Once more than it was asked for before.
    let hurry = stopped?.cause == .cancelled ? 2 : 1
    let outcomes: [ShardOutcome]
    if leaveAfter == nil {
      outcomes = try await collect()
    } else {
      guard let found = try await stop.interrupting(times: hurry, collect) else { throw RunLeft() }
      outcomes = found
    }
    let finishedAt = host.now()
    // Most have gone by now; a task that is slow to go costs the verdict half a minute at the most.
    await settle(grace: 10, hurry: hurry)
    // What became of the task of a shard that is not whole may be known only now.
    let isAllWell = outcomes.allSatisfy { $0.problem == nil }
    let settled = isAllWell ? nil : try? await stop.interrupting(times: hurry, collect)
    return RunResult(
      plan: plan, outcomes: (settled ?? nil) ?? outcomes, thresholds: thresholds, stopped: stopped,
      finishedAt: finishedAt)
  }

  @Sendable private func collect() async throws -> [ShardOutcome] {
    await forgetSetup()
    var fates: [Int: ShardFate] = [:]
    for index in 0..<plan.shardCount {
      if case .ended(let fate) = await launcher.state(index) { fates[index] = fate }
    }
    let found = fates
    return try await ShardCollector(store: store, plan: plan).outcomes(attempt: attempts.current) {
      found[$0]
    }
  }
}

/// The run was cancelled and its shards were told to stop, but not waited for: `coordinator stop` records it.
struct RunLeft: Error {}

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
