import ArgumentParser
import FoundationEssentials
import Shared
import SystemPackage

struct HealthcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "healthcheck",
    abstract: "Says whether this container's agent is alive.",
    discussion: """
      A running agent says every 5 s where it is, in its folder for temporary files (TMPDIR, else /tmp). This looks there; \
      it asks nobody, and needs no shell. The image has it as its HEALTHCHECK; for ECS it stands in the task definition.

      Exit codes: 0 the agent is alive; 1 it has not been heard of, or none runs here; 64 wrong usage.
      """)

  @Option(
    help: ArgumentHelp("How many seconds ago the agent may have been heard of at most.", valueName: "s"))
  var within = 30.0

  func validate() throws {
    guard within > 0, within <= 3600 else {
      throw ValidationError("--within: expected more than 0 and up to 3600 s; found \(within)")
    }
  }

  func run() throws {
    let (isAlive, sentence) = Heartbeat.verdict(
      of: Self.beats(), uptime: Host.live().uptime(), within: within)
    _ = try? FileDescriptor.standardOutput.writeAll(Array("\(sentence)\n".utf8))
    if !isAlive { throw ExitCode(1) }
  }

  /// Of all agents whose folders may be read.
  private static func beats() -> [Heartbeat] {
    let folder = FileManager.default.temporaryDirectory.path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix("shard-agent.") }.compactMap { name in
      let path = "\(folder)/\(name)/\(Heartbeat.file)"
      guard let bytes = try? readFile(FilePath(path)) else { return nil }
      return try? decoded(Heartbeat.self, from: bytes, name: path)
    }
  }
}
