import Shared

func liveGate(_ runName: String, thresholds: [String], failOnDegraded: Bool, json: Bool) async throws -> Int32
{
  let host = CoordinatorHost.live()
  guard
    let reference = try RunReference(argument: runName, store: nil, run: nil, absolute: absolutePath),
    let run = reference.run
  else { throw UsageError("no run was given: \(RunReference.expected)") }
  let store = try liveStore(reference.location, environment: host.environment)
  let result = try await StoredRun(store: store, run: run).judged(flags: thresholds, now: host.now())
  writeOutput(
    json
      ? String(decoding: try encoded(ResultDocument(result)), as: UTF8.self)
      : RunReport(result: result, store: nil).text)
  return result.decision.verdict.exitCode(failOnDegraded: failOnDegraded)
}

/// What `coordinator stop` was asked.
struct StopOptions: Sendable {
  var argument: String?
  var store: String?
  var run: String?
  var config: String?
  var cluster: String?
  var startedBy: String?
  var reason: String?
  var wait = 60.0
}

func liveStop(_ options: StopOptions) async throws -> Int32 {
  let host = CoordinatorHost.live()
  let file = try readConfiguration(options.config)
  let stopper = try (options.cluster ?? file.ecs.cluster).map {
    try liveECSStopper(cluster: $0, host: host, say: writeOutput)
  }
  let reason = "stopped by command" + (options.reason.map { ": \($0)" } ?? "")
  let reference = try RunReference(
    argument: options.argument, store: options.store ?? file.store, run: options.run, absolute: absolutePath)
  guard let reference else {
    guard let stopper, let startedBy = options.startedBy else {
      throw UsageError("no run was given: \(RunReference.expected), or --cluster and --started-by")
    }
    return try await stopper.stop(startedBy: startedBy, reason: reason, wait: options.wait)
  }
  let endTasks = stopper.map { stopper -> @Sendable (String, RunID, Double) async throws -> Bool in
    { suite, run, wait in
      let startedBy =
        options.startedBy ?? ecsStartedBy(suite: suite, run: run, store: reference.location)
      return try await stopper.stop(startedBy: startedBy, reason: reason, wait: wait) == 0
    }
  }
  let store = RetryingStore(
    try liveStore(reference.location, environment: host.environment),
    host.retryWindow { writeOutput("\($0)\n") })
  guard let run = try await runToStop(reference, store, host, endTasks: endTasks) else {
    writeOutput("no run is under way in \(reference.location): there is nothing to stop\n")
    return 0
  }
  let code = try await RunStopper(
    store: store, location: reference.location, run: run, host: host, say: writeOutput,
    historyWait: liveHistoryWait, endTasks: endTasks
  ) { result, problems in
    let links = RunLinks(result.plan, result.summary, page: file.report.url, store: reference.location)
    LiveWorkflow(environment: host.environment).show(result, links, problems: problems)
  }.stop(reason: options.reason, wait: options.wait)
  // Its coordinator may have had no time for it, or have been refused.
  if LiveAlerts.areDue(file.alert, host.environment), try await store.get(RunKeys(run).result) != nil {
    let told = await LiveAlerts(
      settings: file.alert, page: file.report.url, location: reference.location, store: store, host: host,
      // GitHub gives a cancelled job five minutes for this and what comes behind it.
      patience: 120
    ).tell(run)
    told.write()
    LiveWorkflow(environment: host.environment).add(told)
  }
  return code
}

/// The one that was named, the job's own, or the one that is under way.
private func runToStop(
  _ reference: RunReference, _ store: any ObjectStore, _ host: CoordinatorHost,
  endTasks: (@Sendable (String, RunID, Double) async throws -> Bool)?
) async throws -> RunID? {
  if let run = reference.run { return run }
  // The last step of a job that was refused because of another's run must not end that one.
  let file = JobRunFile(environment: host.environment, store: reference.location)
  let own = try file?.read()
  if let run = own?.run { return run }
  guard let active = try await store.getDocument(ActiveRun.self, at: activeKey) else { return nil }
  // Where the job has no folder it is told by its workflow run.
  let isOwn =
    file == nil
    ? workflowRunURL(host.environment).map { $0 == active.workflowRunURL } ?? true
    : active.nonce == own?.nonce
  if !isOwn {
    writeOutput("\(active.name) is under way, which is not this job's: name it with --run to stop it\n")
    return nil
  }
  if try await store.get(RunKeys(active.run).plan) != nil { return active.run }
  // Its coordinator died before the run had a plan, or is just about to write it: then it reads this.
  let signal = StopSignal(
    nonce: active.nonce, cause: .command, reason: "the run was stopped by command",
    at: host.now())
  try await store.putDocument(signal, at: RunKeys(active.run).stop, if: .absent)
  writeOutput("\(active.name) has not begun, so its place is free again\n")
  _ = try await endTasks?(active.suite, active.run, 0)
  await releaseActive(store, nonce: active.nonce)
  return nil
}
