/// What the samples of one metric (or of those that a selector picks) became. Aggregates of shards merge into
/// what one k6 would have gathered; the order does not matter.
package enum Aggregate: Sendable, Equatable {
  case counter(CounterAggregate)
  case gauge(GaugeAggregate)
  case rate(RateAggregate)
  case trend(TrendAggregate)

  package init(_ type: MetricType) {
    switch type {
    case .counter: self = .counter(CounterAggregate())
    case .gauge: self = .gauge(GaugeAggregate())
    case .rate: self = .rate(RateAggregate())
    case .trend: self = .trend(TrendAggregate())
    }
  }

  package var type: MetricType {
    switch self {
    case .counter: .counter
    case .gauge: .gauge
    case .rate: .rate
    case .trend: .trend
    }
  }

  /// How many samples.
  package var count: UInt64 {
    switch self {
    case .counter(let counter): counter.count
    case .gauge(let gauge): gauge.count
    case .rate(let rate): rate.count
    case .trend(let trend): trend.count
    }
  }

  /// - Returns: false, and nothing is merged, when the types differ.
  package mutating func merge(_ other: Aggregate) -> Bool {
    switch (self, other) {
    case (.counter(var mine), .counter(let theirs)):
      mine.merge(theirs)
      self = .counter(mine)
    case (.gauge(var mine), .gauge(let theirs)):
      mine.merge(theirs)
      self = .gauge(mine)
    case (.rate(var mine), .rate(let theirs)):
      mine.merge(theirs)
      self = .rate(mine)
    case (.trend(var mine), .trend(let theirs)):
      mine.merge(theirs)
      self = .trend(mine)
    default: return false
    }
    return true
  }
}

package struct CounterAggregate: Sendable, Equatable {
  package var count: UInt64 = 0
  package var sum = ExactSum()
  package var overTime = CountsOverTime()

  package init() {}

  package mutating func record(_ value: Double) {
    count += 1
    sum.add(value)
  }

  /// `time`: nanoseconds since the start instant.
  package mutating func record(_ value: Double, at time: Int64) {
    record(value)
    overTime.add(value, atNanoseconds: time)
  }

  mutating func merge(_ other: CounterAggregate) {
    count += other.count
    sum.merge(other.sum)
    overTime.merge(other.overTime)
  }
}

package struct RateAggregate: Sendable, Equatable {
  package var count: UInt64 = 0
  /// How many samples were not zero. For `http_req_failed` these are the failed requests.
  package var passes: UInt64 = 0

  package init() {}

  package mutating func record(_ value: Double) {
    count += 1
    if value != 0 { passes += 1 }
  }

  mutating func merge(_ other: RateAggregate) {
    count += other.count
    passes += other.passes
  }

  /// - Returns: `nil` without samples.
  package var share: Double? { count == 0 ? nil : Double(passes) / Double(count) }
}

package struct TrendAggregate: Sendable, Equatable {
  package var count: UInt64 = 0
  package var sum = ExactSum()
  package var min: Double?
  package var max: Double?
  package var histogram = Histogram()
  /// One for each limit of a percentile threshold, in the order of the limits.
  package var limits: [LimitCounts]

  package init(limits: [Double] = []) {
    // All samples are finite: a limit that is not needs no counting.
    self.limits = Set(limits).filter(\.isFinite).sorted().map(LimitCounts.init)
  }

  package mutating func record(_ value: Double) {
    record([value], 0..<1)
  }

  /// Several at once: what they touch in memory is fetched side by side.
  package mutating func record(_ values: [Double], _ range: Range<Int>) {
    count += UInt64(range.count)
    guard !range.isEmpty else { return }
    sum.add(values, range)
    var (low, high) = (min ?? .infinity, max ?? -.infinity)
    for index in range {
      if values[index] < low { low = values[index] }
      if values[index] > high { high = values[index] }
    }
    (min, max) = (low, high)
    for limit in limits.indices {
      for index in range { limits[limit].record(values[index]) }
    }
    histogram.record(values, range)
  }

  /// Limits that only one of the two has are dropped: half of the counts decide nothing.
  mutating func merge(_ other: TrendAggregate) {
    count += other.count
    sum.merge(other.sum)
    min = [min, other.min].compactMap(\.self).min()
    max = [max, other.max].compactMap(\.self).max()
    histogram.merge(other.histogram)
    limits = limits.compactMap { mine in
      guard let theirs = other.limits.first(where: { $0.limit == mine.limit }) else { return nil }
      var merged = mine
      merged.merge(theirs)
      return merged
    }
  }

  package var average: Double? { count == 0 ? nil : sum.value / Double(count) }

  /// As k6 reads a percentile: between the two samples nearest to its rank. Those are taken from the histogram, within
  /// 0.05 % each; the smallest and the largest are exact. `nil` where no histogram was kept.
  package func displayed(quantile: Double) -> Double? {
    guard let min, let max, count > 0, histogram.value(rank: 0) != nil else { return nil }
    let last = Double(count - 1)
    let rank = Swift.min(Swift.max(quantile * last, 0), last)
    func sample(_ rank: Double) -> Double {
      if rank == 0 { return min }
      if rank == last { return max }
      let value = histogram.value(rank: UInt64(rank)) ?? max
      return Swift.min(Swift.max(value, min), max)
    }
    let (low, high) = (sample(rank.rounded(.down)), sample(rank.rounded(.up)))
    return low + (high - low) * (rank - rank.rounded(.down))
  }
}
