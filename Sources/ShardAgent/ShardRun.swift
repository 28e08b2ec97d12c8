import Logging
import Shared

/// One shard's run, from the plan to the summary.
struct ShardRun: Sendable {
  let options: ShardOptions
  let host: Host
  let store: any ObjectStore
  let runner: any K6Runner
  let restAPI: @Sendable (_ address: String) -> K6RestAPI
  /// For k6's REST API, as `127.0.0.1:6565`.
  let freeAddress: @Sendable () throws -> String
  /// A private folder for the FIFO, k6's summary and its log.
  let folder: String
  let logger: Logger
  let stop: StopRequest
  let scriptDigest: String

  /// - Returns: the agent's exit code.
  /// - Throws: ``ShardFailure`` when k6 was never started.
  func carryOut() async throws -> Int32 {
    let plan = try await joinRun()
    let k6 = K6Inspector(options: options, host: host, runner: runner, stop: stop)
    let version = try await k6.version()
    let script = try await k6.scriptPlan()
    let shard = ShardIdentity(
      run: plan.run, nonce: plan.nonce, index: options.segment.index, count: options.segment.count,
      attempt: options.attempt, task: "pid-\(host.processID)")

    let stream = SampleStream(reportTags: options.reportTags, seriesCap: options.seriesCap)
    let samples = try SampleFIFO(path: "\(folder)/samples") { stream.take($0) }
    let console = K6ConsoleFile(path: "\(folder)/k6.log.gz", logger: logger, now: host.now)
    let address = try freeAddress()
    let invocation = K6Invocation.run(
      options.k6, script: options.script, segment: options.segment, address: address, samples: samples.path,
      summary: "\(folder)/k6-summary.json", options: options.k6Options, environment: host.environment,
      limits: host.limits)
    let conductor = ShardConductor(
      shard: shard, script: script, k6Version: version, scriptDigest: scriptDigest, options: options,
      host: host,
      store: store, k6: restAPI(address), stream: stream, stop: stop, logger: logger)

    logger.info(
      "k6 starts", metadata: ["k6.version": "\(version)", "k6.segment": "\(options.segment.segment)"])
    for name in K6Options.ignoredVariables where host.environment[name] != nil {
      logger.warning("a variable is not passed on to k6", metadata: ["variable": "\(name)"])
    }
    let exit = try await runK6(invocation, conductor, console)
    await samples.finish()
    stream.finish()
    console.finish()
    await conductor.announceEnd()

    let handIn = ShardHandIn(
      shard: shard, script: script, k6Version: version, scriptDigest: scriptDigest, options: options,
      host: host,
      store: store, folder: folder, logger: logger)
    let ending = try await handIn.handIn(
      exit: exit, course: conductor.course, stream: stream, lastError: console.lastError,
      stopReason: stop.reason)
    return exitCode(exit, ending: ending, failure: conductor.course.failure)
  }

  /// k6 and its conductor side by side, until k6 is gone.
  private func runK6(
    _ invocation: K6Invocation, _ conductor: ShardConductor, _ console: K6ConsoleFile
  ) async throws -> K6Exit {
    try await withThrowingTaskGroup(of: K6Exit?.self) { group in
      group.addTask {
        do {
          return try await runner.run(invocation) { control in
            conductor.began(control.processID)
            stop.attach(control)
          } print: {
            console.take($0)
          }
        } catch {
          throw ShardFailure.unavailable("k6 (\(options.k6)) could not be started: \(error)")
        }
      }
      group.addTask {
        await conductor.conduct()
        return nil
      }
      group.addTask {
        await killWhenOverdue()
        return nil
      }
      defer { group.cancelAll() }
      while let event = try await group.next() {
        guard let exit = event else { continue }
        conductor.k6Ended()
        return exit
      }
      throw CancellationError()
    }
  }

  /// After a stop k6 has `killAfter` seconds for its teardown and summary.
  private func killWhenOverdue() async {
    while !Task.isCancelled {
      if stop.reason != nil {
        try? await host.sleep(.seconds(options.killAfter))
        if !Task.isCancelled { stop.kill() }
        return
      }
      try? await host.sleep(.milliseconds(200))
    }
  }

  private func exitCode(_ exit: K6Exit, ending: K6Ending, failure: ShardFailure?) -> Int32 {
    if let failure { return failure.exitCode }
    if ending.isComplete { return 0 }
    switch exit {
    case .exited(0): return 70
    case .exited(let code): return Int32(code)
    case .signaled(let signal): return 128 + Int32(signal)
    }
  }

  /// The coordinator's plan, or one of our own when there is no coordinator.
  private func joinRun() async throws -> RunPlan {
    guard let run = options.run else { return try await planAlone() }
    let deadline = host.now().advanced(bySeconds: options.patience)
    while true {
      if let reason = stop.reason { throw ShardFailure.stopped(reason) }
      if let plan = try await store.getDocument(RunPlan.self, at: RunKeys(run).plan) {
        try check(plan)
        return plan
      }
      guard host.now() < deadline else {
        throw ShardFailure.unavailable(
          "there is no \(RunKeys(run).plan) in \(options.store) after \(Int(options.patience)) s: the coordinator writes it first; check GRID_RUN and GRID_STORE"
        )
      }
      try await host.sleep(.milliseconds(200))
    }
  }

  /// Written like a coordinator's, so that `coordinator gate` reads the run, and a store that takes nothing is found
  /// out before the load.
  private func planAlone() async throws -> RunPlan {
    let stamp = host.now().description.prefix(19).filter { $0 != "-" && $0 != ":" }
    let plan = RunPlan(
      run: RunID("hand-\(stamp)Z-\(host.randomText().prefix(6))")!, nonce: host.randomText(),
      suite: options.suite, shardCount: options.segment.count, script: options.script,
      scriptDigest: scriptDigest, createdAt: host.now())
    do { try await store.putDocument(plan, at: RunKeys(plan.run).plan, if: .absent) } catch {
      throw ShardFailure.unavailable("\(error)")
    }
    return plan
  }

  private func check(_ plan: RunPlan) throws {
    if plan.shardCount != options.segment.count {
      throw ShardFailure.unavailable(
        "the run \(plan.run) has \(plan.shardCount) shards, and this one was told \(options.segment.count) (K6_SHARD_COUNT)"
      )
    }
    if plan.scriptDigest != scriptDigest {
      throw ShardFailure.unavailable(
        "the script \(options.script) is not the one that run \(plan.run) was planned with (SHA-256 \(plan.scriptDigest.prefix(12)), here \(scriptDigest.prefix(12)))"
      )
    }
  }
}
