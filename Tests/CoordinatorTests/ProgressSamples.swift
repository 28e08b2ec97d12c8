import Shared

@testable import Coordinator

/// A shard's progress, from its samples on: what its agent would have written.
struct ShardSamples {
  var index = 0
  var count = 3
  var attempt = 1
  var nonce = "nonce"
  var task = "pid-1"
  var at = 110.0
  var phase = ShardProgress.Phase.running
  var loadStartedAt: Double? = 100
  var vus = 4.0
  var recent = [10.0, 10, 10]
  /// In milliseconds; so many requests there are.
  var durations: [Double] = (1...100).map(Double.init)
  var failed = 1
  /// By selector; of percentiles the limits.
  var submetrics: [(selector: String, aggregate: Aggregate, rate: Double?)] = []
  var infiniteMetrics: [String] = []

  var identity: ShardIdentity {
    ShardIdentity(
      run: Samples.run, nonce: nonce, index: index, count: count, attempt: attempt, task: task)
  }

  var progress: ShardProgress {
    get throws {
      var histogram = Histogram()
      for value in durations { histogram.record(value) }
      return ShardProgress(
        shard: identity, at: Samples.instant(at), startedAt: Samples.instant(100), phase: phase,
        loadStartedAt: loadStartedAt.map(Samples.instant),
        loadEndedAt: phase == .ended ? Samples.instant(at) : nil,
        vus: phase == .ended ? 0 : vus, requests: UInt64(durations.count), failedRequests: UInt64(failed),
        iterations: UInt64(durations.count),
        recent: RecentRequests(firstSecond: max(0, Int(at - 100) - recent.count), requests: recent),
        durations: histogram, submetrics: try submetrics.map(record), infiniteMetrics: infiniteMetrics)
    }
  }

  private func record(_ selector: String, _ aggregate: Aggregate, _ rate: Double?) throws
    -> ShardProgress.Submetric
  {
    let parsed = try MetricSelector(selector)
    return ShardProgress.Submetric(
      selector: selector,
      series: SeriesRecord(
        metric: parsed.metric, contains: aggregate.type == .trend ? .time : .default, tags: parsed.tags,
        aggregate: aggregate
      ).standing, rate: rate)
  }

  /// Over the wire.
  func standing(isGone: Bool = false) throws -> ShardStanding {
    let wire = try decoded(ShardProgress.self, from: encoded(progress), name: "wire")
    return ShardStanding(word: .heard(try MeasuredProgress(wire)), isGone: isGone)
  }
}

extension Samples {
  static func rate(_ passes: Int, of count: Int) -> Aggregate {
    var rate = RateAggregate()
    for sample in 0..<count { rate.record(sample < passes ? 1 : 0) }
    return .rate(rate)
  }

  static func trend(_ samples: [Double], limits: [Double]) -> Aggregate {
    var trend = TrendAggregate(limits: limits)
    for sample in samples { trend.record(sample) }
    return .trend(trend)
  }

  static func counter(_ count: Int) -> Aggregate {
    var counter = CounterAggregate()
    for _ in 0..<count { counter.record(1) }
    return .counter(counter)
  }

  static func gauge(_ value: Double) -> Aggregate {
    var gauge = GaugeAggregate()
    gauge.record(value, at: instant(101))
    return .gauge(gauge)
  }

  static func progress(
    _ shards: [ShardStanding], _ thresholds: [(String, String)] = [], abort: Bool = false,
    delay: Double? = nil,
    at now: Double = 110, planned: Double? = 15
  ) throws -> GridProgress {
    GridProgress(
      run: run, startAt: instant(100), planned: planned, readAt: instant(now), shards: shards,
      thresholds: try thresholds.map {
        try GateThreshold(
          .init(selector: $0.0, expression: $0.1, abortOnFail: abort, delayAbortEval: delay), source: .script)
      })
  }
}
