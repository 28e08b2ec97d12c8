import Shared

/// The requests of a shard, or those to one endpoint, in few response times that each stand for many.
struct DemoRequests: Sendable {
  /// Milliseconds.
  var durations: [Double] = []
  /// Of all that they stand for.
  var failed = 0

  mutating func add(_ other: DemoRequests) {
    durations += other.durations
    failed += other.failed
  }

  /// - Parameter seconds: over which they were sent evenly; `nil` where it was not counted.
  func records(weight: Int, seconds: Double? = nil, tags: [String: String] = [:]) -> [SeriesRecord] {
    let count = durations.count * weight
    var counter = CounterAggregate()
    counter.count = UInt64(count)
    counter.sum.add(Double(count))
    if let seconds { counter.spread(over: Int(seconds) * CountsOverTime.perSecond) }
    var failures = RateAggregate()
    (failures.count, failures.passes) = (UInt64(count), UInt64(min(failed, count)))
    return [
      SeriesRecord(
        metric: "http_reqs", contains: .default, tags: tags, aggregate: .counter(counter),
        withCountsOverTime: seconds != nil),
      SeriesRecord(
        metric: "http_req_duration", contains: .time, tags: tags, aggregate: .trend(trend(weight))),
      SeriesRecord(
        metric: "http_req_failed", contains: .default, tags: tags, aggregate: .rate(failures)),
    ]
  }

  private func trend(_ weight: Int) -> TrendAggregate {
    var trend = TrendAggregate(limits: [800])
    trend.count = UInt64(durations.count * weight)
    (trend.min, trend.max) = (durations.min(), durations.max())
    for duration in durations {
      trend.sum.add(duration)
      trend.histogram.record(duration, count: UInt64(weight))
      for limit in trend.limits.indices { trend.limits[limit].record(duration) }
    }
    // Twice as many every time: the weight is a power of two.
    for _ in 0..<weight.trailingZeroBitCount {
      trend.sum.merge(trend.sum)
      for limit in trend.limits.indices { trend.limits[limit].merge(trend.limits[limit]) }
    }
    return trend
  }
}

extension CounterAggregate {
  /// As many in every tenth of a second, the rest in the first ones.
  fileprivate mutating func spread(over tenths: Int) {
    let (each, rest) = Int(count).quotientAndRemainder(dividingBy: tenths)
    for tenth in 0..<tenths {
      overTime.add(Double(each + (tenth < rest ? 1 : 0)), atNanoseconds: Int64(tenth) * 100_000_000)
    }
  }
}
