import ArgumentParser
import Shared

struct StopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stops a run, its coordinator there or not, and records it.",
    discussion: """
      Tells every shard of the run to stop its k6 and hand in what it has, and waits for that. A coordinator that is \
      still there records the run as incomplete; when it is gone, this command does. Without a run it is the job's own in a \
      job of GitHub's, and elsewhere the one that is under way in the store.

        coordinator stop out/2026-11-23
        coordinator stop s3://bucket/checkout/2026-11-23
        coordinator stop --config grid.yml
        coordinator stop --cluster load --started-by k6-grid/checkout/2026-11-23/0a1b2c3d4e5f

      Exit codes: 0 when every shard that had begun has handed in, or the run was over before; 2 when some have not; \
      64 when there is no such run.
      """)

  @Argument(help: ArgumentHelp("The run's folder, or its address in a bucket.", valueName: "run"))
  var runName: String?
  @Option(help: ArgumentHelp("Where the run is kept.", valueName: "url"))
  var store: String?
  @Option(
    help: ArgumentHelp(
      "The run's id in that store [this job's, or the one under way].", valueName: "id"))
  var run: String?
  @Option(help: ArgumentHelp("The configuration (YAML), for its store and cluster.", valueName: "grid.yml"))
  var config: String?
  @Option(help: ArgumentHelp("End tasks of this cluster that are left.", valueName: "name"))
  var cluster: String?
  @Option(
    help: ArgumentHelp(
      "Which tasks of the cluster, of any run; then no store is needed [those of the run].", valueName: "text"
    ))
  var startedBy: String?
  @Option(help: ArgumentHelp("Why, for the record.", valueName: "text"))
  var reason: String?
  @Option(help: ArgumentHelp("Seconds to wait for the shards, 0 to 3600.", valueName: "s"))
  var wait = 60.0

  mutating func run() async throws {
    let options = StopOptions(
      argument: runName, store: store, run: run, config: config, cluster: cluster, startedBy: startedBy,
      reason: reason, wait: wait)
    throw await carriedOut {
      guard (0...3600).contains(options.wait) else {
        throw UsageError("--wait is \(options.wait): expected 0 to 3600 seconds")
      }
      return try await liveStop(options)
    }
  }
}
