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
  /// Where the live metrics go.
  let metricOutput: MetricOutputFile
  let scriptDigest: String

  /// - Returns: the agent's exit code.
  /// - Throws: ``ShardFailure`` when k6 was never started.
  func carryOut() async throws -> Int32 {
    let plan = try await joinRun()
    let k6 = K6Inspector(options: options, host: host, runner: runner, stop: stop)
    let version = try await k6.version()
    let inspected = try await k6.script()
    let script = inspected.plan
    let shard = ShardIdentity(
      run: plan.run, nonce: plan.nonce, index: options.segment.index, count: options.segment.count,
      attempt: options.attempt, task: "pid-\(host.processID)")
    let context = ShardContext(
      shard: shard, plan: plan, script: script, k6Version: version, scriptDigest: scriptDigest,
      options: options,
      host: host,
      store: store, logger: logger,
      systemTagOptions: SystemTags.options(
        inspected: inspected.systemTags, asked: askedTags(plan, script),
        user: K6Options(options.k6Options)),
      trendStats: inspected.trendStats)
    return try await carryOut(context)
  }

  private func carryOut(_ context: ShardContext) async throws -> Int32 {
    let monitor = GeneratorMonitor(host: host)
    let stream = SampleStream(
      reportTags: options.reportTags, seriesCap: options.seriesCap, countsChecks: options.isLean)
    let samples = try SampleFIFO(path: "\(folder)/samples") { chunk in
      let readAt = host.now()
      stream.take(chunk)
      monitor.read(at: readAt, newest: stream.with { $0.takeNewest() })
    }
    let console = K6ConsoleFile(path: "\(folder)/k6.log.gz", logger: logger, now: host.now)
    let address = try freeAddress()
    let watch = CoordinatorWatch(context, stop: stop)
    let conductor = ShardConductor(
      context, k6: restAPI(address), stream: stream, monitor: monitor, watch: watch, stop: stop)
    let emf = options.emf.map {
      EMFPublisher($0, context, stream: stream, monitor: monitor, output: metricOutput)
    }

    sayThatK6Starts(context.k6Version)
    let exit = try await runK6(
      context, invocation(context, address, samples: samples.path), conductor, console, emf)
    // It is a secret. The coordinator deletes it; one that is gone may not have.
    if context.ownsSetup { try? await store.delete(context.keys.setup) }
    await samples.finish()
    stream.finish()
    console.finish()
    await conductor.announceEnd()
    // The last metrics may have to wait for a reader; the summary does not wait for them.
    async let lastMetrics: Void? = emf?.finish(startAt: conductor.course.startAt)
    let ending = try await ShardHandIn(context: context, folder: folder).handIn(
      exit: exit, course: conductor.course, stream: stream, generator: monitor.health,
      lastError: console.lastError, stop: stop.reason)
    _ = await lastMetrics
    return exitCode(exit, ending: ending, failure: conductor.course.failure)
  }

  private func invocation(_ context: ShardContext, _ address: String, samples: String) -> K6Invocation {
    .run(
      options.k6, script: options.script, segment: options.segment, address: address, samples: samples,
      summary: options.isLean
        ? .none(K6Version(context.k6Version)) : .export(to: "\(folder)/k6-summary.json"),
      options: context.systemTagOptions + options.k6Options,
      environment: host.environment, limits: host.limits, hooks: context.hooks)
  }

  private func sayThatK6Starts(_ version: String) {
    logger.info(
      "k6 starts", metadata: ["k6.version": "\(version)", "k6.segment": "\(options.segment.segment)"])
    if options.isLean {
      logger.warning(
        "lean: k6 makes no summary of its own, so a handleSummary() of the script's is not called")
    }
    for name in K6Options.ignoredVariables where host.environment[name] != nil {
      logger.warning("a variable is not passed on to k6", metadata: ["variable": "\(name)"])
    }
  }

  /// k6, its conductor and the live metrics side by side, until k6 is gone.
  private func runK6(
    _ context: ShardContext, _ invocation: K6Invocation, _ conductor: ShardConductor,
    _ console: K6ConsoleFile,
    _ emf: EMFPublisher?
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
        await conductor.watch.run()
        return nil
      }
      group.addTask {
        await emf?.run { conductor.course.startAt }
        return nil
      }
      group.addTask {
        await killWhenOverdue(context)
        return nil
      }
      defer { group.cancelAll() }
      while let event = try await group.next() {
        guard let exit = event else { continue }
        conductor.k6Ended(exit)
        return exit
      }
      throw CancellationError()
    }
  }

  /// After a stop k6 has `killAfter` seconds for its teardown and summary; one that runs teardown() for all, the time
  /// for that besides.
  private func killWhenOverdue(_ context: ShardContext) async {
    while !Task.isCancelled {
      if stop.reason != nil {
        let teardown =
          context.ownsSetup ? ShardConductor.patienceAfterStop + context.script.teardown.timeout : 0
        try? await host.sleep(.seconds(options.killAfter + teardown))
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
}
