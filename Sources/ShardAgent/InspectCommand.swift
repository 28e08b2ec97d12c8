import ArgumentParser
import Logging
import Shared
import SystemPackage
import UnixSignals

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Says what a script plans, without running it.",
    usage: "shard-agent inspect [options] SCRIPT [-- k6 options]",
    discussion: """
      Prints the thresholds, scenarios, VUs and the planned length as JSON, as k6 itself derives them under the same \
      environment and options as 'run'. The coordinator asks for it before it launches shards.

        shard-agent inspect load.js -- --vus 5 --duration 10s

      Secrets (GRID_SECRETS) are read as by 'run', because a script may ask for them.

      Exit codes: 0; 64 wrong usage, or k6 cannot read the script; 69 no k6 that answers; 143 told to stop.
      """)

  @Option(help: ArgumentHelp("The k6 to ask [K6_BIN; k6 on PATH].", valueName: "path"))
  var k6: String?
  @Option(help: ArgumentHelp("Seconds that k6 may take [GRID_PATIENCE; 300].", valueName: "s"))
  var patience: String?
  @Argument(help: ArgumentHelp("The k6 script [GRID_SCRIPT].", valueName: "script"))
  var script: String?
  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("Options for k6 itself, behind --.", valueName: "k6 options")
  )
  var k6Options: [String] = []

  mutating func run() async throws {
    let host = Host.live()
    var raw = RawShardOptions()
    raw.script = script ?? host.environment["GRID_SCRIPT"]
    raw.k6 = k6 ?? host.environment["K6_BIN"] ?? raw.k6
    raw.k6Options = k6Options
    raw.secrets = host.environment["GRID_SECRETS"]
    raw.patience = patience ?? host.environment["GRID_PATIENCE"]
    raw.store = "file:///tmp"  // nothing is stored
    let stop = StopRequest()
    let trapped = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
    let signals = Task { for await signal in trapped { stop.signal("\(signal)", at: host.now()) } }
    defer { signals.cancel() }
    let redactor = Redactor()
    let logger = liveLogger(host, redactor)
    do {
      let options = try ShardOptions(raw, fileExists: isReadableFile)
      guard case .file(let path) = options.script else {
        throw UsageError("\(raw.script ?? "the script") cannot be inspected: expected a path of this machine")
      }
      let secrets = try await liveSecretReader(host, .gettingReady(host, stop, logger)).read(
        options.secrets, environment: host.environment)
      redactor.learn(secrets, logger)
      let k6 = K6Inspector(
        options: options, script: path, environment: secrets.added(to: host.environment), redactor: redactor,
        host: host, runner: K6Process(),
        stop: stop)
      _ = try await k6.version()
      _ = try FileDescriptor.standardOutput.writeAll(encoded(redactor.redact(try await k6.script().plan)))
    } catch {
      let failure = error as? ShardFailure
      let reason = failure?.sentence ?? "\(error)"
      logger.error("the script was not inspected", metadata: ["reason": "\(reason)"])
      throw ExitCode(failure?.exitCode ?? (error is UsageError ? 64 : 69))
    }
  }
}
