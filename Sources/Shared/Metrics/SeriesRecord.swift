/// More than any shard can take in, and few enough that the counts of 10,000 shards add up in 64 bits.
package let mostSamples: UInt64 = 1 << 50

/// An aggregate as it stands in `summary.json` and `result.json`: one flat object, members by type.
///
/// Units are k6's: milliseconds for times, bytes for data. `sum` is the rounded sum for reading, `sum_exact`
/// the one that merges.
package struct SeriesRecord: Codable, Sendable, Equatable {
  package let metric: String
  package let type: MetricType
  package let contains: MetricContains
  package let tags: [String: String]
  package let count: UInt64
  private var sum: Double?
  private var sumExact: String?
  private var min: Double?
  private var max: Double?
  private var passes: UInt64?
  private var last: GaugeAggregate.Last?
  private var perSecond: [Double]?
  private var overTime: CountsOverTime?
  private var histogram: Histogram?
  private var limits: [LimitCounts]?

  private enum CodingKeys: String, CodingKey {
    case metric, type, contains, tags, count, sum, min, max, passes, last, histogram, limits
    case sumExact = "sum_exact"
    case perSecond = "per_second"
    case overTime = "per_tenth_second"
  }

  package init(
    metric: String, contains: MetricContains, tags: [String: String], aggregate: Aggregate,
    withCountsOverTime: Bool = true
  ) {
    (self.metric, self.contains, self.tags) = (metric, contains, tags)
    (type, count) = (aggregate.type, aggregate.count)
    switch aggregate {
    case .counter(let counter):
      (sum, sumExact) = (counter.sum.value, counter.sum.text)
      overTime = withCountsOverTime ? counter.overTime : nil
    case .gauge(let gauge):
      (min, max, last, perSecond) = (gauge.min, gauge.max, gauge.last, gauge.perSecond)
    case .rate(let rate):
      passes = rate.passes
    case .trend(let trend):
      (sum, sumExact, min, max) = (trend.sum.value, trend.sum.text, trend.min, trend.max)
      (histogram, limits) = (trend.histogram, trend.limits.isEmpty ? nil : trend.limits)
    }
  }

  package var hasCountsOverTime: Bool { overTime != nil }

  /// What thresholds are judged by while the load runs: without the histogram, and without what grows with the time.
  package var standing: SeriesRecord {
    var record = self
    (record.histogram, record.perSecond, record.overTime) = (nil, nil, nil)
    return record
  }

  /// - Parameter isStanding: a trend's histogram may be missing.
  /// - Throws: ``RecordContradiction`` when the members cannot belong together.
  package func aggregate(isStanding: Bool = false) throws(RecordContradiction) -> Aggregate {
    guard count < mostSamples else { throw contradiction("the count is more than any shard can reach") }
    switch type {
    case .counter:
      var counter = CounterAggregate()
      (counter.count, counter.sum) = (count, try exactSum())
      counter.overTime = overTime ?? CountsOverTime()
      return .counter(counter)
    case .gauge:
      guard (last == nil) == (count == 0) else { throw contradiction("last does not go with the count") }
      var gauge = GaugeAggregate()
      (gauge.count, gauge.min, gauge.max, gauge.last, gauge.perSecond) = (count, min, max, last, perSecond)
      return .gauge(gauge)
    case .rate:
      guard let passes, passes <= count else {
        throw contradiction("passes are missing or more than the count")
      }
      var rate = RateAggregate()
      (rate.count, rate.passes) = (count, passes)
      return .rate(rate)
    case .trend: return .trend(try trend(needsHistogram: !isStanding || histogram != nil))
    }
  }

  private func trend(needsHistogram: Bool) throws(RecordContradiction) -> TrendAggregate {
    var trend = TrendAggregate()
    (trend.count, trend.sum, trend.min, trend.max) = (count, try exactSum(), min, max)
    trend.histogram = histogram ?? Histogram()
    trend.limits = limits ?? []
    guard (min == nil) == (count == 0), (max == nil) == (count == 0), min ?? 0 <= max ?? 0 else {
      throw contradiction("min and max do not go with the count")
    }
    guard !needsHistogram || trend.histogram.agrees(count: count, min: min, max: max) else {
      throw contradiction("the histogram is not of these samples: its count, smallest or largest differs")
    }
    for limit in trend.limits {
      if limit.count != count {
        throw contradiction("the counts of limit \(limit.limit) are not of all samples")
      }
      if let reason = limit.contradiction { throw contradiction("limit \(limit.limit): \(reason)") }
    }
    return trend
  }

  private func exactSum() throws(RecordContradiction) -> ExactSum {
    guard let text = sumExact, let sum = ExactSum(text: text) else {
      throw contradiction("sum_exact is missing or unreadable")
    }
    return sum
  }

  private func contradiction(_ what: String) -> RecordContradiction {
    RecordContradiction(metric: metric, tags: tags, what: what)
  }
}

package struct RecordContradiction: Error, CustomStringConvertible {
  let metric: String
  let tags: [String: String]
  let what: String

  package init(metric: String, tags: [String: String], what: String) {
    (self.metric, self.tags, self.what) = (metric, tags, what)
  }

  package var description: String {
    let list = tags.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    return "metric \(metric){\(list)}: \(what)"
  }
}
