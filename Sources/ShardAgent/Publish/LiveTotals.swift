import Shared

/// What the live metrics need of everything measured so far. The difference of two is what arrived in between, so the
/// documents of a run add up to its summary, and a sample costs nothing more.
struct LiveTotals: Sendable, Equatable {
  static let counters = ["http_reqs", "iterations", "dropped_iterations", "data_sent", "data_received"]
  static let rates = ["http_req_failed", "checks"]

  /// k6 does not say that it counted nothing.
  var sums: [String: Double] = [:]
  var rates: [String: RateAggregate] = [:]
  /// `http_req_duration`, in milliseconds.
  var durations = Histogram()
  /// k6's latest word.
  var vus: Double?

  init() {}

  init(isLoadOver: Bool = false, _ total: (_ metric: String) -> Aggregate?) {
    for name in Self.counters {
      if case .counter(let counter)? = total(name) { sums[name] = counter.sum.value }
    }
    for name in Self.rates { if case .rate(let rate)? = total(name) { rates[name] = rate } }
    if case .trend(let trend)? = total("http_req_duration") { durations = trend.histogram }
    if case .gauge(let gauge)? = total("vus") { vus = isLoadOver ? 0 : gauge.last?.value }
  }

  func since(_ earlier: LiveTotals) -> LiveTotals {
    var window = self
    for (name, sum) in earlier.sums { window.sums[name, default: 0] -= sum }
    for (name, before) in earlier.rates {
      window.rates[name]?.count -= before.count
      window.rates[name]?.passes -= before.passes
    }
    window.durations = durations.subtracting(earlier.durations)
    return window
  }
}
