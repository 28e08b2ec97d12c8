import Shared

/// Where a run stands: what all shards have told so far, at one look.
struct GridProgress: Sendable {
  let run: RunID
  let startAt: UTCInstant
  let planned: Double?
  let readAt: UTCInstant
  /// By index.
  let shards: [ShardStanding]
  /// `http_req_duration` of all shards, in milliseconds.
  let durations: Histogram
  let infiniteMetrics: Set<String>
  let outliers: [Outlier]
  /// Where every threshold stands, in their order.
  private(set) var judgements: [Judgement] = []

  init(
    run: RunID, startAt: UTCInstant, planned: Double?, readAt: UTCInstant, shards: [ShardStanding],
    thresholds: [GateThreshold]
  ) {
    (self.run, self.startAt, self.planned) = (run, startAt, planned)
    (self.readAt, self.shards) = (readAt, shards)
    let heard = shards.compactMap(\.heard)
    var durations = Histogram()
    for shard in heard { durations.merge(shard.progress.durations) }
    self.durations = durations
    infiniteMetrics = Set(heard.flatMap(\.progress.infiniteMetrics))
    let compared = shards.enumerated().compactMap { index, shard in
      shard.heard.map { Outlier.Shard(index: index, p95: $0.p95, durations: $0.progress.durations) }
    }
    outliers = Outlier.among(compared, merged: durations)
    judgements = thresholds.map { Judgement($0, of: self) }
  }

  /// What a selector picked, over all shards.
  func metric(_ selector: MetricSelector) -> MergedMetric? {
    let merged = shards.compactMap { $0.heard?.submetrics[selector.text] }.reduce(nil as MergedMetric?) {
      sum, next in
      // One script cannot have two types; what contradicts the first is left out here, and refused at the end.
      sum.map { $0.merged(next) ?? $0 } ?? next
    }
    guard let merged, selector.text == "http_req_duration", case .trend(var trend) = merged.aggregate,
      trend.count == durations.count
    else { return merged }
    trend.histogram = durations
    return MergedMetric(contains: merged.contains, aggregate: .trend(trend), hasCountsOverTime: false)
  }

  /// The sum of what every shard counted per second of its own load.
  func rate(_ selector: MetricSelector) -> CounterRate {
    var sum = 0.0
    for (index, shard) in shards.enumerated() {
      guard let heard = shard.heard else { continue }
      guard shard.isGone || heard.hasRate else {
        return .unknown("shard \(index) has not made load for 2 s yet")
      }
      sum += heard.rates[selector.text] ?? 0
    }
    return .perSecond(sum)
  }
}
