/// k6's percentile over all samples, written from its source (metrics.TrendSink.P, k6 1.1) and held against real k6
/// by the end-to-end tests: the oracle of the exactness tests.
package func k6Percentile(_ samples: [Double], _ quantile: Double) -> Double {
  let sorted = samples.sorted()
  switch sorted.count {
  case 0: return 0
  case 1: return sorted[0]
  default:
    let position = quantile * (Double(sorted.count) - 1.0)
    let lower = sorted[Int(position.rounded(.down))]
    let upper = sorted[Int(position.rounded(.up))]
    return lower + (upper - lower) * (position - position.rounded(.down))
  }
}
