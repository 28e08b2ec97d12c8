import ArgumentParser
import Shared

@main
struct CoordinatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator",
    abstract: "Runs one k6 load test over many shards and judges them as one.",
    discussion: """
      It launches the shards, starts them at one instant, waits, merges what they measured, and gives the verdict \
      that one big k6 would have given.

      Exit codes: 0 pass or degraded, 1 fail, 2 incomplete, 64 wrong usage, 130 cancelled.
      """,
    version: gridVersion,
    subcommands: [
      InitCommand.self, DoctorCommand.self, RunCommand.self, GateCommand.self, StopCommand.self,
      HistoryCommand.self,
      ReportCommand.self,
      AlertCommand.self, WatchdogCommand.self, DemoCommand.self,
    ])
}
