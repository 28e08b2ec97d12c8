import ArgumentParser
import Shared

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Looks for what would make a run fail, before it runs.",
    discussion: """
      Checks the script, the store, everything of AWS's that a run stands on, and who is told of it, with the \
      credentials of whoever calls it, and says what to do about each fault. It reads and changes nothing. What it could \
      not find out is 'not checked', never 'ok'.

        coordinator doctor --config grid.yml
        coordinator doctor --config grid.yml --pages gh-pages --json

      Exit codes: 0 no fault; 1 faults; 2 it could not look; 64 wrong usage.
      """)

  @Option(help: ArgumentHelp("The configuration (YAML).", valueName: "grid.yml"))
  var config: String?
  @Option(help: ArgumentHelp("The k6 script.", valueName: "script"))
  var script: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("How many shards [1].", valueName: "n|auto"))
  var shards: String?
  @Option(help: ArgumentHelp("Where everything is kept [./out].", valueName: "url"))
  var store: String?
  @Option(help: ArgumentHelp("A variable for the script; may be repeated.", valueName: "NAME=value"))
  var env: [String] = []
  @Option(
    help: ArgumentHelp(
      "A limit, as 'http_req_duration=p(95)<800'; may be repeated.", valueName: "metric=limit"))
  var threshold: [String] = []
  @Flag(help: "For a run on this machine: nothing of ECS is looked at.")
  var local = false
  @Option(
    help: ArgumentHelp("A branch that gets the trend page.", valueName: "[repository#]branch[:folder]"))
  var pages: String?
  @Option(
    help: ArgumentHelp(
      "The shard-agent that asks k6 [GRID_AGENT_BIN; beside this program].", valueName: "path"))
  var agent: String?
  @Flag(help: "Print a JSON object in place of the list.")
  var json = false
  @OptionGroup(title: "Tasks of ECS")
  var ecs: ECSFlags

  mutating func run() async throws {
    let command = self
    throw await carriedOut("The set-up was not looked at") {
      try await liveDoctor(
        try command.flags(), configurationPath: command.config, agent: command.agent, json: command.json)
    }
  }

  private func flags() throws -> RunOptions.Flags {
    RunOptions.Flags(
      shards: try shards.map(ShardCount.flag), script: script, store: store, thresholds: threshold,
      environment: env, pages: pages, isLocal: local, ecs: try ECSSettings(ecs.raw))
  }
}
