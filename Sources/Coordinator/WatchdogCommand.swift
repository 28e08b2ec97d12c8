import ArgumentParser
import Shared

struct WatchdogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watchdog",
    abstract: "Says when the newest run is too old: the night that never came.",
    discussion: """
      For a schedule of its own: GitHub drops schedules without a word, and a run that never began tells nobody.

        coordinator watchdog s3://bucket/checkout
        coordinator watchdog --config grid.yml --within 26h

      Exit codes: 0 there is one; 1 there is none, or it is too old; 2 that could not be found out; 64 wrong usage.
      """)

  @OptionGroup var place: StoreFlags
  @Option(help: ArgumentHelp("How old the newest run may be.", valueName: "duration"))
  var within = "30h"

  @Flag(help: "Print a JSON object in place of the sentence.")
  var json = false

  mutating func run() async throws {
    let (named, within, json) = (place.named, within, json)
    throw await carriedOut("Whether the load test ran is not known") {
      try await liveWatchdog(named, within: within, json: json)
    }
  }
}
