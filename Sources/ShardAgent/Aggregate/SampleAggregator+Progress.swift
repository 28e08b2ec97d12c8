import Shared

extension SampleAggregator {
  func progress(
    _ shard: ShardIdentity, at: UTCInstant, startedAt: UTCInstant, phase: ShardProgress.Phase,
    loadStartedAt: UTCInstant?, vus: Double
  ) -> ShardProgress {
    var requests = CounterAggregate()
    var iterations = CounterAggregate()
    var failed = RateAggregate()
    var durations = TrendAggregate()
    if case .counter(let total)? = total("http_reqs") { requests = total }
    if case .counter(let total)? = total("iterations") { iterations = total }
    if case .rate(let total)? = total("http_req_failed") { failed = total }
    if case .trend(let total)? = total("http_req_duration") { durations = total }
    return ShardProgress(
      shard: shard, at: at, startedAt: startedAt, phase: phase, loadStartedAt: loadStartedAt, vus: vus,
      requests: requests.count,
      failedRequests: failed.passes,
      iterations: iterations.count, requestsPerSecond: requests.overTime.perSecond,
      durations: durations.histogram)
  }
}
