import Shared

/// Aggregates of all types, each in an array of its own type, so that a sample changes one in place.
struct AggregateStore {
  struct Reference {
    fileprivate enum Kind { case counter, counterOverTime, gauge, summedGauge, rate, trend }
    fileprivate let kind: Kind
    fileprivate let index: Int
  }

  private var counters: [CounterAggregate] = []
  private var gauges: [GaugeAggregate] = []
  private var rates: [RateAggregate] = []
  private var trends: [TrendAggregate] = []
  /// Of each trend, the samples that wait to be recorded together: one by one, every sample would wait for its place in
  /// its histogram to come from memory.
  private var waiting: [Double] = []
  private var waitingCounts: [Int] = []
  private static let mostWaiting = 64

  /// - Parameter isOverTime: a counter whose sum is kept for every tenth of a second as well.
  /// - Parameter isSummed: a gauge that is kept for every second, to be summed over the shards.
  mutating func add(
    _ type: MetricType, limits: [Double] = [], isOverTime: Bool, isSummed: Bool
  ) -> Reference {
    switch type {
    case .counter:
      counters.append(CounterAggregate())
      return Reference(kind: isOverTime ? .counterOverTime : .counter, index: counters.count - 1)
    case .gauge:
      gauges.append(GaugeAggregate())
      return Reference(kind: isSummed ? .summedGauge : .gauge, index: gauges.count - 1)
    case .rate:
      rates.append(RateAggregate())
      return Reference(kind: .rate, index: rates.count - 1)
    case .trend:
      trends.append(TrendAggregate(limits: limits))
      waiting.append(contentsOf: repeatElement(0, count: Self.mostWaiting))
      waitingCounts.append(0)
      return Reference(kind: .trend, index: trends.count - 1)
    }
  }

  /// - Parameter since: nanoseconds from the start instant.
  mutating func record(_ value: Double, at time: UTCInstant, since: Int64, in place: Reference) {
    switch place.kind {
    case .counter: counters[place.index].record(value)
    case .counterOverTime:
      // What came before the start has no time in the run.
      if since < 0 {
        counters[place.index].record(value)
      } else {
        counters[place.index].record(value, at: since)
      }
    case .gauge: gauges[place.index].record(value, at: time)
    case .summedGauge: gauges[place.index].recordSummed(value, at: time, second: since / 1_000_000_000)
    case .rate: rates[place.index].record(value)
    case .trend: recordLater(value, place.index)
    }
  }

  @inline(__always) private mutating func recordLater(_ value: Double, _ trend: Int) {
    let count = waitingCounts[trend]
    waiting[trend * Self.mostWaiting + count] = value
    if count + 1 < Self.mostWaiting {
      waitingCounts[trend] = count + 1
    } else {
      waitingCounts[trend] = 0
      let first = trend * Self.mostWaiting
      trends[trend].record(waiting, first..<(first + Self.mostWaiting))
    }
  }

  private func trend(_ number: Int) -> TrendAggregate {
    var trend = trends[number]
    let first = number * Self.mostWaiting
    trend.record(waiting, first..<(first + waitingCounts[number]))
    return trend
  }

  subscript(place: Reference) -> Aggregate {
    switch place.kind {
    case .counter, .counterOverTime: .counter(counters[place.index])
    case .gauge, .summedGauge: .gauge(gauges[place.index])
    case .rate: .rate(rates[place.index])
    case .trend: .trend(trend(place.index))
    }
  }
}
