import Shared

/// What became of a shard.
enum ShardOutcome: Sendable {
  /// Its whole share was carried out.
  case complete(MeasuredShard)
  /// No VU fell to it: it had no load to make. What it has is setup's and teardown's.
  case empty(MeasuredShard)
  /// A threshold stopped the run, and it handed in everything until then.
  case stopped(MeasuredShard)
  /// It handed in what it had; the sentence says what is wrong.
  case partial(MeasuredShard, String)
  /// There is nothing of it that can be used.
  case missing(String)

  var measured: MeasuredShard? {
    switch self {
    case .complete(let shard), .partial(let shard, _), .empty(let shard), .stopped(let shard): shard
    case .missing: nil
    }
  }

  var summary: ShardSummary? { measured?.summary }

  var problem: String? {
    switch self {
    case .complete, .empty, .stopped: nil
    case .partial(_, let reason), .missing(let reason): reason
    }
  }

  var word: String {
    switch self {
    case .complete: "complete"
    case .empty: "empty"
    case .stopped: "stopped"
    case .partial: "partial"
    case .missing: "missing"
    }
  }
}

/// A shard's summary with its aggregates, checked.
struct MeasuredShard: Sendable {
  let summary: ShardSummary
  let series: [SeriesKey: MergedMetric]
  let submetrics: [String: MergedMetric]

  /// - Throws: ``RecordContradiction``, also for a series that is there twice.
  init(_ summary: ShardSummary) throws(RecordContradiction) {
    self.summary = summary
    var series: [SeriesKey: MergedMetric] = [:]
    for record in summary.metrics {
      let key = SeriesKey(metric: record.metric, tags: record.tags)
      guard series.updateValue(try MergedMetric(record), forKey: key) == nil else {
        throw RecordContradiction(metric: record.metric, tags: record.tags, what: "it is there twice")
      }
    }
    var submetrics: [String: MergedMetric] = [:]
    for submetric in summary.submetrics {
      let record = submetric.series
      guard submetrics.updateValue(try MergedMetric(record), forKey: submetric.selector) == nil else {
        throw RecordContradiction(metric: record.metric, tags: record.tags, what: "it is there twice")
      }
    }
    (self.series, self.submetrics) = (series, submetrics)
  }

  /// All of a metric; `nil` when there is nothing of it.
  func whole(_ metric: String) -> Aggregate? {
    if let known = submetrics[metric] { return known.aggregate }
    let all = series.filter { $0.key.metric == metric }.sorted { $0.key < $1.key }.map(\.value)
    return all.reduce(nil as MergedMetric?) { sum, next in sum?.merged(next) ?? next }?.aggregate
  }

  /// Why this shard cannot be judged by a threshold although it has samples of its metric; `nil` when it can.
  func gap(_ threshold: ScriptPlan.Threshold) -> String? {
    guard let selector = try? MetricSelector(threshold.selector),
      let expression = try? ThresholdExpression(threshold.expression),
      series.contains(where: { $0.key.metric == selector.metric })
    else { return nil }
    guard let submetric = submetrics[selector.text] else {
      return "it has not counted what the threshold on \(selector.text) needs"
    }
    guard case .trend(let trend) = submetric.aggregate, expression.quantile != nil, expression.limit.isFinite,
      !trend.limits.contains(where: { $0.limit == expression.limit })
    else { return nil }
    return "it has not counted by the limit of \(selector.text) \(expression.text)"
  }
}

struct SeriesKey: Hashable, Sendable {
  let metric: String
  let tags: [String: String]
}

extension MergedMetric {
  fileprivate init(_ record: SeriesRecord) throws(RecordContradiction) {
    self.init(
      contains: record.contains, aggregate: try record.aggregate(),
      hasCountsOverTime: record.hasCountsOverTime)
  }
}
