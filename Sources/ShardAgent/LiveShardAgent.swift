import FoundationEssentials
import Glibc
import Logging
import Shared
import SystemPackage
import UnixSignals

/// Builds a shard's run from the real world and runs it. SIGTERM and Ctrl-C stop k6 once and let the shard hand in
/// what it has.
/// - Returns: the exit code.
func liveShardRun(_ options: ShardOptions, host: Host) async -> Int32 {
  signal(SIGPIPE, SIG_IGN)
  occupyStandardDescriptors()
  let redactor = Redactor()
  for name in ownSecrets {
    if let value = host.environment[name], Redactor.problem(value) == nil { redactor.add(value, name: name) }
  }
  var logger = liveLogger(host, redactor)
  if let index = options.index { logger[metadataKey: "shard.index"] = "\(index)" }
  let stop = StopRequest()
  // Before anything is started: from here on a signal stops k6 in good order, it does not kill.
  let trapped = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
  let signals = Task { for await signal in trapped { stop.signal("\(signal)", at: host.now()) } }
  let orphans = Task {
    guard host.processID == 1 else { return }
    // Until k6 runs, a dead child is one of its short commands.
    await reapOrphans(sleep: host.sleep) { dead in stop.k6ProcessID.map { $0 == dead } ?? true }
  }
  defer {
    signals.cancel()
    orphans.cancel()
  }
  do {
    let folder = try privateFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let output = MetricOutputFile(.standardOutput) { [logger] reason in
      logger.warning("there are no more metrics: stdout cannot be written", metadata: ["reason": "\(reason)"])
    }
    let files = PrivateFiles(folder: folder)
    let phase = ShardPhase()
    let beating = Task { await beat(phase, files, host) }
    defer { beating.cancel() }
    let store = try liveStore(options.store, environment: host.environment)
    let run = ShardRun(
      options: options, host: host, store: store, runner: K6Process(), restAPI: K6RestAPI.live,
      freeAddress: freeLoopbackAddress, files: files, logger: logger, stop: stop, metricOutput: output,
      source: ScriptSource(
        options: options, store: store,
        openStore: {
          try liveScriptStore($0, beside: options.store, environment: host.environment)
        }, files: files, readFile: { try readFile(FilePath($0)) },
        retry: .gettingReady(host, stop, logger)),
      metadataReader: TaskMetadataReader(transport: LiveHTTPTransport(), sleep: host.sleep),
      secretReader: liveSecretReader(host, .gettingReady(host, stop, logger)), redactor: redactor,
      phase: phase)
    return try await run.carryOut()
  } catch let error as ShardFailure {
    logger.error("the shard did not run", metadata: ["reason": "\(error.sentence)"])
    return error.exitCode
  } catch let error as UsageError {
    logger.error("the shard was not started", metadata: ["reason": "\(error)"])
    return 64
  } catch {
    logger.error("the shard failed", metadata: ["reason": "\(error)"])
    return 69
  }
}

/// Until it is cancelled. A beat that cannot be written is one that the health check misses, and nothing else.
private func beat(_ phase: ShardPhase, _ files: PrivateFiles, _ host: Host) async {
  while !Task.isCancelled {
    let beat = Heartbeat(phase: phase.current, uptime: host.uptime())
    if let bytes = try? encoded(beat) { try? files.replace(Heartbeat.file, with: Array(bytes)) }
    try? await host.sleep(.seconds(Heartbeat.interval))
  }
}

func liveLogger(_ host: Host, _ redactor: Redactor = Redactor()) -> Logger {
  Logger(label: "shard-agent") { _ in JSONLog(now: host.now, redactor: redactor, write: writeError) }
}

/// Credentials that k6, and so the script, can see.
private let ownSecrets = [
  "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
]

func liveSecretReader(_ host: Host, _ retry: RetryWindow) -> SecretReader {
  // Who asks for no secret needs no region and no credentials.
  let client = Result { try AWSClient.live(host.environment) }
  return SecretReader(retry: retry) { id in
    try await client.get().call(
      .secretsManager, "GetSecretValue", SecretQuestion(id: id), as: SecretAnswer.self)
  }
}

/// A standard descriptor that was closed would be given to the next file that is opened, and written to as stdout.
private func occupyStandardDescriptors() {
  for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) < 0 {
    _ = open("/dev/null", O_RDONLY)
  }
}

/// Straight to the descriptor: nothing of it waits in a buffer when the process is killed.
@Sendable func writeError(_ bytes: [UInt8]) { _ = try? FileDescriptor.standardError.writeAll(bytes) }

func writeError(_ text: String) { writeError(Array(text.utf8)) }

private func privateFolder() throws -> String {
  var template = Array("\(FileManager.default.temporaryDirectory.path)/shard-agent.XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
