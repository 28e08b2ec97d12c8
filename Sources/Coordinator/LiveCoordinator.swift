import ArgumentParser
import Foundation
import Glibc
import Shared
import SystemPackage
import UnixSignals

/// Runs a command, and turns what goes wrong into one sentence and an exit code: 64 for wrong usage; 2 for anything
/// else, because a run that could not be judged is incomplete, never failed or passed.
func carriedOut(_ command: () async throws -> Int32) async -> ExitCode {
  do { return ExitCode(try await command()) } catch {
    writeError("coordinator: \(error)\n")
    return ExitCode(error is UsageError ? 64 : 2)
  }
}

/// Builds a run from the real world and carries it out.
/// - Returns: the exit code.
func liveRun(_ flags: RunOptions.Flags, configurationPath: String?, agent: String?) async throws -> Int32 {
  signal(SIGPIPE, SIG_IGN)
  let host = CoordinatorHost.live()
  let options = try RunOptions(
    flags, try readConfiguration(configurationPath), usualStore: "file://\(absolute("out"))",
    fileExists: isReadableFile)
  let agentPath = try agentProgram(agent ?? host.environment["GRID_AGENT_BIN"])
  let store = try liveStore(options.store, environment: host.environment)
  let folder = try localFolder(options.store)
  let stop = StopRequest()
  // Before anything is started: from here on a signal cancels, it does not kill.
  let trapped = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
  let signals = Task { for await signal in trapped { stop.request("\(signal)") } }
  defer { signals.cancel() }
  let inspection = AgentInspectionProcess(agent: agentPath, options: options, host: host, stop: stop)
  guard let shardCount = try await fitting(options.shards, options.script, inspection) else {
    writeError("coordinator: the run was cancelled (\(stop.reason ?? "stopped")) before it had begun\n")
    return 130
  }
  let plan = try await claimRun(options, shardCount: shardCount, host: host, store: store)
  for index in 0..<plan.shardCount {
    try FileManager.default.createDirectory(
      atPath: "\(folder)/\(plan.run)/shard-\(index)", withIntermediateDirectories: true)
  }
  let run = plan.run
  let launcher = LocalProcessLauncher(agent: agentPath, environment: host.environment) {
    "\(folder)/\(run)/shard-\($0)"
  }
  let pulse = Task { await CoordinatorPulse(plan: plan, store: store, host: host).beat() }
  defer { pulse.cancel() }
  let grid = GridRun(
    options: options, host: host, store: store, launcher: launcher, plan: plan, stop: stop,
    display: TextDisplay(medium(), write: writeUnchanged))
  let result = try await grid.carryOut()
  let problems = await RunRecord(store: store, wait: liveHistoryWait).write(result)
  writeOutput(RunReport(result: result, store: options.store).text)
  for problem in problems { writeError("coordinator: \(problem)\n") }
  if result.stopped?.cause == .cancelled { return 130 }
  let code = result.decision.verdict.exitCode(failOnDegraded: options.failOnDegraded)
  // A green night of which nothing is kept would be missed by nobody until it is needed.
  return code == 0 && !problems.isEmpty ? 2 : code
}

func liveGate(_ runFolder: String, thresholds: [String], failOnDegraded: Bool) async throws -> Int32 {
  let (store, run) = try storedRun(runFolder)
  let result = try await StoredRun(store: store, run: run).judged(flags: thresholds, now: UTCInstant.live())
  writeOutput(RunReport(result: result, store: nil).text)
  return result.decision.verdict.exitCode(failOnDegraded: failOnDegraded)
}

func liveStop(_ runFolder: String, reason: String?, wait: Double) async throws -> Int32 {
  let (store, run) = try storedRun(runFolder)
  return try await RunStopper(store: store, run: run, host: .live(), say: writeOutput).stop(
    reason: reason, wait: wait)
}

private func storedRun(_ folder: String) throws -> (any ObjectStore, RunID) {
  let path = FilePath(absolute(folder)).lexicallyNormalized()
  guard let name = path.lastComponent?.string, let run = RunID(name) else {
    throw UsageError("'\(folder)' is no run's folder: expected one like out/2026-11-23")
  }
  return (DirectoryObjectStore(folder: path.removingLastComponent().string), run)
}

/// Where the logs of shards on this machine go: beside the run, when that is kept in a folder.
private func localFolder(_ store: StoreLocation) throws -> String {
  if case .folder(let folder) = store { return folder }
  return absolute("out")
}

/// How many shards it will be: what the script's scenarios have VUs for is found out before anything is claimed.
/// - Returns: `nil` when the run was cancelled meanwhile.
/// - Throws: ``UsageError`` for more shards than that.
private func fitting(_ count: ShardCount, _ script: String, _ inspection: AgentInspectionProcess)
  async throws -> Int?
{
  if count == .exactly(1) { return 1 }
  let answer = try await inspection.answer()
  if case .cancelled = answer { return nil }
  return try count.fitting(answer, script: FilePath(script).lastComponent?.string ?? script)
}

/// The first free run id of today, taken by creating its `run.json`.
private func claimRun(
  _ options: RunOptions, shardCount: Int, host: CoordinatorHost, store: any ObjectStore
) async throws -> RunPlan {
  let script = try readFile(FilePath(options.script))
  let now = host.now()
  for number in 1... {
    var plan = RunPlan(
      run: RunID(date: now, number: number), nonce: host.randomText(), suite: options.suite,
      shardCount: shardCount,
      script: FilePath(options.script).lastComponent?.string ?? options.script,
      scriptDigest: sha256(script), createdAt: now, commit: host.environment["GITHUB_SHA"],
      ref: host.environment["GITHUB_REF_NAME"], workflowRunURL: workflowRunURL(host.environment),
      generatorLimits: options.generatorLimits,
      thresholdTags: Set(options.thresholds.flatMap(\.selector.tags.keys)).sorted())
    (plan.setup, plan.deadManSeconds) = (options.setup, options.deadMan)
    // Somebody's leftovers under this id, without a plan, would be taken for this run's.
    guard try await store.list("\(plan.run)/").isEmpty else { continue }
    if try await store.putDocument(plan, at: RunKeys(plan.run).plan, if: .absent) != .conditionFailed {
      return plan
    }
  }
  throw UsageError("no run id is free today")
}

private func workflowRunURL(_ environment: [String: String]) -> String? {
  guard let server = environment["GITHUB_SERVER_URL"], let repository = environment["GITHUB_REPOSITORY"],
    let run = environment["GITHUB_RUN_ID"]
  else { return nil }
  return "\(server)/\(repository)/actions/runs/\(run)"
}

private func readConfiguration(_ path: String?) throws -> GridConfiguration {
  guard let path else { return GridConfiguration() }
  do {
    return try GridConfiguration(yaml: String(decoding: readFile(FilePath(path)), as: UTF8.self), name: path)
  } catch let error as Errno {
    throw UsageError("the configuration \(path) cannot be read: \(error)")
  }
}

/// The agent beside this program, unless another is named.
private func agentProgram(_ named: String?) throws -> String {
  let own = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
  let path = named.map(absolute) ?? own.removingLastComponent().appending("shard-agent").string
  guard access(path, X_OK) == 0 else {
    throw UsageError(
      "the agent \(path) is not there or cannot be run: name it with --agent or GRID_AGENT_BIN")
  }
  return path
}

private func absolute(_ path: String) -> String {
  path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
}

/// `nil` when the output is no terminal.
@Sendable private func terminalSize() -> (rows: Int, columns: Int)? {
  guard isatty(STDOUT_FILENO) == 1 else { return nil }
  var size = winsize()
  guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
    return (24, 80)
  }
  return (Int(size.ws_row), Int(size.ws_col))
}

/// On GitHub a line of the log may be a command to the runner, wherever its text comes from.
private let isWorkflowLog = ProcessInfo.processInfo.environment["GITHUB_ACTIONS"] == "true"

private func medium() -> TextDisplay.Medium {
  if isWorkflowLog { return .workflowLog }
  return terminalSize() == nil ? .log : .terminal { terminalSize() ?? (24, 80) }
}

func writeOutput(_ text: String) { writeUnchanged(isWorkflowLog ? inert(text) : text) }

func writeError(_ text: String) {
  _ = try? FileDescriptor.standardError.writeAll((isWorkflowLog ? inert(text) : text).utf8)
}

@Sendable private func writeUnchanged(_ text: String) {
  _ = try? FileDescriptor.standardOutput.writeAll(text.utf8)
}

extension CoordinatorHost {
  static func live() -> CoordinatorHost {
    CoordinatorHost(
      now: UTCInstant.live,
      sleep: { try await Task.sleep(for: $0) },
      environment: ProcessInfo.processInfo.environment,
      randomText: { String(UInt64.random(in: .min ... .max), radix: 36) })
  }
}
