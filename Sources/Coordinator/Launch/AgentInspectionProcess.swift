import Shared
import Subprocess
import SystemPackage

/// What a script plans, as the k6 beside the coordinator says.
enum InspectionAnswer: Sendable {
  case plan(ScriptPlan)
  /// The sentence says why there is none.
  case failed(String)
  /// Somebody asked the run to stop meanwhile.
  case cancelled
}

/// Runs `shard-agent inspect` as the shards will run: so the coordinator needs to know nothing of k6.
struct AgentInspectionProcess: Sendable {
  let agent: String
  let options: RunOptions
  let host: CoordinatorHost
  let stop: StopRequest

  func answer() async throws -> InspectionAnswer {
    try await withThrowingTaskGroup(of: InspectionAnswer.self) { group in
      group.addTask { try await inspect() }
      group.addTask {
        while stop.reason == nil { try await host.sleep(.milliseconds(50)) }
        return .cancelled
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  private func inspect() async throws -> InspectionAnswer {
    do {
      let result = try await Subprocess.run(
        configuration, output: .bytes(limit: 8 << 20), error: .bytes(limit: 8 << 20))
      if case .exited(0) = result.terminationStatus {
        return .plan(
          try decoded(
            ScriptPlan.self, from: result.standardOutput, name: "the output of \(agent) inspect"))
      }
      return .failed(agentsLastError(result.standardError) ?? "\(agent) inspect: \(result.terminationStatus)")
    } catch let error as CancellationError {
      throw error
    } catch {
      return .failed("the agent (\(agent)) did not answer 'inspect': \(error)")
    }
  }

  private var configuration: Configuration {
    var platform = PlatformOptions()
    // Ctrl-C in the terminal reaches the coordinator alone, which passes it on as one SIGTERM.
    platform.createSession = true
    platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
    let variables = host.environment.merging(asked) { $1 }.merging(options.environment) { $1 }
    return Configuration(
      executable: .path(FilePath(agent)),
      arguments: Arguments(
        ["inspect", options.script] + (options.k6Options.isEmpty ? [] : ["--"] + options.k6Options)),
      environment: .custom(
        Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(rawValue: $0.key)!, $0.value) })),
      platformOptions: platform)
  }

  /// As a shard's, as far as it is known: options may depend on how many there are. A given number is only checked, so
  /// half a minute is enough: a script that hangs is the shards' to report.
  private var asked: [String: String] {
    switch options.shards {
    case .exactly(let count):
      [
        "GRID_PATIENCE": "\(Int(min(30, options.readyTimeout)))", "K6_SHARD_COUNT": "\(count)",
        "K6_SHARD_INDEX": "0",
      ]
    case .auto: ["GRID_PATIENCE": host.environment["GRID_PATIENCE"] ?? "\(Int(options.readyTimeout))"]
    }
  }
}
