import Glibc
import Shared
import Subprocess
import Synchronization
import SystemPackage

/// Shards as processes of this machine, each the leader of a session of its own: Ctrl-C in the terminal does not
/// reach them, and whatever a killed agent leaves behind is found by its session. An orphaned k6 holds its own pipe
/// open and would never end.
final class LocalProcessLauncher: ShardLauncher {
  private struct Shard {
    var processID: pid_t?
    var state = LaunchState.notLaunched
    var wasStopped = false
  }

  private let agent: String
  /// What the agents inherit.
  private let environment: [String: String]
  /// Where an agent's files go, by shard: `agent.log`, its stderr, and `emf.ndjson`, its stdout.
  private let folder: @Sendable (Int) -> String
  private let shards = Mutex<[Int: Shard]>([:])

  init(agent: String, environment: [String: String], folder: @escaping @Sendable (Int) -> String) {
    (self.agent, self.environment, self.folder) = (agent, environment, folder)
  }

  func launch(_ shards: [ShardSpec]) async throws {
    for shard in shards { try await launch(shard) }
  }

  /// It is told of every end at once.
  func refresh(isUrgent: Bool) async {}

  private func launch(_ shard: ShardSpec) async throws {
    let log = try open(logPath(shard.index))
    let metrics: FileDescriptor
    do { metrics = try open("\(folder(shard.index))/emf.ndjson") } catch {
      try? log.close()
      throw error
    }
    var options = PlatformOptions()
    options.createSession = true
    let variables = environment.merging(shard.environment) { $1 }.map {
      (Environment.Key(rawValue: $0.key)!, $0.value)
    }
    let configuration = Configuration(
      executable: .path(FilePath(agent)),
      arguments: Arguments(
        ["run", shard.script] + (shard.k6Options.isEmpty ? [] : ["--"] + shard.k6Options)),
      environment: .custom(Dictionary(uniqueKeysWithValues: variables)), platformOptions: options)
    shards.withLock { $0[shard.index] = Shard(state: .running) }
    Task { await follow(shard.index, configuration, metrics, log) }
  }

  private func logPath(_ index: Int) -> String { "\(folder(index))/agent.log" }

  private func open(_ path: String) throws -> FileDescriptor {
    try .open(
      FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
  }

  private func follow(
    _ index: Int, _ configuration: Configuration, _ metrics: FileDescriptor, _ log: FileDescriptor
  ) async {
    var ending: String
    do {
      let result = try await Subprocess.run(
        configuration, input: .none, output: .fileDescriptor(metrics, closeAfterSpawningProcess: true),
        error: .fileDescriptor(log, closeAfterSpawningProcess: true)
      ) { execution in
        began(index, execution.processIdentifier.value)
      }
      ending =
        switch result.terminationStatus {
        case .exited(let code): "its agent ended with code \(code)"
        case .signaled(let signal): "its agent was killed by signal \(signal)"
        }
      await endSession(result.processIdentifier.value)
    } catch {
      ending = "its agent (\(agent)) could not be started: \(error)"
    }
    if let words = lastWords(index) { ending += ": \(words)" }
    shards.withLock { $0[index]?.state = .ended(ShardFate(ending)) }
  }

  private func began(_ index: Int, _ processID: pid_t) {
    let wasStopped = shards.withLock { shards in
      shards[index]?.processID = processID
      return shards[index]?.wasStopped ?? false
    }
    if wasStopped { kill(processID, SIGTERM) }
  }

  func state(_ index: Int) async -> LaunchState { shards.withLock { $0[index]?.state ?? .notLaunched } }

  func stop(_ index: Int, reason: String) async {
    let processID: pid_t? = shards.withLock { shards in
      guard let shard = shards[index], shard.state.isRunning, !shard.wasStopped else { return nil }
      shards[index]?.wasStopped = true
      return shard.processID
    }
    if let processID { kill(processID, SIGTERM) }
  }

  func end(_ index: Int) async {
    let shard = shards.withLock { $0[index] }
    guard let shard, shard.state.isRunning, let processID = shard.processID else { return }
    kill(processID, SIGKILL)
    await endSession(processID)
  }

  /// SIGKILL to every process of a session, until none is left.
  private func endSession(_ session: pid_t) async {
    for _ in 0..<20 {
      let members = sessionMembers(session).filter { $0 != session }
      if members.isEmpty { return }
      for member in members { kill(member, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  /// The agent's last error, from its log.
  private func lastWords(_ index: Int) -> String? {
    guard let bytes = try? readFile(FilePath(logPath(index))) else { return nil }
    return agentsLastError(bytes)
  }
}

/// The live processes of a session, from `/proc`: field 6 of `stat`, zombies left out.
private func sessionMembers(_ session: pid_t) -> [pid_t] {
  guard let folder = opendir("/proc") else { return [] }
  defer { closedir(folder) }
  var members: [pid_t] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard let processID = pid_t(name), let stat = try? readFile(FilePath("/proc/\(name)/stat")) else {
      continue
    }
    let text = String(decoding: stat, as: UTF8.self)
    guard let nameEnd = text.lastIndex(of: ")") else { continue }
    let fields = text[text.index(after: nameEnd)...].split(separator: " ")
    if fields.count > 3, fields[0] != "Z", pid_t(fields[3]) == session { members.append(processID) }
  }
  return members
}
