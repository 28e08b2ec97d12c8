import Shared

/// What one shard is asked to do, checked.
struct ShardOptions: Sendable, Equatable {
  /// `nil` in a run: what came with it.
  let script: ScriptLocation?
  /// `nil` in a run: the first that is free.
  let index: Int?
  /// `nil` in a run: as the plan says.
  let count: Int?
  let k6: String
  let k6Options: [String]
  let store: StoreLocation
  /// `nil`: no coordinator; the shard runs at once, alone.
  let run: RunID?
  /// Several shards by hand, without a coordinator: each starts when it is ready.
  let startsNow: Bool
  let suite: String
  let attempt: Int
  let secrets: [SecretEntry]
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
    run = try Self.run(raw.run)
    startsNow = try Self.startsNow(raw, run)
    script = try Self.script(raw.script, fileExists)
    guard script != nil || run != nil && !startsNow else { throw UsageError(noScript) }
    if let refusal = K6Options(raw.k6Options).refusal { throw UsageError(refusal) }
    guard !raw.k6.isEmpty else {
      throw UsageError("the k6 to run (--k6, K6_BIN) is empty: expected its path")
    }
    guard isSuiteName(raw.suite) else {
      throw UsageError(
        "the suite '\(raw.suite)' (--suite, GRID_SUITE) is no name: expected letters, digits, - _ and .")
    }
    (index, count) = try Self.share(raw, isInRun: run != nil)
    k6 = raw.k6
    k6Options = raw.k6Options
    do { store = try StoreLocation(raw.store) } catch { throw UsageError("\(error) (--store, GRID_STORE)") }
    suite = raw.suite
    attempt = try Self.integer(raw.attempt, "attempt (--attempt, GRID_ATTEMPT)", 1...1000, usual: 1)
    secrets = try SecretEntry.list(raw.secrets ?? "")
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

  private static func script(_ text: String?, _ fileExists: (String) -> Bool) throws(UsageError)
    -> ScriptLocation?
  {
    guard let text, !text.isEmpty else { return nil }
    let script = try ScriptLocation(text)
    if case .file = script, !fileExists(text) {
      throw UsageError("the script \(text) does not exist or is no file that can be read")
    }
    return script
  }

  private static func run(_ text: String?) throws(UsageError) -> RunID? {
    guard let text else { return nil }
    guard let run = RunID(text) else {
      throw UsageError(
        "the run '\(text)' (--run, GRID_RUN) is no run id: expected letters, digits, - _ and ., as 2026-11-23.2"
      )
    }
    return run
  }

  private static func startsNow(_ raw: RawShardOptions, _ run: RunID?) throws(UsageError) -> Bool {
    guard let start = raw.start, !start.isEmpty else { return false }
    guard start == "now" else {
      throw UsageError("the start (--start, GRID_START) is '\(start)': expected now, or nothing")
    }
    guard let run, run.isByHand else {
      throw UsageError(
        "a start now (--start, GRID_START) is for several shards by hand: expected a run id of their own that begins with hand-, as GRID_RUN=hand-checkout-1"
      )
    }
    guard raw.count != nil else {
      throw UsageError(
        "the shards of \(run) start by themselves, and nobody says how many there are: expected --shard-count or K6_SHARD_COUNT"
      )
    }
    return true
  }

  /// Outside a run both are known.
  private static func share(_ raw: RawShardOptions, isInRun: Bool) throws(UsageError) -> (Int?, Int?) {
    let count = try raw.count.map { (text) throws(UsageError) in
      try integer(text, "shard count (--shard-count, K6_SHARD_COUNT)", 1...10_000, usual: 1)
    }
    let index = try raw.index.map { (text) throws(UsageError) in
      try integer(text, "shard index (--shard-index, K6_SHARD_INDEX)", 0...9_999, usual: 0)
    }
    if isInRun, index == nil || count == nil { return (index, count) }
    let (own, all) = (index ?? 0, count ?? 1)
    guard index != nil || all == 1 else {
      throw UsageError(
        "no shard index was given for \(all) shards: expected --shard-index or K6_SHARD_INDEX")
    }
    guard own < all else {
      throw UsageError(
        "the shard index is \(own) of \(all) shards: expected 0 to \(all - 1); shards are numbered from 0")
    }
    return (own, all)
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
  var start: String?
  var suite = "default"
  var attempt: String?
  var secrets: String?
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
