import Foundation
import Glibc
import Shared
import SystemPackage
import UnixSignals

/// Builds a run from the real world and carries it out.
/// - Returns: the exit code.
func liveRun(_ flags: RunOptions.Flags, configurationPath: String?, agent: String?) async throws -> Int32 {
  signal(SIGPIPE, SIG_IGN)
  let host = CoordinatorHost.live()
  let options = try RunOptions(
    flags, try readConfiguration(configurationPath), usualStore: "file://\(absolutePath("out"))",
    fileExists: isReadableFile)
  let place = try ShardPlace(
    isLocal: flags.isLocal, isAttached: flags.isAttached, cluster: options.ecs?.cluster ?? flags.ecs.cluster)
  try place.check(options.origin)
  let agentPath: String?
  do { agentPath = try agentProgram(agent ?? host.environment["GRID_AGENT_BIN"]) } catch {
    // Shards elsewhere have their own.
    guard place != .thisMachine else { throw error }
    agentPath = nil
  }
  let store = try liveStore(options.store, environment: host.environment)
  // Its first answer says what the time is there.
  let retry = host.retryWindow { writeError("coordinator: \($0)\n") }
  _ = try await retry { try await store.get(activeKey) }
  if let note = host.clockNote(store) { writeError("coordinator: \(note)\n") }
  let live = LiveRun(
    options: options, place: place, agent: agentPath,
    host: host.onClock(of: store), store: store,
    ownRun: JobRunFile(environment: host.environment, store: options.store), stop: StopRequest())
  // Before anything is started: from here on a signal cancels, it does not kill.
  let trapped = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
  let signals = Task { for await signal in trapped { live.stop.request("\(signal)") } }
  defer { signals.cancel() }
  return try await live.carryOut()
}

/// A run with everything real in it.
struct LiveRun: Sendable {
  let options: RunOptions
  let place: ShardPlace
  /// `nil` where there is none on this machine.
  let agent: String?
  let host: CoordinatorHost
  let store: any ObjectStore
  /// Where GitHub's job keeps which run is its own; `nil` elsewhere.
  let ownRun: JobRunFile?
  let stop: StopRequest

  func carryOut() async throws -> Int32 {
    guard let shardCount = try await fittingCount() else { return cancelledBefore() }
    let nonce = host.randomText()
    let before = try ownRun?.read()
    try ownRun?.write(JobRun(nonce: nonce))
    let claimed: (RunPlan, ActiveHold)?
    do {
      let claim = try claim(shardCount, nonce)
      claimed = try await stop.interrupting { try await claim.take() }
    } catch {
      // What a step before has left is still this job's own, and may be what the suite is taken by.
      if let before { try ownRun?.write(before) }
      guard let busy = error as? SuiteIsBusy else { throw error }
      writeError("coordinator: \(busy)\n")
      return 2
    }
    guard let (plan, hold) = claimed else {
      // It may have been taken in the same moment.
      _ = try? await answered(within: 3, host) { [store] in await releaseActive(store, nonce: nonce) }
      return cancelledBefore()
    }
    let pulse = Task { [store, host] in
      await CoordinatorPulse(plan: plan, store: store, host: host, hold: hold).beat()
    }
    defer { pulse.cancel() }
    do {
      try ownRun?.write(JobRun(nonce: nonce, run: plan.run))
      return try await carryOut(plan, hold)
    } catch let left as RunLeft {
      // The suite stays taken: shards may still make load. `coordinator stop` releases it.
      writeError(
        "coordinator: run \(plan.run) is not recorded (\(left.reason)): coordinator stop \(options.store.name(plan.run.text)) makes sure of its shards and records it\n"
      )
      return left.exitCode
    } catch {
      // Nothing of it is left, and nothing is to be recorded.
      try? ownRun?.write(JobRun(nonce: nonce))
      await hold.release()
      throw error
    }
  }

  private func carryOut(_ plan: RunPlan, _ hold: ActiveHold) async throws -> Int32 {
    let display = liveDisplay()
    var grid = GridRun(
      options: options, host: host, store: store, launcher: try launcher(plan, display), plan: plan,
      stop: stop,
      display: display)
    // GitHub kills what has not gone 7.5 s after a cancellation.
    if place != .thisMachine { grid.leaveAfter = 5 }
    let end = try await grid.carryOut()
    let written = try await record(end.result, grid)
    writeOutput(RunReport(result: end.result, store: options.store).text)
    for problem in written.problems { writeError("coordinator: \(problem)\n") }
    let workflow = LiveWorkflow(environment: host.environment)
    let links = RunLinks(
      end.result.plan, end.result.summary, page: options.report.url, store: options.store)
    workflow.show(end.result, links, problems: written.problems)
    if written.isRecorded, end.isClear {
      _ = try? await stop.interrupting(times: grid.nextSignal) { await hold.release() }
    } else {
      let what = written.isRecorded ? "what may be left of its shards is ended by" : "it is recorded by"
      writeError("coordinator: \(what) coordinator stop \(options.store.name(plan.run.text))\n")
    }
    let unpublished = written.isRecorded ? await publish(end.result, grid) : []
    for problem in unpublished { writeError("coordinator: \(problem)\n") }
    workflow.add(problems: unpublished)
    if written.isRecorded { workflow.add(await tell(plan.run, grid)) }
    if end.result.stopped?.cause == .cancelled { return 130 }
    let code = end.result.decision.verdict.exitCode(failOnDegraded: options.failOnDegraded)
    // A green night of which nothing is kept would be missed by nobody until it is needed.
    return code == 0 && !written.problems.isEmpty ? 2 : code
  }

  /// Nothing of a cancelled run is waited for: the job's last steps publish it.
  private func publish(_ result: RunResult, _ grid: GridRun) async -> [String] {
    guard options.isReported, stop.cancellation == nil else { return [] }
    let (store, host, options) = (grid.steadyStore, host, options)
    let problems = try? await stop.interrupting(times: stop.count + 1) {
      await publishPage(of: result, options: options, store: store, host: host)
    }
    return (problems ?? nil) ?? ["the trend page was not published: the run was cancelled"]
  }

  /// Of a cancelled run `coordinator stop` tells.
  private func tell(_ run: RunID, _ grid: GridRun) async -> LiveAlerts.Told {
    guard options.isAlerted, LiveAlerts.areDue(options.alert, host.environment), stop.cancellation == nil
    else { return LiveAlerts.Told() }
    let alerts = LiveAlerts(
      settings: options.alert, page: options.report.url, location: options.store, store: grid.steadyStore,
      host: host)
    let told = try? await stop.interrupting(times: stop.count + 1) { await alerts.tell(run) }
    let outcome =
      (told ?? nil) ?? LiveAlerts.Told(problems: ["not everybody was told: the run was cancelled"])
    outcome.write()
    return outcome
  }

  /// - Throws: ``RunLeft`` when there is no time for it.
  private func record(_ result: RunResult, _ grid: GridRun) async throws -> RunRecord.Outcome {
    let record = RunRecord(store: grid.steadyStore, wait: liveHistoryWait)
    let seconds = stop.cancellation != nil && place != .thisMachine ? 1.0 : 300
    let outcome = try? await stop.interrupting(times: grid.nextSignal) { [host] in
      try await answered(within: seconds, host) { await record.write(result) }
    }
    if let outcome = outcome ?? nil { return outcome }
    throw stop.cancellation == nil
      ? RunLeft(reason: "the store is too slow", exitCode: 2) : RunLeft.cancelled
  }

  private func cancelledBefore() -> Int32 {
    writeError("coordinator: the run was cancelled (\(stop.reason ?? "stopped")) before it had begun\n")
    return 130
  }

  /// How many shards it will be: what the script's scenarios have VUs for is found out before anything is claimed.
  /// - Returns: `nil` when the run was cancelled meanwhile.
  /// - Throws: ``UsageError`` for more shards than that.
  private func fittingCount() async throws -> Int? {
    if options.shards == .exactly(1) { return 1 }
    let answer = try await inspection()
    if case .cancelled = answer { return nil }
    return try options.shards.fitting(answer, script: options.scriptName)
  }

  private func inspection() async throws -> InspectionAnswer {
    guard case .file = options.origin else {
      return .failed("the script \(options.script) is not on this machine")
    }
    guard let agent else { return .failed("there is no shard-agent on it (--agent)") }
    return try await AgentInspectionProcess(agent: agent, options: options, host: host, stop: stop).answer()
  }

  private func claim(_ shardCount: Int, _ nonce: String) throws -> RunClaim {
    var bundle: ScriptBundle?
    var digest: String?
    if case .file(let path) = options.origin {
      digest = sha256(try readFile(FilePath(path)))
      if place != .thisMachine {
        bundle = try BundleDirectory(
          script: absolutePath(path), folder: options.bundle.map(absolutePath)
        ).read()
        digest = bundle?.listed.first { $0.path == bundle?.script }?.digest
      }
    }
    return RunClaim(
      options: options, shardCount: shardCount, bundle: bundle, scriptDigest: digest, nonce: nonce,
      event: try readWorkflowEvent(host.environment), host: host, store: store, say: writeOutput)
  }

  private func launcher(_ plan: RunPlan, _ display: TextDisplay) throws -> any ShardLauncher {
    switch place {
    case .attached: return AttachedLauncher(store: store, plan: plan)
    case .cluster:
      guard let ecs = options.ecs else { throw UsageError("no cluster was given") }
      return try liveECSLauncher(
        ecs, plan: plan, store: options.store, launchTimeout: options.readyTimeout, host: host, stop: stop,
        note: display.note)
    case .thisMachine:
      let folder = "\(logFolder)/\(plan.run)"
      for index in 0..<plan.shardCount {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/shard-\(index)", withIntermediateDirectories: true)
      }
      return LocalProcessLauncher(
        agent: agent ?? "", environment: host.environment.filter { !AlertOutlets.secrets.contains($0.key) }
      ) {
        "\(folder)/shard-\($0)"
      }
    }
  }

  /// Where the logs of shards on this machine go: beside the run, when that is kept in a folder.
  private var logFolder: String {
    if case .folder(let folder) = options.store { return folder }
    return absolutePath("out")
  }
}
