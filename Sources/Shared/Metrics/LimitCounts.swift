/// What a shard keeps so that `p(q) < limit` can be decided exactly over all shards without their samples:
/// how many samples there are, how many lie below the limit and on it, and the two nearest to it on either
/// side. They merge by sum, maximum and minimum.
package struct LimitCounts: Sendable, Equatable {
  package let limit: Double
  package private(set) var count: UInt64 = 0
  package private(set) var below: UInt64 = 0
  package private(set) var equal: UInt64 = 0
  package private(set) var largestBelow: Double?
  package private(set) var smallestAbove: Double?

  package init(limit: Double) { self.limit = limit }

  package mutating func record(_ value: Double) {
    count += 1
    if value < limit {
      below += 1
      largestBelow = max(largestBelow ?? value, value)
    } else if value == limit {
      equal += 1
    } else {
      smallestAbove = min(smallestAbove ?? value, value)
    }
  }

  /// - Precondition: both are of the same limit.
  package mutating func merge(_ other: LimitCounts) {
    precondition(limit == other.limit)
    count += other.count
    below += other.below
    equal += other.equal
    largestBelow = [largestBelow, other.largestBelow].compactMap(\.self).max()
    smallestAbove = [smallestAbove, other.smallestAbove].compactMap(\.self).min()
  }

  /// Where k6's percentile lies, seen from the limit.
  package enum Position: Sendable, Equatable {
    case below, above
    /// The limit is on or between the two neighbours: this is k6's interpolated value itself.
    case value(Double)
  }

  /// k6 sorts its n samples and interpolates at `q * (n - 1)` between the two neighbours (k6 2.2,
  /// metrics.TrendSink.P). Both below the limit, or both above it: so is the percentile.
  /// - Returns: `nil` without samples.
  package func position(ofQuantile quantile: Double) -> Position? {
    guard count > 0 else { return nil }
    let rank = PercentileRank(quantile: quantile, count: count)
    if rank.upper < below { return .below }
    if rank.lower >= below + equal { return .above }
    guard let low = neighbour(rank.lower), let high = neighbour(rank.upper) else { return nil }
    return .value(rank.interpolated(low, high))
  }

  /// The sample of a rank, which is one of the four known ones when the limit is between the neighbours.
  private func neighbour(_ rank: UInt64) -> Double? {
    if rank < below { return largestBelow }
    return rank < below + equal ? limit : smallestAbove
  }

  /// Counts that cannot have come from samples; `nil` when they can.
  package var contradiction: String? {
    if !limit.isFinite { return "the limit is no finite number" }
    let (sum, overflow) = below.addingReportingOverflow(equal)
    if overflow || sum > count { return "below + equal is more than the count" }
    if (below > 0) != (largestBelow != nil) { return "largest_below does not go with below" }
    if (count > sum) != (smallestAbove != nil) { return "smallest_above does not go with the count" }
    if let largestBelow, !(largestBelow < limit) { return "largest_below is not below the limit" }
    if let smallestAbove, smallestAbove <= limit { return "smallest_above is not above the limit" }
    return nil
  }
}

extension LimitCounts: Codable {
  private enum CodingKeys: String, CodingKey {
    case limit, count, below, equal
    case largestBelow = "largest_below"
    case smallestAbove = "smallest_above"
  }
}

/// The two neighbouring ranks (from 0) of k6's percentile, and how far it lies between them.
package struct PercentileRank: Sendable {
  package let lower: UInt64
  package let upper: UInt64
  package let fraction: Double

  /// - Precondition: `count` is at least 1.
  package init(quantile: Double, count: UInt64) {
    let position = quantile * (Double(count) - 1)
    (lower, upper) = (UInt64(position.rounded(.down)), UInt64(position.rounded(.up)))
    fraction = position - position.rounded(.down)
  }

  package func interpolated(_ low: Double, _ high: Double) -> Double { low + (high - low) * fraction }
}
