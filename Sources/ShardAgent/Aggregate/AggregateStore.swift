import Shared

/// Aggregates of all types, each in an array of its own type, so that a sample changes one in place.
struct AggregateStore {
  struct Reference {
    let type: MetricType
    let index: Int
  }

  private var counters: [CounterAggregate] = []
  private var gauges: [GaugeAggregate] = []
  private var rates: [RateAggregate] = []
  private var trends: [TrendAggregate] = []

  mutating func add(_ type: MetricType, limits: [Double] = []) -> Reference {
    switch type {
    case .counter:
      counters.append(CounterAggregate())
      return Reference(type: type, index: counters.count - 1)
    case .gauge:
      gauges.append(GaugeAggregate())
      return Reference(type: type, index: gauges.count - 1)
    case .rate:
      rates.append(RateAggregate())
      return Reference(type: type, index: rates.count - 1)
    case .trend:
      trends.append(TrendAggregate(limits: limits))
      return Reference(type: type, index: trends.count - 1)
    }
  }

  /// - Parameter since: nanoseconds from the start instant.
  mutating func record(
    _ value: Double, at time: UTCInstant, since: Int64, isSummed: Bool, in place: Reference
  ) {
    switch place.type {
    case .counter: counters[place.index].record(value, at: since)
    case .gauge where isSummed:
      gauges[place.index].recordSummed(value, at: time, second: since / 1_000_000_000)
    case .gauge: gauges[place.index].record(value, at: time)
    case .rate: rates[place.index].record(value)
    case .trend: trends[place.index].record(value)
    }
  }

  subscript(place: Reference) -> Aggregate {
    switch place.type {
    case .counter: .counter(counters[place.index])
    case .gauge: .gauge(gauges[place.index])
    case .rate: .rate(rates[place.index])
    case .trend: .trend(trends[place.index])
    }
  }
}
