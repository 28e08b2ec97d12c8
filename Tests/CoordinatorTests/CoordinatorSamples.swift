import Shared

@testable import Coordinator

/// Small values for tests.
enum Samples {
  static let run = RunID("2026-11-23")!

  static func instant(_ seconds: Double) -> UTCInstant { UTCInstant(nanoseconds: Int64(seconds * 1e9)) }

  static func plan(shards: Int = 1) -> RunPlan {
    RunPlan(
      run: run, nonce: "nonce", suite: "suite", shardCount: shards, script: "load.js", scriptDigest: "digest",
      createdAt: instant(0))
  }

  static func threshold(_ selector: String, _ expression: String) throws -> GateThreshold {
    try GateThreshold(.init(selector: selector, expression: expression), source: .configuration)
  }

  static func merged(_ aggregate: Aggregate, _ contains: MetricContains = .default) -> MergedMetric {
    MergedMetric(contains: contains, aggregate: aggregate, hasCountsOverTime: true)
  }

  /// A judgement with this outcome, of a metric of this type.
  static func judgement(_ outcome: Judgement.Outcome, type: MetricType = .trend) throws -> Judgement {
    let threshold =
      switch type {
      case .trend: try threshold("http_req_duration", "p(95)<800")
      case .rate: try threshold("http_req_failed", "rate<0.01")
      case .counter: try threshold("http_reqs", "rate>=2000")
      case .gauge: try threshold("vus", "value>0")
      }
    return Judgement(
      threshold: threshold, type: type, contains: .default, outcome: outcome, actual: 1, isExact: true,
      note: nil)
  }

  /// A shard that loaded for ten seconds: a request every tenth of a second, 5 to 14 ms, the first one failed.
  static func summary(
    shard: Int = 0, of count: Int = 1, attempt: Int = 1, startAt: UTCInstant = instant(100),
    nonce: String = "nonce", digest: String = "digest",
    isComplete: Bool = true,
    isEmpty: Bool = false, withSetup: Bool = false, loadStart: Double? = nil,
    executor: String = "constant-vus",
    seconds: Double = 10, plannedSeconds: Double? = 10,
    limits: [Double] = [800],
    metrics: [SeriesRecord]? = nil, submetrics own: [ShardSummary.Submetric]? = nil,
    generator: GeneratorHealth = GeneratorHealth(k6CPUSeconds: 1, cpuLimit: 1, cpuShare: 0.1)
  ) -> ShardSummary {
    var requests = CounterAggregate()
    var durations = TrendAggregate(limits: limits)
    var failed = RateAggregate()
    for tenth in 0..<Int(seconds * 10) where !isEmpty {
      requests.record(1, at: Int64(tenth) * 100_000_000)
      durations.record(Double(5 + tenth % 10))
      failed.record(tenth == 0 ? 1 : 0)
    }
    if withSetup { requests.record(1, at: 0) }
    let aggregates: [(String, MetricContains, Aggregate)] = [
      ("http_reqs", .default, .counter(requests)), ("http_req_duration", .time, .trend(durations)),
      ("http_req_failed", .default, .rate(failed)),
    ]
    let records = aggregates.map {
      SeriesRecord(metric: $0.0, contains: $0.1, tags: ["name": "home"], aggregate: $0.2)
    }
    let submetrics = aggregates.map {
      ShardSummary.Submetric(
        selector: $0.0, series: SeriesRecord(metric: $0.0, contains: $0.1, tags: [:], aggregate: $0.2))
    }
    return ShardSummary(
      shard: ShardIdentity(
        run: run, nonce: nonce, index: shard, count: count, attempt: attempt, task: "pid-1"),
      suite: "suite",
      executionSegment: ExecutionSegment(index: shard, count: count)?.segment ?? "none", scriptDigest: digest,
      k6Version: "1.1.0",
      ending: K6Ending(
        exitCode: 0, signal: nil, wroteSummary: true, isEmptyShard: isEmpty,
        isComplete: isComplete,
        meaning: isComplete ? "k6 ran to its end" : "k6 was stopped by a signal"),
      startAt: startAt, startedAt: startAt, loadStartedAt: loadStart.map(instant),
      loadEndedAt: loadStart.map { instant($0 + seconds) } ?? startAt.advanced(bySeconds: seconds),
      writtenAt: instant(111),
      script: ScriptPlan(
        thresholds: [],
        scenarios: [.init(name: "a", executor: executor, plannedSeconds: plannedSeconds, vus: 3)],
        maxVUs: 3, totalSeconds: 40),
      generator: generator, stream: StreamHealth(),
      reportTags: ["name"],
      metrics: metrics ?? (isEmpty ? Array(records.prefix(withSetup ? 1 : 0)) : records),
      submetrics: own ?? (isEmpty ? Array(submetrics.prefix(withSetup ? 1 : 0)) : submetrics))
  }

  struct Document: Encodable { let grid: ShardSummary }

  /// What somebody else has recorded of the run: a fail, for this reason.
  static func failed(_ reason: String, finishedAt: UTCInstant) throws -> ResultDocument {
    ResultDocument(
      RunResult(
        plan: plan(), outcomes: [.complete(try MeasuredShard(summary()))], thresholds: [],
        stopped: RunStopped(.threshold, reason), finishedAt: finishedAt))
  }

  /// What a run has in its store when its shards hand in.
  static func started(
    _ store: any ObjectStore, thresholds: [(String, String)] = [("http_req_duration", "p(95)<800")]
  ) async throws {
    let planned = thresholds.map { ScriptPlan.Threshold(selector: $0.0, expression: $0.1) }
    try await store.putDocument(
      RunThresholds(nonce: "nonce", thresholds: planned), at: RunKeys(run).thresholds)
    try await store.putDocument(
      StartSignal(nonce: "nonce", startAt: instant(100)), at: RunKeys(run).start)
  }
}
