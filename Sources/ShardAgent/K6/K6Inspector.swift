import Shared

/// Asks k6 itself, before the run: which version it is, and what the script asks for.
struct K6Inspector: Sendable {
  let options: ShardOptions
  let script: String
  /// k6's, secrets included.
  let environment: [String: String]
  var secretSource: [String] = []
  var redactor = Redactor()
  let host: Host
  let runner: any K6Runner
  let stop: StopRequest

  /// As `1.1.0`.
  func version() async throws -> String {
    let result: K6Output
    do {
      result = try await output(
        K6Invocation(executable: options.k6, arguments: ["version"], environment: environment))
    } catch let failure as ShardFailure {
      throw failure
    } catch {
      throw ShardFailure.unavailable(
        "k6 (\(options.k6)) could not be started: \(error); install k6, or name it with --k6 or K6_BIN")
    }
    let words = String(decoding: result.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard result.exit == .exited(0), words.count > 1, words[0] == "k6", words[1].hasPrefix("v") else {
      throw ShardFailure.unavailable("\(options.k6) does not answer 'version' as k6 does")
    }
    return String(words[1].dropFirst())
  }

  struct Script: Sendable {
    /// As the script has it.
    let plan: ScriptPlan
    /// Those that are on; `nil` when k6 does not say which.
    let systemTags: Set<String>?
    /// Of what a trend's part of k6's summary consists.
    let trendStats: [String]
  }

  func script() async throws -> Script {
    let invocation = K6Invocation.inspect(
      options.k6, script: script, options: options.k6Options + secretSource, environment: environment,
      limits: host.limits)
    var result = try await output(invocation)
    if result.exit != .exited(0), let withOneVU = invocation.withOneVU {
      let second = try await output(withOneVU)
      if second.exit == .exited(0) { result = second }
    }
    guard case .exited(0) = result.exit else {
      let said = redactor.redact(String(decoding: result.errors, as: UTF8.self).trimmed)
      throw ShardFailure(
        sentence: "k6 cannot read the script \(script): \(said.prefix(1000))", exitCode: 64)
    }
    return Script(
      plan: try K6Inspection.plan(result.output), systemTags: try K6Inspection.systemTags(result.output),
      trendStats: try K6Inspection.trendStats(result.output))
  }

  /// A short command, which may hang in the script's init code: it is ended when the shard is told to stop, or has no
  /// patience left.
  private func output(_ invocation: K6Invocation) async throws -> K6Output {
    try await withThrowingTaskGroup(of: K6Output.self) { group in
      group.addTask { try await runner.output(invocation) }
      group.addTask {
        let deadline = host.now().advanced(bySeconds: options.patience)
        while host.now() < deadline {
          if let reason = stop.reason { throw ShardFailure.stopped(reason) }
          try await host.sleep(.milliseconds(100))
        }
        let command = invocation.arguments.first ?? ""
        throw ShardFailure.unavailable(
          "k6 \(command) had not ended after \(Int(options.patience)) s: does the script's init code end?")
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }
}
