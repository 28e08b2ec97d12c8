import ArgumentParser
import Shared

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a test over shards.",
    usage:
      "coordinator run --local|--cluster NAME|--attach --shards N --script load.js [options] [-- k6 options]",
    discussion: """
      With --local every shard is a process of this machine: the way to try a script across shards. With --cluster \
      (or 'ecs:' in the configuration) every shard is a task of ECS. With --attach somebody else starts the shards, with the same store and GRID_RUN.

        coordinator run --local --shards 3 --script load.js --env BASE_URL=http://127.0.0.1:8080
        coordinator run --attach --run tonight --shards 3 --script load.js --store s3://bucket/checkout
        coordinator run --local --config grid.yml --threshold 'http_req_duration{name:/cart}=p(99)<500'

      Thresholds come from --threshold, from the configuration and from the script. A --threshold takes the place of \
      what the configuration says of the same metric. Without any: http_req_duration p(95)<800, \
      http_req_failed rate<0.01, http_reqs rate>=2000.
      """)

  @Flag(help: "Run the shards as processes of this machine.")
  var local = false
  @Flag(help: "The shards are started by somebody else.")
  var attach = false
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many shards share the load, 1 to 10000; auto: as many as every scenario has VUs for, at most 10 [1].",
      valueName: "n|auto"))
  var shards: String?
  @Option(
    help: ArgumentHelp(
      "The k6 script: a path; or, not with --local, image:///path in the tasks' image or s3://bucket/key.",
      valueName: "script"))
  var script: String?
  @Option(
    help: ArgumentHelp(
      "A folder that is sent with the script to shards elsewhere [the script's own].", valueName: "folder"))
  var bundle: String?
  @Option(help: ArgumentHelp("The configuration (YAML).", valueName: "grid.yml"))
  var config: String?
  @Option(
    help: ArgumentHelp(
      "A limit, as 'http_req_duration=p(95)<800'; may be repeated.", valueName: "metric=limit"))
  var threshold: [String] = []
  @Option(
    help: ArgumentHelp(
      "Where everything is kept: file:///folder or s3://bucket/prefix [./out].", valueName: "url"))
  var store: String?
  @Option(
    help: ArgumentHelp(
      "A variable for the script, on top of this program's own environment; may be repeated.",
      valueName: "NAME=value"))
  var env: [String] = []
  @Option(help: ArgumentHelp("Which test this is, over the nights [default].", valueName: "name"))
  var suite: String?
  @Option(
    help: ArgumentHelp(
      "The shard-agent to start [GRID_AGENT_BIN; beside this program].", valueName: "path"))
  var agent: String?
  @Option(help: ArgumentHelp("Seconds that shards may take to get ready, 1 to 86400.", valueName: "s"))
  var readyTimeout = 300.0
  @Option(
    help: ArgumentHelp(
      "Who runs setup() and teardown(): shard 0 for all, or every shard [once].", valueName: "once|per-shard")
  )
  var setup: String?
  @Option(
    help: ArgumentHelp("The run's id, a new one: letters, digits, - _ and . [the date].", valueName: "id"))
  var run: String?
  @Option(
    help: ArgumentHelp(
      "What was shipped with the commit, as v2.41: a mark on the trend page [the tag, where the workflow runs for one].",
      valueName: "name"))
  var release: String?
  @Option(
    defaultAsFlag: "6h",
    help: ArgumentHelp(
      "Wait for another run of the suite to end, without a length up to 6h, instead of being refused [no waiting].",
      valueName: "duration"))
  var wait: String?
  @Option(
    help: ArgumentHelp(
      "How long the whole run may take, as 45m; then all shards are stopped [what k6 allows].",
      valueName: "duration"))
  var maxDuration: String?
  @Option(
    help: ArgumentHelp(
      "After this long without a sign of the coordinator a shard stops by itself, 2s to 24h [60s].",
      valueName: "duration"))
  var deadMan: String?
  @Flag(
    help:
      "k6 keeps no samples and makes no summary of its own, so that its memory stays flat; each agent writes one."
  )
  var lean = false
  @Flag(help: "Do not draw the trend page into report/ of the store after the run.")
  var noReport = false
  @Option(
    help: ArgumentHelp(
      "A branch that gets the trend page, too, as gh-pages.", valueName: "[repository#]branch[:folder]"))
  var pages: String?
  @Flag(help: "Tell nobody of the run.")
  var noAlert = false
  @Flag(help: "Exit with 1 when the verdict is degraded.")
  var failOnDegraded = false
  @OptionGroup(title: "Tasks of ECS")
  var ecs: ECSFlags
  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("Options for k6 itself, behind --.", valueName: "k6 options")
  )
  var k6Options: [String] = []

  mutating func run() async throws {
    let (command, config, agent) = (self, config, agent)
    throw await carriedOut("Load test not judged") {
      try await liveRun(try command.flags(), configurationPath: config, agent: agent)
    }
  }

  private func flags() throws -> RunOptions.Flags {
    RunOptions.Flags(
      suite: suite, shards: try shards.map(ShardCount.flag), script: script, store: store,
      thresholds: threshold, environment: env,
      k6Options: k6Options, readyTimeout: readyTimeout, lean: lean, failOnDegraded: failOnDegraded,
      setup: setup,
      maxDuration: maxDuration, deadMan: deadMan, bundle: bundle, run: run, wait: wait, release: release,
      isReported: !noReport, pages: pages, isAlerted: !noAlert,
      isLocal: local,
      isAttached: attach, ecs: try ECSSettings(ecs.raw))
  }
}
