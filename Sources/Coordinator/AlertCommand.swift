import ArgumentParser
import Shared

struct AlertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert",
    abstract: "Tells people of a stored run: what was not done of it yet.",
    discussion: """
      A run in a workflow does this by itself, and keeps in alerts.json who was told. What failed then is done by this \
      command; nobody is told twice. Without a run it is the newest.

        coordinator alert --config grid.yml
        coordinator alert --config grid.yml s3://bucket/checkout/2026-11-23
        coordinator alert --config grid.yml --dry-run

      Exit codes: 0 all is told; 2 something is not; 64 wrong usage.
      """)

  @Argument(help: ArgumentHelp("The run's folder, or its address in a bucket.", valueName: "run"))
  var runName: String?
  @Option(help: ArgumentHelp("Where the run is kept.", valueName: "url"))
  var store: String?
  @Option(help: ArgumentHelp("The run's id in that store [the newest].", valueName: "id"))
  var run: String?
  @Option(help: ArgumentHelp("The configuration (YAML), for who is told.", valueName: "grid.yml"))
  var config: String?
  @Option(
    help: ArgumentHelp(
      "Only this; may be repeated.", valueName: "issue|status|comment|sns|pagerduty|metrics"))
  var only: [String] = []
  @Flag(help: "Tell also what is told already.")
  var again = false
  @Flag(help: "Show every text and request, and send nothing.")
  var dryRun = false

  mutating func run() async throws {
    let options = AlertCommandOptions(
      argument: runName, store: store, run: run, config: config, only: only, isAgain: again,
      isDryRun: dryRun)
    throw await carriedOut("Nobody was told of the load test") { try await liveAlert(options) }
  }
}
