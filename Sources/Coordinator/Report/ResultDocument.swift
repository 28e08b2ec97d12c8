import Shared

/// `{run}/result.json`: a run's merged aggregates, thresholds with actual values, shards and verdict.
struct ResultDocument: Encodable {
  private struct Threshold: Encodable {
    let selector, expression, source, outcome: String
    let reason: String?
    let limit: Double?
    let actual: Double?
    let isExact: Bool
    let text: String

    private enum CodingKeys: String, CodingKey {
      case selector, expression, source, outcome, reason, limit, actual, text
      case isExact = "actual_is_exact"
    }
  }

  private struct Shard: Encodable {
    let index: Int
    let outcome: String
    let reason: String?
    let task: String?
    let k6Version: String?
    let startedAt, loadEndedAt: UTCInstant?
    let startLateSeconds: Double?
    let requests: UInt64
    let p95: Double?
    let dropped: Double?
    let droppedShare: Double?
    let ending: K6Ending?
    let generator: GeneratorHealth?
    let stream: StreamHealth?
    let lean: Bool?

    private enum CodingKeys: String, CodingKey {
      case index, outcome, reason, task, requests, ending, generator, stream, lean
      case k6Version = "k6_version"
      case startedAt = "started_at"
      case loadEndedAt = "load_ended_at"
      case startLateSeconds = "start_late_seconds"
      case p95 = "http_req_duration_p95_ms"
      case dropped = "dropped_iterations"
      case droppedShare = "dropped_iterations_share"
    }
  }

  private struct Stop: Encodable { let cause, reason: String }

  private struct Window: Encodable {
    let seconds: Double?
    let plannedSeconds: Double?
    let wallSeconds: Double?
    let startAt: UTCInstant?
    let startSkewSeconds: Double?
    let requestRate: Double?

    private enum CodingKeys: String, CodingKey {
      case seconds
      case plannedSeconds = "planned_seconds"
      case wallSeconds = "wall_seconds"
      case startAt = "start_at"
      case startSkewSeconds = "start_skew_seconds"
      case requestRate = "requests_per_second"
    }
  }

  private let schema = contractSchema
  private let plan: RunPlan
  private let finishedAt: UTCInstant
  private let verdict: Verdict
  private let reasons: [String]
  private let stopped: Stop?
  private let thresholds: [Threshold]
  private let shards: [Shard]
  private let outliers: [Outlier]
  private let window: Window
  let metrics: [SeriesRecord]

  private enum CodingKeys: String, CodingKey {
    case schema, plan, verdict, reasons, stopped, thresholds, shards, outliers, window, metrics
    case finishedAt = "finished_at"
  }

  init(_ result: RunResult) {
    (plan, finishedAt) = (result.plan, result.finishedAt)
    (verdict, reasons) = (result.decision.verdict, result.decision.reasons)
    stopped = result.stopped.map { Stop(cause: $0.cause.rawValue, reason: $0.reason) }
    thresholds = result.judgements.map(Self.threshold)
    shards = result.outcomes.enumerated().map(Self.shard)
    outliers = result.outliers
    let summary = result.summary
    window = Window(
      seconds: summary.window?.seconds, plannedSeconds: summary.plannedSeconds,
      wallSeconds: summary.wallSeconds,
      startAt: summary.startAt, startSkewSeconds: summary.startSkew, requestRate: summary.requestRate)
    metrics = summary.series.sorted { $0.key < $1.key }.map { key, metric in
      SeriesRecord(
        metric: key.metric, contains: metric.contains, tags: key.tags, aggregate: metric.aggregate,
        withCountsOverTime: metric.hasCountsOverTime)
    }
  }

  private static func threshold(_ judgement: Judgement) -> Threshold {
    let outcome: (String, String?) =
      switch judgement.outcome {
      case .holds: ("holds", nil)
      case .crossed: ("crossed", nil)
      case .noSamples: ("no_samples", nil)
      case .undecided(let reason): ("undecided", reason)
      }
    let limit = judgement.threshold.expression.limit
    return Threshold(
      selector: judgement.threshold.selector.text, expression: judgement.threshold.expression.text,
      source: judgement.threshold.source.rawValue, outcome: outcome.0, reason: outcome.1 ?? judgement.note,
      limit: limit.isFinite ? limit : nil, actual: judgement.actual.flatMap { $0.isFinite ? $0 : nil },
      isExact: judgement.isExact,
      text: judgement.unjudgedSentence
        ?? (judgement.isBreach ? judgement.sentence : judgement.shownPair.actual))
  }

  private static func shard(_ index: Int, _ outcome: ShardOutcome) -> Shard {
    let summary = outcome.summary
    let facts = ShardFacts(outcome)
    let dropped = DroppedIterations(outcome)
    return Shard(
      index: index, outcome: outcome.word, reason: outcome.problem, task: summary?.shard.task,
      k6Version: summary?.k6Version, startedAt: summary?.startedAt, loadEndedAt: summary?.loadEndedAt,
      startLateSeconds: facts.startLate, requests: facts.requests, p95: facts.p95,
      dropped: dropped?.count, droppedShare: dropped?.share, ending: summary?.ending,
      generator: summary?.generator, stream: summary?.stream, lean: summary?.lean)
  }
}

/// The figures by which shards are compared.
struct ShardFacts: Sendable {
  let requests: UInt64
  let failed: UInt64
  let p95: Double?
  /// How much later than the run's instant k6 had been let go, in seconds.
  let startLate: Double?

  init(_ outcome: ShardOutcome) {
    let alone = RunSummary(outcome.measured.map { [$0] } ?? [], plannedSeconds: nil)
    if case .counter(let counter)? = alone.metric("http_reqs") {
      requests = counter.count
    } else {
      requests = 0
    }
    if case .rate(let rate)? = alone.metric("http_req_failed") { failed = rate.passes } else { failed = 0 }
    if case .trend(let trend)? = alone.metric("http_req_duration") {
      p95 = trend.displayed(quantile: 0.95)
    } else {
      p95 = nil
    }
    startLate = outcome.summary.flatMap { summary in
      summary.startedAt.flatMap { started in summary.startAt.map { started.seconds(since: $0) } }
    }
  }
}
