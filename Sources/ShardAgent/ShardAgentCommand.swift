import ArgumentParser
import Shared

@main
struct ShardAgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shard-agent",
    abstract: "Runs one k6 on its share of a load test and hands in what it measured.",
    discussion: """
      It is the entrypoint of the container image: one task, one shard, one k6. Shards meet in a store, never each \
      other; the coordinator starts them at one instant and judges them together.
      """,
    version: gridVersion,
    subcommands: [
      RunCommand.self, InspectCommand.self, ReplayCommand.self, HealthcheckCommand.self,
    ])
}
