import ArgumentParser
import Shared

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes grid.yml, a nightly workflow and a sample script into a repository.",
    discussion: """
      On a terminal it asks for what was not given. A file that is there is never written over: then nothing is \
      written at all. What it writes runs on this machine without an edit:

        coordinator init --suite checkout --base-url https://staging.example.com/
        coordinator run --local --config grid.yml

      Exit codes: 0 written; 64 wrong usage, or a file is there already.
      """)

  @Option(help: ArgumentHelp("Which test this is [the folder's name].", valueName: "name"))
  var suite: String?
  @Option(
    help: ArgumentHelp(
      "What the sample script requests; asked for on a terminal, needed elsewhere.", valueName: "url"))
  var baseUrl: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many shards share the load [3].", valueName: "n|auto"))
  var shards: String?
  @Option(
    help: ArgumentHelp("Where everything is kept, as s3://bucket/suite [./out].", valueName: "url"))
  var store: String?
  @Option(help: ArgumentHelp("How long the sample script loads.", valueName: "duration"))
  var duration = "1m"
  @Option(help: ArgumentHelp("The repository's root.", valueName: "folder"))
  var folder = "."
  @OptionGroup(title: "Tasks of ECS")
  var ecs: ECSFlags

  mutating func run() async throws {
    let command = self
    throw await carriedOut("Nothing was written") {
      try liveInit(
        NewSuiteAnswers(
          suite: command.suite, address: command.baseUrl, shards: command.shards, store: command.store,
          length: command.duration, ecs: try ECSSettings(command.ecs.raw)), in: command.folder)
    }
  }
}
