import Shared

/// What a shard has been through so far, as k6 has said.
struct LoadTimes: Sendable {
  /// The run's instant, from which seconds and tenths are counted.
  let startAt: UTCInstant
  let startedAt: UTCInstant
  let phase: ShardProgress.Phase
  let loadStartedAt: UTCInstant?
  let loadEndedAt: UTCInstant?

  /// k6 writes five times a second: what is younger than this may not have been read yet.
  private static let unread = 0.3

  /// The whole seconds of the load that have been read, the last ten. A first one that began a tenth late counts.
  func recentSeconds(_ now: UTCInstant) -> Range<Int> {
    guard let loadStartedAt else { return 0..<0 }
    let first = max(0, (loadStartedAt.seconds(since: startAt) - 0.1).rounded(.up))
    let end = max(first, (now.seconds(since: startAt) - Self.unread).rounded(.down))
    guard end < 1e9 else { return 0..<0 }
    return max(Int(first), Int(end) - RecentRequests.most)..<Int(end)
  }

  /// The whole tenths of a second of the load that have been read; `nil` before there is one.
  func loadTenths(_ now: UTCInstant) -> Range<Int>? {
    guard let loadStartedAt else { return nil }
    let end = loadEndedAt ?? now.advanced(bySeconds: -Self.unread)
    return CountsOverTime.wholeTenths(from: loadStartedAt, to: end, since: startAt)
  }
}

extension SampleAggregator {
  func progress(_ shard: ShardIdentity, at: UTCInstant, _ times: LoadTimes, vus: Double) -> ShardProgress {
    var requests = CounterAggregate()
    var iterations = CounterAggregate()
    var failed = RateAggregate()
    var durations = TrendAggregate()
    if case .counter(let total)? = total("http_reqs", overTime: false) { requests = total }
    if case .counter(let total)? = total("iterations", overTime: false) { iterations = total }
    if case .rate(let total)? = total("http_req_failed") { failed = total }
    if case .trend(let total)? = total("http_req_duration") { durations = total }
    let seconds = times.recentSeconds(at)
    return ShardProgress(
      shard: shard, at: at, startedAt: times.startedAt, phase: times.phase,
      loadStartedAt: times.loadStartedAt,
      loadEndedAt: times.loadEndedAt, vus: vus, requests: requests.count, failedRequests: failed.passes,
      iterations: iterations.count,
      recent: RecentRequests(
        firstSecond: seconds.lowerBound, requests: sums("http_reqs", inSeconds: seconds)),
      durations: durations.histogram, submetrics: standings(over: times.loadTenths(at)),
      infiniteMetrics: health.infiniteMetrics.filter { name in
        routes.metrics.contains { $0.name == name && !$0.submetrics.isEmpty }
      })
  }

  private func standings(over tenths: Range<Int>?) -> [ShardProgress.Submetric] {
    routes.metrics.flatMap { metric in
      metric.submetrics.map { submetric in
        let aggregate = routes.aggregates[submetric.place]
        var rate: Double?
        if case .counter(let counter) = aggregate, let tenths { rate = counter.overTime.rate(tenths) }
        let name = gateName(submetric.selector)
        return ShardProgress.Submetric(
          selector: name.text,
          series: SeriesRecord(
            metric: metric.name, contains: metric.contains, tags: name.tags,
            aggregate: aggregate,
            withCountsOverTime: false
          ).standing, rate: rate)
      }
    }
  }
}
