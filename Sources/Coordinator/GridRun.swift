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

  /// - Returns: what the run came to. However it ends, no shard is left running.
  func carryOut() async throws -> RunResult {
    var thresholds = options.thresholds
    var ready: [ShardReady] = []
    do {
      try await launch()
      let barrier = ShardBarrier(run: self)
      ready = try await barrier.waitUntilReady()
      thresholds = try gate(ready)
      try await publish(thresholds)
      try await barrier.waitForSetup(ready)
      try await barrier.checkStillRunning(ready)
      let startAt = try await start()
      try await waitForEnd(ready, thresholds, startAt)
    } catch let stopped as RunStopped {
      await stopAll(stopped, ready)
      return try await finish(thresholds, stopped)
    } catch {
      await stopAll(RunStopped(.broken, "\(error)"), ready)
      await forgetSetup()
      throw error
    }
    // Who cancels it now comes too late: all shards have handed in.
    return try await finish(thresholds, nil)
  }

  private func launch() async throws {
    try await launcher.launch(
      (0..<plan.shardCount).map { index in
        ShardSpec(
          index: index, attempt: 1, environment: environment(index), script: options.script,
          k6Options: options.k6Options)
      })
    display.launched(plan)
  }

  private func environment(_ index: Int) -> [String: String] {
    // A shard is as patient with its k6, and with the others, as the coordinator is with it.
    let patience = host.environment["GRID_PATIENCE"] ?? "\(Int(max(300, options.readyTimeout)))"
    var own = [
      "K6_SHARD_INDEX": "\(index)", "K6_SHARD_COUNT": "\(plan.shardCount)", "GRID_RUN": plan.run.text,
      "GRID_STORE": options.store.description, "GRID_SUITE": plan.suite, "GRID_ATTEMPT": "1",
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
    // A second on a folder: ten times the agents' poll.
    let startAt = host.now().advanced(bySeconds: 1)
    try await store.putDocument(StartSignal(nonce: plan.nonce, startAt: startAt), at: RunKeys(plan.run).start)
    display.started(at: startAt)
    return startAt
  }

  /// Until every shard's agent is gone. After what k6 itself allows, and two minutes for its summary and the hand-in,
  /// the rest is told to stop.
  private func waitForEnd(
    _ ready: [ShardReady], _ thresholds: [GateThreshold], _ startAt: UTCInstant
  ) async throws {
    let allowed = min(max(0, ready.map(\.script.totalSeconds).max() ?? 0), 1e9) + 120
    let deadline = host.now().advanced(bySeconds: allowed)
    let collector = ProgressCollector(
      store: store, plan: plan, ready: ready, thresholds: thresholds, startAt: startAt)
    var nextLook = startAt
    var loads = LoadEndings(run: self)
    defer { display.ended() }
    while true {
      let running = await runningShards()
      if running.isEmpty {
        // What was over all of the load is the last that is shown.
        display.progress(await collector.read(at: host.now(), running: []))
        return
      }
      try await checkStop()
      if host.now() > deadline {
        throw RunStopped(
          .deadline, "the shards had not ended \(Int(allowed)) s after the start, so they were stopped")
      }
      await loads.look(running: running)
      if let index = loads.aborted {
        throw RunStopped(
          .script, "the script called test.abort() on shard \(index), so all shards were stopped")
      }
      if host.now() >= nextLook {
        try await look(collector, running)
        nextLook = host.now().advanced(bySeconds: 1)
      }
      try await host.sleep(.milliseconds(200))
    }
  }

  /// What the shards have told is shown, and held against the thresholds that stop a run.
  private func look(_ collector: ProgressCollector, _ running: [Int]) async throws {
    let progress = await collector.read(at: host.now(), running: Set(running))
    display.progress(progress)
    if let crossing = abortingCrossing(progress) {
      throw RunStopped(.threshold, "\(crossing.sentence), so all shards were stopped (abortOnFail)")
    }
  }

  func runningShards() async -> [Int] {
    await launcher.refresh(isUrgent: false)
    var running: [Int] = []
    for index in 0..<plan.shardCount where await launcher.state(index).isRunning { running.append(index) }
    return running
  }

  /// What setup() returned is a secret.
  func forgetSetup() async {
    let key = RunKeys(plan.run).setup
    do { try await store.delete(key) } catch {
      display.note("\(key) is a secret and could not be deleted, so delete it by hand: \(error)")
    }
  }

  private func finish(_ thresholds: [GateThreshold], _ stopped: RunStopped?) async throws -> RunResult {
    await forgetSetup()
    var fates: [Int: String] = [:]
    for index in 0..<plan.shardCount {
      if case .ended(let fate) = await launcher.state(index) { fates[index] = fate.sentence }
    }
    let found = fates
    let outcomes = try await ShardCollector(store: store, plan: plan).outcomes { found[$0] }
    return RunResult(
      plan: plan, outcomes: outcomes, thresholds: thresholds, stopped: stopped, finishedAt: host.now())
  }
}
