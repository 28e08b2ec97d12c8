import Shared

/// The figures by which shards are compared.
struct ShardFacts: Sendable {
  let requests: UInt64
  let failed: UInt64
  let p95: Double?
  /// How much later than the run's instant k6 had been let go, in seconds.
  let startLate: Double?

  init(_ outcome: ShardOutcome) {
    let alone = RunSummary(outcome.measured.map { [$0] } ?? [], plannedSeconds: nil)
    if case .counter(let counter)? = alone.metric("http_reqs") {
      requests = counter.count
    } else {
      requests = 0
    }
    if case .rate(let rate)? = alone.metric("http_req_failed") { failed = rate.passes } else { failed = 0 }
    if case .trend(let trend)? = alone.metric("http_req_duration") {
      p95 = trend.displayed(quantile: 0.95)
    } else {
      p95 = nil
    }
    startLate = outcome.summary.flatMap { summary in
      summary.startedAt.flatMap { started in summary.startAt.map { started.seconds(since: $0) } }
    }
  }
}
