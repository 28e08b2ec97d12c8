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
      Every option may come from the environment, from the variable that stands with it; a flag wins.

      With a run (GRID_RUN) the shard waits for its coordinator: it initialises k6, says that it is ready, and \
      un-pauses at the run's instant. The script may come with the run, and without an index the shard takes the first \
      free one. Without a run it starts at once, alone. Several by hand need one GRID_RUN=hand-... and GRID_START=now.

        shard-agent run load.js -- --vus 5 --duration 10s
        K6_SHARD_INDEX=0 K6_SHARD_COUNT=3 GRID_STORE=file:///tmp/out shard-agent run load.js

      Exit codes: 0 when the share was carried out and handed in; 64 wrong usage, nothing started; 69 the run or the \
      store could not be reached; 75 the run started without this shard; otherwise k6's own code, or 128 + signal.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "This shard's number, from 0; needed when there are several without a run [K6_SHARD_INDEX; 0, in a run the first free one].",
      valueName: "i"))
  var shardIndex: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many shards share the load, 1 to 10000 [K6_SHARD_COUNT; 1, or the run's].", valueName: "n"))
  var shardCount: String?
  @Option(
    help: ArgumentHelp("Where shards and coordinator meet [GRID_STORE; ./out].", valueName: "url")
  )
  var store: String?
  @Option(help: ArgumentHelp("The run to take part in [GRID_RUN; none].", valueName: "id"))
  var run: String?
  @Option(
    help: ArgumentHelp(
      "Of several shards by hand in a run hand-...: each starts when it is ready [GRID_START; none].",
      valueName: "now"))
  var start: String?
  @Option(help: ArgumentHelp("Which test this is, over the nights [GRID_SUITE; default].", valueName: "name"))
  var suite: String?
  @Option(help: ArgumentHelp("Which launch try of this shard, from 1 [GRID_ATTEMPT; 1].", valueName: "n"))
  var attempt: String?
  @Option(
    help: ArgumentHelp(
      "Secrets of Secrets Manager for the script: id, id#key, NAME=id, NAME=id#key, with commas [GRID_SECRETS; none].",
      valueName: "list"))
  var secrets: String?
  @Option(help: ArgumentHelp("The k6 to run [K6_BIN; k6 on PATH].", valueName: "path"))
  var k6: String?
  @Option(
    help: ArgumentHelp(
      "Tags by which reports tell series apart, with commas [GRID_REPORT_TAGS; \(SampleAggregator.usualReportTags.joined(separator: ","))].",
      valueName: "tags"))
  var reportTags: String?
  @Option(
    help: ArgumentHelp(
      "How many series are kept apart; further samples go to one overflow series a metric [GRID_SERIES_CAP; 500].",
      valueName: "n"))
  var seriesCap: String?
  @Flag(
    help:
      "k6 makes no summary of its own and keeps no samples; the agent writes one [GRID_LEAN=true|false; false]."
  )
  var lean = false
  @Option(
    help: ArgumentHelp("Seconds to wait for the plan and for k6's VUs [GRID_PATIENCE; 300].", valueName: "s"))
  var patience: String?
  @Option(help: ArgumentHelp("Seconds from SIGTERM to SIGKILL for k6 [GRID_KILL_AFTER; 90].", valueName: "s"))
  var killAfter: String?
  @OptionGroup(title: "Live metrics on stdout, for CloudWatch")
  var emf: EMFFlags
  @Argument(
    help: ArgumentHelp(
      "The k6 script or archive, a path or s3://bucket/key [GRID_SCRIPT; the run's].", valueName: "script"))
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
      liveLogger(host).error("the shard was not started", metadata: ["reason": "\(error)"])
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
    raw.start = start ?? environment["GRID_START"]
    raw.suite = suite ?? environment["GRID_SUITE"] ?? raw.suite
    raw.attempt = attempt ?? environment["GRID_ATTEMPT"]
    raw.secrets = secrets ?? environment["GRID_SECRETS"]
    raw.seriesCap = seriesCap ?? environment["GRID_SERIES_CAP"]
    raw.lean = lean ? "true" : environment["GRID_LEAN"]
    raw.patience = patience ?? environment["GRID_PATIENCE"]
    raw.killAfter = killAfter ?? environment["GRID_KILL_AFTER"]
    raw.emf = emf.raw(environment)
    if let tags = reportTags ?? environment["GRID_REPORT_TAGS"] {
      raw.reportTags = tags.split(separator: ",", omittingEmptySubsequences: !tags.contains(",")).map {
        String($0).trimmed
      }
    }
    return raw
  }
}

struct EMFFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Series of the suite, of each shard besides, or none [GRID_EMF; suite].",
      valueName: "off|suite|shard"))
  var emf: String?
  @Option(
    help: ArgumentHelp(
      "CloudWatch's namespace: 1 to 255 ASCII characters, not beginning with : or AWS/ [GRID_EMF_NAMESPACE; k6-grid].",
      valueName: "name"))
  var emfNamespace: String?
  @Option(
    help: ArgumentHelp(
      "Seconds from one document to the next, 1 to 60 [GRID_EMF_INTERVAL; 1].", valueName: "s"))
  var emfInterval: String?
  @Option(
    help: ArgumentHelp(
      "What CloudWatch keeps apart, in seconds [GRID_EMF_RESOLUTION; 60].", valueName: "1|60"))
  var emfResolution: String?

  func raw(_ environment: [String: String]) -> RawShardOptions.EMF {
    var raw = RawShardOptions.EMF()
    raw.series = emf ?? environment["GRID_EMF"] ?? raw.series
    raw.namespace = emfNamespace ?? environment["GRID_EMF_NAMESPACE"] ?? raw.namespace
    raw.interval = emfInterval ?? environment["GRID_EMF_INTERVAL"] ?? raw.interval
    raw.resolution = emfResolution ?? environment["GRID_EMF_RESOLUTION"] ?? raw.resolution
    return raw
  }
}
