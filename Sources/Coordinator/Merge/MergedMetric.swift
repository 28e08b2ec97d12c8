import Shared

/// A metric, or the part of one that a selector picks, over all shards.
struct MergedMetric: Sendable {
  let contains: MetricContains
  let aggregate: Aggregate
  /// Counters only: whether the counts over time are there, which a rate needs.
  let hasCountsOverTime: Bool

  /// - Returns: `nil` when the types differ.
  func merged(_ other: MergedMetric) -> MergedMetric? {
    var sum = aggregate
    guard sum.merge(other.aggregate) else { return nil }
    return MergedMetric(
      contains: contains, aggregate: sum, hasCountsOverTime: hasCountsOverTime && other.hasCountsOverTime)
  }
}

extension TrendAggregate {
  /// Between which values k6's interpolated percentile lies for certain: the bounds of the two neighbours' buckets.
  func bounds(quantile: Double) -> (low: Double, high: Double)? {
    guard count > 0, let min, let max else { return nil }
    let rank = PercentileRank(quantile: quantile, count: count)
    guard let low = histogram.bucketBounds(rank: rank.lower),
      let high = histogram.bucketBounds(rank: rank.upper)
    else {
      return nil
    }
    return (Swift.max(low.lower, min), Swift.min(high.upper, max))
  }
}
