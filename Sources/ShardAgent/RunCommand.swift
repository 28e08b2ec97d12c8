import ArgumentParser
import FoundationEssentials
import Logging
import Shared
import SystemPackage

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs one shard.",
    usage: "shard-agent run [options] SCRIPT [-- k6 options]",
    discussion: """
      Every option may come from the environment, named in brackets; a flag wins.

      With a run (GRID_RUN) the shard waits for its coordinator: it initialises k6, says that it is ready, and \
      un-pauses at the run's instant. Without one it runs at once, alone.

        shard-agent run load.js -- --vus 5 --duration 10s
        K6_SHARD_INDEX=0 K6_SHARD_COUNT=3 GRID_STORE=file:///tmp/out shard-agent run load.js

      Exit codes: 0 when the share was carried out and handed in; 64 wrong usage, nothing started; 69 the run or the \
      store could not be reached; 75 the run started without this shard; otherwise k6's own code, or 128 + signal.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("This shard's number, from 0 [K6_SHARD_INDEX; 0].", valueName: "i"))
  var shardIndex: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many shards share the load [K6_SHARD_COUNT; 1].", valueName: "n"))
  var shardCount: String?
  @Option(
    help: ArgumentHelp("Where shards and coordinator meet [GRID_STORE; file:// and ./out].", valueName: "url")
  )
  var store: String?
  @Option(help: ArgumentHelp("The run to take part in [GRID_RUN; none].", valueName: "id"))
  var run: String?
  @Option(help: ArgumentHelp("Which test this is, over the nights [GRID_SUITE; default].", valueName: "name"))
  var suite: String?
  @Option(help: ArgumentHelp("Which launch try of this shard, from 1 [GRID_ATTEMPT; 1].", valueName: "n"))
  var attempt: String?
  @Option(help: ArgumentHelp("The k6 to run [K6_BIN; k6 on PATH].", valueName: "path"))
  var k6: String?
  @Option(
    help: ArgumentHelp(
      "Tags by which reports tell series apart, with commas [GRID_REPORT_TAGS].", valueName: "tags"))
  var reportTags: String?
  @Option(help: ArgumentHelp("How many series are kept apart [GRID_SERIES_CAP; 500].", valueName: "n"))
  var seriesCap: String?
  @Option(
    help: ArgumentHelp("Seconds to wait for the plan and for k6's VUs [GRID_PATIENCE; 300].", valueName: "s"))
  var patience: String?
  @Option(help: ArgumentHelp("Seconds from SIGTERM to SIGKILL for k6 [GRID_KILL_AFTER; 90].", valueName: "s"))
  var killAfter: String?
  @Argument(help: ArgumentHelp("The k6 script [GRID_SCRIPT].", valueName: "script"))
  var script: String?
  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("Options for k6 itself, behind --.", valueName: "k6 options")
  )
  var k6Options: [String] = []

  mutating func run() async throws {
    let host = Host.live()
    let options: ShardOptions
    do {
      options = try ShardOptions(raw(host.environment), fileExists: isReadableFile)
    } catch {
      writeError("shard-agent: \(error)\n")
      throw ExitCode(64)
    }
    throw ExitCode(await liveShardRun(options, host: host))
  }

  private func raw(_ environment: [String: String]) -> RawShardOptions {
    var raw = RawShardOptions()
    raw.script = script ?? environment["GRID_SCRIPT"]
    raw.index = shardIndex ?? environment["K6_SHARD_INDEX"]
    raw.count = shardCount ?? environment["K6_SHARD_COUNT"]
    raw.k6 = k6 ?? environment["K6_BIN"] ?? raw.k6
    raw.k6Options = k6Options
    raw.store = store ?? environment["GRID_STORE"] ?? "file://\(FileManager.default.currentDirectoryPath)/out"
    raw.run = run ?? environment["GRID_RUN"]
    raw.suite = suite ?? environment["GRID_SUITE"] ?? raw.suite
    raw.attempt = attempt ?? environment["GRID_ATTEMPT"]
    raw.seriesCap = seriesCap ?? environment["GRID_SERIES_CAP"]
    raw.patience = patience ?? environment["GRID_PATIENCE"]
    raw.killAfter = killAfter ?? environment["GRID_KILL_AFTER"]
    if let tags = reportTags ?? environment["GRID_REPORT_TAGS"] {
      raw.reportTags = tags.split(separator: ",", omittingEmptySubsequences: !tags.contains(",")).map {
        String($0).trimmed
      }
    }
    return raw
  }
}
