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

/// A counter's rate over the time that counts, or why there is none.
enum CounterRate: Sendable, Equatable {
  case perSecond(Double)
  case unknown(String)
}

extension MergedMetric {
  /// - Returns: `nil` for anything but a counter.
  func rate(in window: CommonWindow?) -> CounterRate? {
    guard case .counter(let counter) = aggregate else { return nil }
    guard hasCountsOverTime else {
      return .unknown("its counts over time were not kept; run it with this threshold")
    }
    guard let window else { return .unknown("the shards had no time in common") }
    return .perSecond(counter.overTime.sum(window.tenths) / window.seconds)
  }
}

extension TrendAggregate {
  /// Between which values k6's interpolated percentile lies for certain: the bounds of the two neighbours' buckets, interpolated
  /// likewise.
  func bounds(quantile: Double) -> (low: Double, high: Double)? {
    guard count > 0, let min, let max else { return nil }
    let rank = PercentileRank(quantile: quantile, count: count)
    guard let low = histogram.bucketBounds(rank: rank.lower),
      let high = histogram.bucketBounds(rank: rank.upper)
    else {
      return nil
    }
    let ends = (
      low: rank.interpolated(low.lower, high.lower), high: rank.interpolated(low.upper, high.upper)
    )
    return (Swift.max(ends.low, min), Swift.min(ends.high, max))
  }
}
