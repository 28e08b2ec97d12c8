import Shared

/// The command line and the environment of one k6, decided purely from what the shard is.
struct K6Invocation: Sendable, Equatable {
  let executable: String
  let arguments: [String]
  let environment: [String: String]

  /// Options of k6's that are the agent's own to set, each with the reason that the user is told.
  private static let reserved: [(names: [String], reason: String)] = [
    (
      ["--execution-segment", "--execution-segment-sequence"], "the shard's index and count decide the share"
    ),
    (["--paused", "-p"], "the agent pauses k6 and starts it at the run's instant"),
    (["--linger", "-l"], "a lingering k6 never hands in its summary"),
    (["--address", "-a"], "the agent talks to k6 there"),
    (
      ["--summary-export", "--summary-mode", "--no-summary", "--new-machine-readable-summary"],
      "the agent collects the summary"
    ),
    (["--thresholds", "--no-thresholds"], "the gate judges all shards together"),
    (
      ["--quiet", "-q", "--no-color", "--no-usage-report", "--verbose", "-v"],
      "the agent decides what k6 prints"
    ),
  ]

  /// Variables of k6's that would undo what the flags say; the agent leaves them out, and says so.
  static let ignoredVariables = [
    "K6_OUT", "K6_PAUSED", "K6_LINGER", "K6_ADDRESS", "K6_NO_SUMMARY", "K6_SUMMARY_EXPORT", "K6_SUMMARY_MODE",
    "K6_NEW_MACHINE_READABLE_SUMMARY",
  ]

  /// - Returns: one sentence when an option of `options` may not be passed on.
  static func refusal(of options: [String]) -> String? {
    for option in options {
      let name = split(option).name
      if let match = reserved.first(where: { $0.names.contains(name) }) {
        return "k6's option \(name) cannot be passed on: \(match.reason)"
      }
    }
    return nil
  }

  /// `k6 run`, paused, on exactly this shard's share, its samples going to `samples` and its summary to `summary`.
  static func run(
    _ k6: String, script: String, segment: ExecutionSegment, port: Int, samples: String, summary: String,
    options: [String], environment: [String: String], limits: ContainerLimits
  ) -> K6Invocation {
    let arguments =
      [
        "run", "--quiet", "--no-color", "--paused", "--address", "127.0.0.1:\(port)",
        "--execution-segment", segment.segment, "--execution-segment-sequence", segment.sequence,
        "--no-thresholds", "--no-usage-report", "--out", "json=\(samples)", "--summary-export", summary,
      ] + options + [script]
    return K6Invocation(
      executable: k6, arguments: arguments, environment: child(environment, limits: limits))
  }

  /// `k6 inspect` under the same environment as the run, so that thresholds built from it come out the same. It
  /// takes none of `run`'s flags: those that shape the load go by k6's own environment variables.
  static func inspect(
    _ k6: String, script: String, options: [String], environment: [String: String], limits: ContainerLimits
  ) -> K6Invocation {
    var environment = child(environment, limits: limits)
    for (name, value) in loadShape(options) { environment[name] = value }
    let arguments =
      ["inspect", "--execution-requirements", "--include-system-env-vars"] + runtimeOptions(options) + [
        script
      ]
    return K6Invocation(executable: k6, arguments: arguments, environment: environment)
  }

  /// The same with one VU, which is what k6 means by itself where a duration or iterations stand without VUs, in
  /// flags or in the script; `inspect` takes that for none and refuses it. `nil` when the VUs were given.
  var withOneVU: K6Invocation? {
    guard environment["K6_VUS"] == nil else { return nil }
    return K6Invocation(
      executable: executable, arguments: arguments, environment: environment.merging(["K6_VUS": "1"]) { $1 })
  }

  /// UTC, because k6 stamps samples in the local zone; no usage report, because a closed network would delay the
  /// exit by seconds; none of k6's own variables that would undo what the flags say.
  private static func child(_ environment: [String: String], limits: ContainerLimits) -> [String: String] {
    var child = environment
    for name in ignoredVariables { child[name] = nil }
    child["TZ"] = "UTC"
    child["K6_NO_USAGE_REPORT"] = "true"
    if child["GOMAXPROCS"] == nil, let cpus = limits.cpus {
      child["GOMAXPROCS"] = String(max(1, Int(cpus.rounded(.up))))
    }
    if child["GOMEMLIMIT"] == nil, let memory = limits.memoryBytes {
      // A tenth (at least 64 MiB) is left for the agent and for what Go does not count.
      child["GOMEMLIMIT"] = String(max(memory - max(memory / 10, 64 << 20), memory / 2))
    }
    return child
  }

  private static func loadShape(_ options: [String]) -> [String: String] {
    let variables = [
      "-u": "K6_VUS", "--vus": "K6_VUS", "-d": "K6_DURATION", "--duration": "K6_DURATION",
      "-i": "K6_ITERATIONS",
      "--iterations": "K6_ITERATIONS", "-s": "K6_STAGES", "--stage": "K6_STAGES",
    ]
    var found: [String: String] = [:]
    for (name, value) in pairs(options) {
      guard let variable = variables[name] else { continue }
      found[variable] =
        variable == "K6_STAGES" ? [found[variable], value].compactMap(\.self).joined(separator: ",") : value
    }
    return found
  }

  private static func runtimeOptions(_ options: [String]) -> [String] {
    let names = ["-e", "--env", "--compatibility-mode", "-c", "--config"]
    return pairs(options).filter { names.contains($0.name) }.flatMap { [$0.name, $0.value] }
  }

  /// Options with their values, however they are written: `--name=value`, `--name value`, `-n value`, `-nvalue` and
  /// `-n=value`.
  private static func pairs(_ options: [String]) -> [(name: String, value: String)] {
    options.indices.compactMap { index in
      let (name, value) = split(options[index])
      guard name.hasPrefix("-") else { return nil }
      if let value { return (name, value) }
      return index + 1 < options.count ? (name, options[index + 1]) : nil
    }
  }

  private static func split(_ option: String) -> (name: String, value: String?) {
    if option.hasPrefix("--") || !option.hasPrefix("-") {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      return (parts[0], parts.count == 2 ? parts[1] : nil)
    }
    let rest = option.dropFirst(2)
    return (
      String(option.prefix(2)), rest.isEmpty ? nil : String(rest.first == "=" ? rest.dropFirst() : rest)
    )
  }
}
