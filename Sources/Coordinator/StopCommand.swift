import ArgumentParser
import Shared

struct StopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stops a run, its coordinator there or not.",
    discussion: """
      Tells every shard of the run to stop its k6 and hand in what it has, and waits for that. A coordinator that is \
      still there judges the run as incomplete; `coordinator gate` does it later.

        coordinator stop out/2026-11-23

      Exit codes: 0 when every shard that had begun has handed in, or the run was over before; 2 when some have not; \
      64 when there is no such run.
      """)

  @Argument(help: ArgumentHelp("The run's folder in its store.", valueName: "run-folder"))
  var runFolder: String
  @Option(help: ArgumentHelp("Why, for the record.", valueName: "text"))
  var reason: String?
  @Option(help: ArgumentHelp("Seconds to wait for the shards, 0 to 3600.", valueName: "s"))
  var wait = 60.0

  mutating func run() async throws {
    let (folder, reason, wait) = (runFolder, reason, wait)
    throw await carriedOut {
      guard (0...3600).contains(wait) else {
        throw UsageError("--wait is \(wait): expected 0 to 3600 seconds")
      }
      return try await liveStop(folder, reason: reason, wait: wait)
    }
  }
}
