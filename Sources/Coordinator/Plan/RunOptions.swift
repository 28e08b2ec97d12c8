import Shared

/// What a run is asked to do, from flags and `grid.yml`, checked.
struct RunOptions: Sendable {
  let suite: String
  let shards: ShardCount
  let origin: ScriptOrigin
  let store: StoreLocation
  let thresholds: [GateThreshold]
  let generatorLimits: GeneratorLimits
  /// For k6 and its script, on top of the coordinator's own environment.
  let environment: [String: String]
  let k6Options: [String]
  /// Seconds that shards may take to get ready.
  let readyTimeout: Double
  /// `nil` when nobody said: then the agents' environment decides.
  let lean: Bool?
  let failOnDegraded: Bool
  let setup: SetupMode
  /// Seconds that the whole run may take; `nil` for as long as k6 itself allows.
  let maxDuration: Double?
  /// Seconds without a sign of the coordinator after which a shard stops by itself.
  let deadMan: Double
  /// What is sent with the run, a folder; `nil` for the script's own.
  let bundle: String?
  /// `nil` for the first free one of the date.
  let run: RunID?
  /// Seconds to wait for another run of the suite to end.
  let wait: Double
  /// What was shipped with the commit.
  let release: String?
  let trend: TrendRules
  let report: ReportSettings
  /// Whether the trend page is drawn after the run.
  let isReported: Bool
  /// Where else it goes; `nil` for the store alone.
  let pages: PagesTarget?
  let alert: AlertSettings
  /// Whether people are told of the run.
  let isAlerted: Bool

  /// As an agent takes it: a path, or where it is fetched from.
  var script: String { origin.text }
  /// A file by its name, else where it is.
  var scriptName: String {
    guard case .file(let path) = origin else { return script }
    return path.split(separator: "/").last.map(String.init) ?? path
  }
  /// `nil` where no cluster is named, or others start the shards.
  let ecs: ECSOptions?

  struct Flags: Sendable {
    var suite: String?
    var shards: ShardCount?
    var script: String?
    var store: String?
    var thresholds: [String] = []
    var environment: [String] = []
    var k6Options: [String] = []
    var readyTimeout = 300.0
    var lean = false
    var failOnDegraded = false
    var setup: String?
    var maxDuration: String?
    var deadMan: String?
    var bundle: String?
    var run: String?
    var wait: String?
    var release: String?
    var isReported = true
    var pages: String?
    var isAlerted = true
    var isLocal = false
    var isAttached = false
    var ecs = ECSSettings()
  }

  /// - Parameter usualStore: where to meet when nothing is said.
  /// - Throws: ``UsageError``.
  init(_ flags: Flags, _ file: GridConfiguration, usualStore: String, fileExists: (String) -> Bool) throws {
    suite = flags.suite ?? file.suite ?? "default"
    guard isSuiteName(suite) else {
      throw UsageError("the suite '\(suite)' is no name: expected letters, digits, - _ and .")
    }
    shards = flags.shards ?? file.shards ?? .exactly(1)
    guard let script = flags.script ?? file.script else {
      throw UsageError("no script was given: expected --script load.js, or 'script:' in the configuration")
    }
    origin = try ScriptOrigin(script)
    if case .file = origin, !fileExists(script) {
      throw UsageError("the script \(script) does not exist or is no file that can be read")
    }
    bundle = flags.bundle ?? file.bundle
    run = try flags.run.map(Self.runID)
    wait = try flags.wait.map { try Self.duration($0, "--wait", 0...604_800) } ?? 0
    (release, trend, report) = (flags.release ?? file.release, file.trend, file.report)
    pages = try flags.pages.map { try PagesTarget($0) }
    guard pages == nil || flags.isReported else {
      throw UsageError("--pages and --no-report exclude each other: expected one of them")
    }
    guard !file.alert.isActive || !flags.isAlerted || (flags.suite ?? file.suite) != nil else {
      throw UsageError(AlertSettings.needsSuite)
    }
    (isReported, isAlerted, alert) = (flags.isReported, flags.isAlerted, file.alert)
    do { store = try StoreLocation(flags.store ?? file.store ?? usualStore) } catch {
      throw UsageError("\(error) (--store)")
    }
    thresholds = try Self.thresholds(flags.thresholds, file.thresholds)
    generatorLimits = file.generatorLimits
    environment = try Self.environment(flags.environment, over: file.environment)
    k6Options = flags.k6Options.isEmpty ? file.k6Options : flags.k6Options
    if let refusal = K6Options(k6Options).refusal { throw UsageError(refusal) }
    guard (1...86_400).contains(flags.readyTimeout) else {
      throw UsageError("--ready-timeout is \(flags.readyTimeout): expected 1 to 86400 seconds")
    }
    lean = flags.lean ? true : file.lean
    (readyTimeout, failOnDegraded) = (flags.readyTimeout, flags.failOnDegraded)
    guard let setup = SetupMode(rawValue: flags.setup ?? file.setup ?? "once") else {
      throw UsageError("--setup is '\(flags.setup ?? "")': expected once or per-shard")
    }
    self.setup = setup
    maxDuration = try (flags.maxDuration ?? file.maxDuration).map {
      try Self.duration($0, "--max-duration", 1...604_800)
    }
    deadMan = try Self.duration(flags.deadMan ?? file.deadMan ?? "60s", "--dead-man", 2...86_400)
    guard !flags.isLocal || flags.ecs.cluster == nil else {
      throw UsageError("--local and --cluster exclude each other: expected one of them")
    }
    ecs = flags.isLocal || flags.isAttached ? nil : try ECSOptions(flags.ecs.over(file.ecs))
  }

  private static func runID(_ text: String) throws -> RunID {
    guard let run = RunID(text) else {
      throw UsageError("--run is '\(text)': expected letters, digits, - _ and ., as 2026-11-23.2")
    }
    guard !run.isByHand else {
      throw UsageError("--run is '\(text)': names that begin with hand- are for agents without a coordinator")
    }
    return run
  }

  /// As k6 writes durations: `90s`, `10m`, `1h30m`.
  static func duration(_ text: String, _ what: String, _ range: ClosedRange<Double>) throws -> Double {
    guard let seconds = parseGoDuration(text), range.contains(seconds) else {
      throw UsageError(
        "\(what) is '\(text)': expected a duration from \(Int(range.lowerBound)) s to \(Int(range.upperBound)) s, as 90s or 1h30m"
      )
    }
    return seconds
  }

  private static func environment(_ flags: [String], over file: [String: String]) throws -> [String: String] {
    var environment = file
    for pair in flags {
      guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
        throw UsageError("--env '\(pair)' sets nothing: expected NAME=value")
      }
      environment[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    for (name, value) in environment {
      guard !name.isEmpty, !name.contains("="), !(name + value).utf8.contains(0) else {
        throw UsageError(
          "the variable '\(name)' cannot be set: expected a name, and no zero byte in its value")
      }
    }
    return environment
  }

  /// A flag takes the place of what the file says of the same selector. Where neither says anything, the usual three.
  private static func thresholds(_ flags: [String], _ file: [ScriptPlan.Threshold]?) throws -> [GateThreshold]
  {
    let configured = try thresholds(flags, over: file ?? [])
    guard configured.isEmpty, file == nil else { return configured }
    return try GateThreshold.usual.map {
      try GateThreshold(.init(selector: $0.0, expression: $0.1), source: .configuration)
    }
  }

  static func thresholds(_ flags: [String], over stored: [ScriptPlan.Threshold]) throws -> [GateThreshold] {
    let fromFlags = try flags.map(threshold)
    let replaced = Set(fromFlags.map(\.selector.text))
    let others = try stored.map { try GateThreshold($0, source: .configuration) }
    return GateThreshold.distinct(others.filter { !replaced.contains($0.selector.text) } + fromFlags)
  }

  /// `metric=expression` or `metric{tag:value}=expression`: the first `=` behind the selector.
  private static func threshold(_ flag: String) throws -> GateThreshold {
    let selectorEnd = flag.firstIndex(of: "{").flatMap { open in
      flag.firstIndex(of: "=").map { $0 < open } == true
        ? nil : flag[open...].firstRange(of: "}=")?.lowerBound
    }
    let search = selectorEnd.map { flag[$0...] } ?? flag[...]
    guard let equals = search.firstIndex(of: "="), equals != flag.startIndex else {
      throw UsageError(
        "--threshold '\(flag)' has no limit: expected METRIC=EXPRESSION, as 'http_req_duration=p(95)<800'")
    }
    let (selector, expression) = (String(flag[..<equals]), String(flag[flag.index(after: equals)...]))
    do {
      return try GateThreshold(.init(selector: selector, expression: expression), source: .configuration)
    } catch {
      throw UsageError("--threshold '\(flag)': \(error)")
    }
  }
}
