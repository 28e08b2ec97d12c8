import Shared

func liveGate(_ runName: String, thresholds: [String], failOnDegraded: Bool) async throws -> Int32 {
  let host = CoordinatorHost.live()
  guard
    let reference = try RunReference(argument: runName, store: nil, run: nil, absolute: absolutePath),
    let run = reference.run
  else { throw UsageError("no run was given: \(RunReference.expected)") }
  let store = try liveStore(reference.location, environment: host.environment)
  let result = try await StoredRun(store: store, run: run).judged(flags: thresholds, now: host.now())
  writeOutput(RunReport(result: result, store: nil).text)
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
  let reference = try RunReference(
    argument: options.argument, store: options.store ?? file.store, run: options.run, absolute: absolutePath)
  let cluster = options.cluster ?? file.ecs.cluster
  if let startedBy = options.startedBy {
    guard let cluster else {
      throw UsageError(
        "--started-by needs a cluster: expected --cluster NAME, or a configuration that names one")
    }
    return try await liveECSStopper(cluster: cluster, host: host, say: writeOutput).stop(
      startedBy: startedBy, reason: stopReason(options.reason), wait: options.wait)
  }
  guard let reference else { throw UsageError("no run was given: \(RunReference.expected)") }
  let store = try liveStore(reference.location, environment: host.environment)
  guard let run = try await runToStop(reference, store) else {
    writeOutput("no run is under way in \(reference.location): there is nothing to stop\n")
    return 0
  }
  var endTasks: (@Sendable (RunPlan, Double) async throws -> Bool)?
  if let cluster {
    let stopper = try liveECSStopper(cluster: cluster, host: host, say: writeOutput)
    endTasks = { plan, wait in
      let startedBy = ecsStartedBy(suite: plan.suite, run: plan.run, store: reference.location)
      return try await stopper.stop(
        startedBy: startedBy, reason: stopReason(options.reason), wait: wait) == 0
    }
  }
  return try await RunStopper(
    store: store, location: reference.location, run: run, host: host, historyWait: liveHistoryWait,
    say: writeOutput, endTasks: endTasks
  ).stop(reason: options.reason, wait: options.wait)
}

/// As ECS shows it.
private func stopReason(_ reason: String?) -> String { reason ?? "coordinator stop" }

/// The one that was named, or the one that is under way.
private func runToStop(_ reference: RunReference, _ store: any ObjectStore) async throws -> RunID? {
  if let run = reference.run { return run }
  guard let active = try await store.getDocument(ActiveRun.self, at: activeKey) else { return nil }
  guard try await store.get(RunKeys(active.run).plan) != nil else {
    // Its coordinator died before the run had a plan: nothing was launched.
    writeOutput("\(active.name) had not begun, so its place is free again\n")
    await releaseActive(store, nonce: active.nonce)
    return nil
  }
  return active.run
}
