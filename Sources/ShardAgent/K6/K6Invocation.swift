import Shared

/// The command line and the environment of one k6, decided purely from what the shard is.
struct K6Invocation: Sendable, Equatable {
  let executable: String
  let arguments: [String]
  let environment: [String: String]

  /// What becomes of k6's own summary.
  enum Summary: Sendable, Equatable {
    case export(to: String)
    /// Lean: with neither thresholds nor a summary k6 keeps no samples.
    case none(K6Version)

    fileprivate var arguments: [String] {
      switch self {
      case .export(let path): ["--summary-export", path]
      case .none(let version): [version.withoutSummary]
      }
    }
  }

  /// `k6 run`, paused, on exactly this shard's share, its samples going to `samples`.
  static func run(
    _ k6: String, script: String, segment: ExecutionSegment, address: String, samples: String,
    summary: Summary,
    options: [String], environment: [String: String], limits: ContainerLimits, hooks: K6Hooks = .own
  ) -> K6Invocation {
    let arguments =
      [
        "run", "--quiet", "--no-color", "--paused", "--address", address,
        "--execution-segment", segment.segment, "--execution-segment-sequence", segment.sequence,
        "--no-thresholds", "--no-usage-report", "--out", "json=\(samples)",
      ] + summary.arguments + options + hooks.flags + [script]
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
    for (name, value) in switches(options) { environment[name] = value }
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
    for name in K6Options.ignoredVariables { child[name] = nil }
    child["TZ"] = "UTC"
    child["K6_NO_USAGE_REPORT"] = "true"
    if child["GOMAXPROCS"] == nil, let cpus = limits.cpus {
      child["GOMAXPROCS"] = String(max(1, Int(cpus.rounded(.up))))
    }
    if child["GOMEMLIMIT"] == nil, let memory = limits.memoryBytes {
      // A tenth (at least 64 MiB) is left for the agent and for what Go does not count.
      child["GOMEMLIMIT"] = String(max(memory - max(memory / 10, 64 << 20), memory / 2))
    }
    if child["GOGC"] == nil { child["GOGC"] = isLimited(child["GOMEMLIMIT"]) ? "400" : "200" }
    return child
  }

  /// Flags that stand alone, or with `=false`.
  private static func switches(_ options: [String]) -> [String: String] {
    var found: [String: String] = [:]
    for (flag, variable) in [("--no-setup", "K6_NO_SETUP"), ("--no-teardown", "K6_NO_TEARDOWN")] {
      for word in options where word == flag || word.hasPrefix("\(flag)=") {
        found[variable] = word == flag ? "true" : String(word.dropFirst(flag.count + 1))
      }
    }
    return found
  }

  /// Whether Go collects more often before it takes too much; then garbage may pile up until there. Where nothing
  /// limits it, other shards may be on the same machine.
  private static func isLimited(_ memoryLimit: String?) -> Bool {
    guard let memoryLimit else { return false }
    return memoryLimit != "off" && !memoryLimit.isEmpty
  }

  /// And the statistics of trends, which `inspect` then prints as the run would have them.
  private static func loadShape(_ options: [String]) -> [String: String] {
    let variables = [
      "-u": "K6_VUS", "--vus": "K6_VUS", "-d": "K6_DURATION", "--duration": "K6_DURATION",
      "-i": "K6_ITERATIONS",
      "--iterations": "K6_ITERATIONS", "-s": "K6_STAGES", "--stage": "K6_STAGES",
      "--summary-trend-stats": "K6_SUMMARY_TREND_STATS",
    ]
    // Given several times, these add up.
    let lists = ["K6_STAGES", "K6_SUMMARY_TREND_STATS"]
    var found: [String: String] = [:]
    for (name, value) in K6Options(options).pairs {
      guard let variable = variables[name] else { continue }
      found[variable] =
        lists.contains(variable) ? [found[variable], value].compactMap(\.self).joined(separator: ",") : value
    }
    return found
  }

  private static func runtimeOptions(_ options: [String]) -> [String] {
    let names = ["-e", "--env", "--compatibility-mode", "-c", "--config", "--secret-source"]
    return K6Options(options).pairs.filter { names.contains($0.name) }.flatMap { [$0.name, $0.value] }
  }
}
