import Shared

/// What one shard is asked to do, checked.
struct ShardOptions: Sendable, Equatable {
  let script: String
  let segment: ExecutionSegment
  let k6: String
  let k6Options: [String]
  let store: StoreLocation
  /// `nil`: no coordinator; the shard runs at once, alone.
  let run: RunID?
  let suite: String
  let attempt: Int
  let reportTags: [String]
  let seriesCap: Int
  /// k6 keeps no samples and makes no summary; the agent writes one from what it read.
  let isLean: Bool
  /// Seconds to wait for the coordinator's plan, and for k6 to initialise.
  let patience: Double
  /// Seconds from SIGTERM to SIGKILL.
  let killAfter: Double
  /// `nil`: no live metrics on stdout.
  let emf: EMFOptions?

  /// - Throws: ``UsageError`` with one sentence: what, where from, what was expected.
  init(_ raw: RawShardOptions, fileExists: (String) -> Bool) throws(UsageError) {
    guard let script = raw.script, !script.isEmpty else {
      throw UsageError("no script was given: expected the path of a k6 script, as shard-agent run load.js")
    }
    guard fileExists(script) else {
      throw UsageError("the script \(script) does not exist or is no file that can be read")
    }
    if let refusal = K6Options(raw.k6Options).refusal { throw UsageError(refusal) }
    guard !raw.k6.isEmpty else {
      throw UsageError("the k6 to run (--k6, K6_BIN) is empty: expected its path")
    }
    guard isSuiteName(raw.suite) else {
      throw UsageError(
        "the suite '\(raw.suite)' (--suite, GRID_SUITE) is no name: expected letters, digits, - _ and .")
    }
    let count = try Self.integer(
      raw.count, "shard count (--shard-count, K6_SHARD_COUNT)", 1...10_000, usual: 1)
    guard raw.index != nil || count == 1 else {
      throw UsageError(
        "no shard index was given for \(count) shards: expected --shard-index or K6_SHARD_INDEX")
    }
    let index = try Self.integer(
      raw.index, "shard index (--shard-index, K6_SHARD_INDEX)", 0...9_999, usual: 0)
    guard let segment = ExecutionSegment(index: index, count: count) else {
      throw UsageError(
        "the shard index is \(index) of \(count) shards: expected 0 to \(count - 1); shards are numbered from 0"
      )
    }
    // A path, not an option, whatever it begins with.
    self.script = script.hasPrefix("-") ? "./\(script)" : script
    self.segment = segment
    k6 = raw.k6
    k6Options = raw.k6Options
    do { store = try StoreLocation(raw.store) } catch { throw UsageError("\(error) (--store, GRID_STORE)") }
    if let text = raw.run {
      guard let run = RunID(text) else {
        throw UsageError(
          "the run '\(text)' (--run, GRID_RUN) is no run id: expected letters, digits, - _ and ., as 2026-11-23.2"
        )
      }
      self.run = run
    } else {
      run = nil
    }
    suite = raw.suite
    attempt = try Self.integer(raw.attempt, "attempt (--attempt, GRID_ATTEMPT)", 1...1000, usual: 1)
    reportTags = raw.reportTags
    guard !reportTags.contains(""), Set(reportTags).count == reportTags.count else {
      throw UsageError(
        "the report tags (--report-tags, GRID_REPORT_TAGS) are '\(reportTags.joined(separator: ","))': expected names, each once"
      )
    }
    seriesCap = try Self.integer(
      raw.seriesCap, "series cap (--series-cap, GRID_SERIES_CAP)", 1...100_000, usual: 500)
    isLean = try Self.truth(raw.lean, "--lean, GRID_LEAN")
    patience = Double(
      try Self.integer(raw.patience, "patience (--patience, GRID_PATIENCE)", 1...86_400, usual: 300))
    killAfter = Double(
      try Self.integer(raw.killAfter, "kill-after (--kill-after, GRID_KILL_AFTER)", 1...3600, usual: 90))
    emf = try EMFOptions(raw.emf)
  }

  private static func truth(_ text: String?, _ source: String) throws(UsageError) -> Bool {
    switch text {
    case nil, "false": return false
    case "true": return true
    case .some(let text):
      throw UsageError("whether the run is lean (\(source)) is '\(text)': expected true or false")
    }
  }

  private static func integer(
    _ text: String?, _ what: String, _ range: ClosedRange<Int>, usual: Int
  ) throws(UsageError) -> Int {
    guard let text else { return usual }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "the \(what) is '\(text)': expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

/// The options as they were written, by flag or environment.
struct RawShardOptions: Sendable {
  var script: String?
  var index: String?
  var count: String?
  var k6 = "k6"
  var k6Options: [String] = []
  var store = ""
  var run: String?
  var suite = "default"
  var attempt: String?
  var reportTags = SampleAggregator.usualReportTags
  var seriesCap: String?
  var lean: String?
  var patience: String?
  var killAfter: String?
  var emf = EMF()

  struct EMF: Sendable {
    var series = "suite"
    var namespace = "k6-grid"
    var interval = "1"
    var resolution = "60"
  }
}
