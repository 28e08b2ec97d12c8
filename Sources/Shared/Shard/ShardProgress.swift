/// `{run}/shard-{i}/progress.json`: where a shard stands, cumulative since its start, replaced every 2 s. Nothing in it
/// grows with the run's length.
package struct ShardProgress: Sendable, Codable {
  package let shard: ShardIdentity
  package let at: UTCInstant
  package let startedAt: UTCInstant
  package let phase: Phase
  /// When its VUs were at work; `nil` before.
  package let loadStartedAt: UTCInstant?
  package let loadEndedAt: UTCInstant?
  package let vus: Double
  package let requests: UInt64
  package let failedRequests: UInt64
  package let iterations: UInt64
  package let recent: RecentRequests
  /// `http_req_duration`, in milliseconds.
  package let durations: Histogram
  /// What each threshold's selector picked; of metrics that k6 has not named yet there is none.
  package let submetrics: [Submetric]
  /// The thresholds' metrics that have infinite samples.
  package let infiniteMetrics: [String]
  /// How the generator has fared so far.
  package var generator: GeneratorHealth?

  package enum Phase: String, Sendable, Codable { case setup, running, ended }

  package struct Submetric: Sendable, Codable {
    package let selector: String
    /// Without what grows, and without a histogram; see ``SeriesRecord/standing``.
    package let series: SeriesRecord
    /// Of a counter: its sum over its load so far, per second; `nil` while there is no whole tenth of a second of load.
    package let rate: Double?

    package init(selector: String, series: SeriesRecord, rate: Double?) {
      (self.selector, self.series, self.rate) = (selector, series, rate)
    }
  }

  package init(
    shard: ShardIdentity, at: UTCInstant, startedAt: UTCInstant, phase: Phase, loadStartedAt: UTCInstant?,
    loadEndedAt: UTCInstant?, vus: Double, requests: UInt64, failedRequests: UInt64, iterations: UInt64,
    recent: RecentRequests, durations: Histogram, submetrics: [Submetric] = [], infiniteMetrics: [String] = []
  ) {
    (self.shard, self.at, self.startedAt, self.vus) = (shard, at, startedAt, vus)
    (self.phase, self.loadStartedAt, self.loadEndedAt) = (phase, loadStartedAt, loadEndedAt)
    (self.requests, self.failedRequests, self.iterations) = (requests, failedRequests, iterations)
    (self.recent, self.durations) = (recent, durations)
    (self.submetrics, self.infiniteMetrics) = (submetrics, infiniteMetrics)
  }

  private enum CodingKeys: String, CodingKey {
    case shard, at, phase, vus, requests, iterations, recent, durations, submetrics, generator
    case startedAt = "started_at"
    case loadStartedAt = "load_started_at"
    case loadEndedAt = "load_ended_at"
    case failedRequests = "failed_requests"
    case infiniteMetrics = "infinite_metrics"
  }

  /// Figures that cannot have come from a run; `nil` when they can. Those of the submetrics are not looked at here.
  package var contradiction: String? {
    guard [requests, failedRequests, iterations].allSatisfy({ $0 < mostSamples }) else {
      return "a count is more than any shard can reach"
    }
    if failedRequests > requests { return "more requests failed than there were" }
    if !(vus >= 0 && vus.isFinite) { return "vus is no number of VUs" }
    let isConsistent =
      switch phase {
      case .setup: loadStartedAt == nil && loadEndedAt == nil
      case .running: loadStartedAt != nil && loadEndedAt == nil
      case .ended: loadEndedAt != nil
      }
    if !isConsistent {
      return "the phase \(phase.rawValue) does not go with load_started_at and load_ended_at"
    }
    return recent.contradiction
  }
}

/// Requests in each of the last whole seconds of a shard's load.
package struct RecentRequests: Sendable, Codable, Equatable {
  package static let most = 10
  /// Seconds since the run's start instant.
  package let firstSecond: Int
  package let requests: [Double]

  package init(firstSecond: Int, requests: [Double]) {
    (self.firstSecond, self.requests) = (firstSecond, requests)
  }

  private enum CodingKeys: String, CodingKey {
    case requests
    case firstSecond = "first_second"
  }

  /// Per second, over the last five; `nil` before there is a whole one.
  package var rate: Double? {
    let last = requests.suffix(5)
    return last.isEmpty ? nil : last.reduce(0, +) / Double(last.count)
  }

  fileprivate var contradiction: String? {
    if firstSecond < 0 { return "first_second is before the start" }
    if requests.count > Self.most { return "there are more than \(Self.most) recent seconds" }
    return requests.allSatisfy { $0 >= 0 && $0.isFinite } ? nil : "a recent second has no number of requests"
  }
}
