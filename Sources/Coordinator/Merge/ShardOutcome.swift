import Shared

/// What became of a shard.
enum ShardOutcome: Sendable {
  /// Its whole share was carried out.
  case complete(MeasuredShard)
  /// No VU fell to it: it counts neither for nor against the run.
  case empty(ShardSummary)
  /// It handed in what it had; the sentence says what is wrong.
  case partial(MeasuredShard, String)
  /// There is nothing of it that can be used.
  case missing(String)

  var measured: MeasuredShard? {
    switch self {
    case .complete(let shard), .partial(let shard, _): shard
    case .empty, .missing: nil
    }
  }

  var summary: ShardSummary? {
    if case .empty(let summary) = self { return summary }
    return measured?.summary
  }

  var problem: String? {
    switch self {
    case .complete, .empty: nil
    case .partial(_, let reason), .missing(let reason): reason
    }
  }

  var word: String {
    switch self {
    case .complete: "complete"
    case .empty: "empty"
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

  /// - Throws: ``RecordContradiction``.
  init(_ summary: ShardSummary) throws(RecordContradiction) {
    self.summary = summary
    var series: [SeriesKey: MergedMetric] = [:]
    for record in summary.metrics {
      series[SeriesKey(metric: record.metric, tags: record.tags)] = try MergedMetric(record)
    }
    var submetrics: [String: MergedMetric] = [:]
    for submetric in summary.submetrics {
      submetrics[submetric.selector] = try MergedMetric(submetric.series)
    }
    (self.series, self.submetrics) = (series, submetrics)
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
