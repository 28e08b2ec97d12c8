import Shared

/// `{run}/result.json`: a run's merged aggregates, thresholds with actual values, shards and verdict. Its line of the
/// history and its place on the page are made from this alone.
struct ResultDocument: Codable, Sendable {
  struct Threshold: Codable, Sendable {
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

  struct Shard: Codable, Sendable {
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

  struct Stop: Codable, Sendable { let cause, reason: String }

  struct Window: Codable, Sendable {
    let seconds: Double?
    let plannedSeconds: Double?
    let wallSeconds: Double?
    let startAt: UTCInstant?
    let startSkewSeconds: Double?
    let requestRate: Double?
    let wallRate: Double?

    private enum CodingKeys: String, CodingKey {
      case seconds
      case plannedSeconds = "planned_seconds"
      case wallSeconds = "wall_seconds"
      case startAt = "start_at"
      case startSkewSeconds = "start_skew_seconds"
      case requestRate = "requests_per_second"
      case wallRate = "wall_requests_per_second"
    }
  }

  /// What the gate believed of the nights before; milliseconds.
  struct Trend: Codable, Sendable {
    let usual: Double?
    let noise: Double?
    /// Of how many nights.
    let nights: Int?
    /// The median of the last three nights.
    let middle: Double?
    /// The run with which the step likely began, and the last ordinary one before it.
    let onset: RunID?
    let beforeOnset: RunID?
    let lastGreen: RunID?
    let isFaster: Bool
    let isSpike: Bool
    let isOtherProfile: Bool

    private enum CodingKeys: String, CodingKey {
      case nights, onset
      case usual = "usual_p95_ms"
      case noise = "usual_sd_ms"
      case middle = "last_three_median_p95_ms"
      case beforeOnset = "before_onset"
      case lastGreen = "last_green"
      case isFaster = "is_faster"
      case isSpike = "is_spike"
      case isOtherProfile = "is_other_profile"
    }
  }

  let schema: Int
  let plan: RunPlan
  let finishedAt: UTCInstant
  let verdict: Verdict
  let reasons: [String]
  let stopped: Stop?
  let profile: String?
  let trend: Trend?
  let thresholds: [Threshold]
  let shards: [Shard]
  let outliers: [Outlier]
  let window: Window
  /// Of tasks on Fargate, as estimated when the run was over.
  let cost: RunCost?
  let metrics: [SeriesRecord]

  private enum CodingKeys: String, CodingKey {
    case schema, plan, verdict, reasons, stopped, profile, trend, thresholds, shards, outliers, window,
      cost, metrics
    case finishedAt = "finished_at"
  }

  init(_ result: RunResult) {
    (schema, plan, finishedAt) = (contractSchema, result.plan, result.finishedAt)
    (verdict, reasons) = (result.decision.verdict, result.decision.reasons)
    stopped = result.stopped.map { Stop(cause: $0.cause.rawValue, reason: $0.reason) }
    profile = result.profile
    trend = result.standing.map(Trend.init)
    thresholds = result.judgements.map(Self.threshold)
    shards = result.outcomes.enumerated().map(Self.shard)
    outliers = result.outliers
    cost = result.cost
    let summary = result.summary
    window = Window(
      seconds: summary.window?.seconds, plannedSeconds: summary.plannedSeconds,
      wallSeconds: summary.wallSeconds,
      startAt: summary.startAt, startSkewSeconds: summary.startSkew, requestRate: summary.requestRate,
      wallRate: summary.wallRate)
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

extension ResultDocument.Threshold {
  var isCrossed: Bool { outcome == "crossed" }

  /// How far past its limit, as a share of that.
  var breach: Double? {
    guard isCrossed, let limit, let actual, limit != 0 else { return nil }
    return abs(actual - limit) / abs(limit)
  }
}

extension ResultDocument.Trend {
  fileprivate init(_ standing: Standing) {
    (usual, noise, nights) = (standing.range?.usual, standing.range?.noise, standing.range?.nights)
    (middle, onset) = (standing.step?.middle, standing.step?.onset.run)
    (beforeOnset, lastGreen) = (standing.step?.before?.run, standing.lastGreen?.run)
    (isFaster, isSpike) = (standing.isFaster, standing.isSpike)
    isOtherProfile = standing.isOtherProfile
  }
}
