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
  /// For the FIFO, k6's summary and its log.
  let files: PrivateFiles
  let logger: Logger
  let stop: StopRequest
  /// Where the live metrics go.
  let metricOutput: MetricOutputFile
  let source: ScriptSource
  let metadataReader: TaskMetadataReader
  let secretReader: SecretReader
  let redactor: Redactor
  var phase = ShardPhase()

  /// - Returns: the agent's exit code.
  /// - Throws: ``ShardFailure`` when k6 was never started.
  func carryOut() async throws -> Int32 {
    var index = options.index
    do { return try await prepared(&index) } catch {
      await tell(error, index)
      throw error
    }
  }

  /// Why there will be no summary, for who waits for one; 5 s at the most.
  private func tell(_ error: any Error, _ index: Int?) async {
    guard let run = options.run, let index, stop.reason == nil else { return }
    let sentence = (error as? ShardFailure)?.sentence ?? "\(error)"
    let failed = ShardFailed(
      run: run, index: index, attempt: options.attempt, reason: redactor.redact(sentence))
    try? await host.within(5) { _ = try? await store.putDocument(failed, at: RunKeys(run).failed(index)) }
  }

  /// - Parameter index: may be taken only here.
  private func prepared(_ index: inout Int?) async throws -> Int32 {
    var task = try await TaskFacts.find(
      uri: host.environment["ECS_CONTAINER_METADATA_URI_V4"], host: host, reader: metadataReader,
      logger: logger)
    let secrets = try await readSecrets()
    let (plan, localScript) = try await joinRun()
    // It has answered by now.
    task = try task.withStore(store.clock)
    let shard = try await identity(plan, task)
    index = shard.index
    var logger = logger
    logger[metadataKey: "shard.index"] = "\(shard.index)"
    var k6 = K6Inspector(
      options: options, script: localScript.path, environment: secrets.added(to: host.environment),
      redactor: redactor, host: host, runner: runner, stop: stop)
    let version = try await k6.version()
    k6.secretSource = try secretSource(secrets, K6Version(version))
    let inspected = try await k6.script()
    let script = inspected.plan
    let context = ShardContext(
      shard: shard, plan: plan, script: redactor.redact(script), k6Version: version, localScript: localScript,
      options: options, host: host, store: store, logger: logger,
      systemTagOptions: SystemTags.options(
        inspected: inspected.systemTags, asked: askedTags(plan, script),
        user: K6Options(options.k6Options)),
      trendStats: inspected.trendStats, clock: task.clock, secrets: secrets, redactor: redactor,
      unredactedScript: script, secretSource: k6.secretSource)
    return try await carryOut(context)
  }

  var polling: StorePolling {
    StorePolling(host: host, seconds: options.store.pollSeconds, stop: stop, logger: logger)
  }

  /// For what is asked once, before the load.
  var patientStore: RetryingStore { RetryingStore(store, .gettingReady(host, stop, logger)) }

  private func identity(_ plan: RunPlan, _ task: TaskFacts) async throws -> ShardIdentity {
    var index = options.index
    if index == nil {
      do {
        index = try await ShardClaims(store: patientStore, plan: plan, task: task.id, now: host.now).claim()
        logger.info("took an index", metadata: ["shard.index": "\(index ?? 0)"])
      } catch let failure as ShardFailure { throw failure } catch {
        throw ShardFailure.unavailable("no index could be taken: \(error)")
      }
    }
    return ShardIdentity(
      run: plan.run, nonce: plan.nonce, index: index ?? 0, count: plan.shardCount, attempt: options.attempt,
      task: task.id)
  }

  private func carryOut(_ context: ShardContext) async throws -> Int32 {
    let monitor = GeneratorMonitor(host: host)
    let stream = SampleStream(
      reportTags: options.reportTags, seriesCap: options.seriesCap, countsChecks: options.isLean,
      redactor: redactor)
    let samples = try SampleFIFO(path: files.path("samples")) { chunk in
      let readAt = host.now()
      stream.take(chunk)
      monitor.read(at: readAt, newest: stream.with { $0.takeNewest() })
    }
    let console = K6ConsoleFile(
      path: files.path("k6.log.gz"), logger: context.logger, now: host.now, redactor: redactor)
    let address = try freeAddress()
    let watch = CoordinatorWatch(context, stop: stop)
    var k6 = restAPI(address)
    k6.redact = redactor.redact
    let conductor = ShardConductor(
      context, k6: k6, stream: stream, monitor: monitor, watch: watch, stop: stop, console: console,
      isPaused: { files.remove(Self.secretFile) })
    let emf = options.emf.map {
      EMFPublisher($0, context, stream: stream, monitor: monitor, output: metricOutput)
    }

    sayThatK6Starts(context)
    phase.enter { conductor.course.heartbeatPhase }
    let exit = try await runK6(
      context, invocation(context, address, samples: samples.path), conductor, console, emf)
    phase.enter { .ending }
    await samples.finish()
    files.remove(Self.secretFile)
    stream.finish()
    let k6Summary = files.read("k6-summary.json")
    learnSetup(k6Summary)
    console.finish()
    // The summary says it too, and has little time left after a signal.
    try await host.within(5) {
      async let end: Void = conductor.announceEnd()
      await forgetSetup(context)
      await end
    }
    // The last metrics may have to wait for a reader; the summary does not wait for them.
    async let lastMetrics: Void? = emf?.finish(startAt: conductor.course.startAt)
    let handIn = ShardHandIn(
      context: context,
      store: RetryingStore(store, .handingIn(host, stop, patience(context), context.logger)), files: files,
      k6Summary: k6Summary)
    let ending = try await handIn.handIn(
      exit: exit, course: conductor.course, stream: stream, generator: monitor.health,
      lastError: console.lastError, stop: stop.reason)
    _ = await lastMetrics
    return exitCode(exit, ending: ending, failure: conductor.course.failure)
  }

  /// It is a secret. The coordinator deletes it; one that is gone may not have.
  private func forgetSetup(_ context: ShardContext) async {
    if context.ownsSetup { try? await store.delete(context.keys.setup) }
  }

  private func invocation(_ context: ShardContext, _ address: String, samples: String) -> K6Invocation {
    .run(
      options.k6, script: context.localScript.path, segment: context.segment, address: address,
      samples: samples,
      summary: options.isLean
        ? .none(K6Version(context.k6Version)) : .export(to: files.path("k6-summary.json")),
      options: context.systemTagOptions + context.secretSource + options.k6Options,
      environment: context.secrets.added(to: host.environment), limits: host.limits, hooks: context.hooks)
  }

  private func sayThatK6Starts(_ context: ShardContext) {
    let logger = context.logger
    logger.info(
      "k6 starts",
      metadata: ["k6.version": "\(context.k6Version)", "k6.segment": "\(context.segment.segment)"])
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
            console.take($0, from: $1)
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
  private func patience(_ context: ShardContext) -> StopPatience {
    StopPatience(
      killAfter: options.killAfter,
      teardown: context.ownsSetup ? ShardConductor.patienceAfterStop + context.script.teardown.timeout : 0)
  }

  private func killWhenOverdue(_ context: ShardContext) async {
    var stoppedAt: UTCInstant?
    while !Task.isCancelled {
      if stop.reason != nil {
        let since = stoppedAt ?? host.now()
        stoppedAt = since
        let end = patience(context).killsAt(stoppedAt: since, signalledAt: stop.signalledAt)
        if host.now() >= end { return stop.kill() }
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
