import ArgumentParser
import Shared

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Shows the history of a suite, or makes it again from the stored runs.",
    subcommands: [Show.self, Rebuild.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The nights, and what the rule of 'degraded' says of each.",
      discussion: """
        A night is a UTC date: its newest complete run, or its newest if none is complete.

          coordinator history show out
          coordinator history show s3://bucket/checkout --nights 90
          coordinator history show --config grid.yml --json
        """)

    @OptionGroup var place: StoreFlags
    @Option(help: ArgumentHelp("How many, the newest; 0 for all.", valueName: "n"))
    var nights = 30
    @Flag(help: "Print a JSON array in place of the table.")
    var json = false

    mutating func run() async throws {
      let (place, nights, json) = (place, nights, json)
      throw await carriedOut { try await liveHistoryShow(place.named, nights: nights, json: json) }
    }
  }

  struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes history.csv again from every stored run's result.json.",
      discussion: """
        Lines of runs whose result.json is gone are kept as long as they can be read. The file as it was is kept beside \
        it, as history.csv.before-rebuild.

          coordinator history rebuild s3://bucket/checkout
        """)

    @OptionGroup var place: StoreFlags

    mutating func run() async throws {
      let place = place
      throw await carriedOut { try await liveHistoryRebuild(place.named) }
    }
  }
}

/// Which suite's store is meant.
struct StoreFlags: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The store: a folder, or its address in a bucket [the configuration's, else ./out].", valueName: "store"
    ))
  var store: String?
  @Option(help: ArgumentHelp("The configuration (YAML), for its store and its trend.", valueName: "grid.yml"))
  var config: String?
  @Option(help: ArgumentHelp("Which suite, where a store has several [the newest run's].", valueName: "name"))
  var suite: String?
  @Option(help: ArgumentHelp("Whose runs are the nights [the newest run's].", valueName: "branch"))
  var branch: String?
  @Option(help: ArgumentHelp("How soon a night is degraded [normal].", valueName: "quiet|normal|keen"))
  var sensitivity: String?

  var named: NamedStore {
    NamedStore(store: store, config: config, suite: suite, branch: branch, sensitivity: sensitivity)
  }
}
