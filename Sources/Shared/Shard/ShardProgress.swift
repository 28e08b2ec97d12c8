/// `{run}/shard-{i}/progress.json`: where a shard stands, cumulative since its start, replaced every 2 s.
package struct ShardProgress: Sendable, Codable {
  package let shard: ShardIdentity
  package let at: UTCInstant
  package let startedAt: UTCInstant
  package let phase: Phase
  /// When its VUs were at work; `nil` before.
  package let loadStartedAt: UTCInstant?
  package let vus: Double
  package let requests: UInt64
  package let failedRequests: UInt64
  package let iterations: UInt64
  /// Requests in each second since the start.
  package let requestsPerSecond: [Double]
  /// `http_req_duration`, in milliseconds.
  package let durations: Histogram
  /// How the generator has fared so far.
  package var generator: GeneratorHealth?

  package enum Phase: String, Sendable, Codable { case setup, running, ended }

  package init(
    shard: ShardIdentity, at: UTCInstant, startedAt: UTCInstant, phase: Phase, loadStartedAt: UTCInstant?,
    vus: Double, requests: UInt64,
    failedRequests: UInt64, iterations: UInt64, requestsPerSecond: [Double], durations: Histogram
  ) {
    (self.shard, self.at, self.startedAt, self.vus) = (shard, at, startedAt, vus)
    (self.phase, self.loadStartedAt) = (phase, loadStartedAt)
    (self.requests, self.failedRequests, self.iterations) = (requests, failedRequests, iterations)
    (self.requestsPerSecond, self.durations) = (requestsPerSecond, durations)
  }

  private enum CodingKeys: String, CodingKey {
    case shard, at, phase, vus, requests, iterations, durations, generator
    case loadStartedAt = "load_started_at"
    case startedAt = "started_at"
    case failedRequests = "failed_requests"
    case requestsPerSecond = "requests_per_second"
  }
}
