/// What the page shows of a stored run beyond its line in the history.
struct NightDetails: Sendable, Equatable {
  struct Point: Sendable, Equatable {
    let quantile: Double
    /// Milliseconds.
    let value: Double
  }

  struct Bucket: Sendable, Equatable {
    /// Milliseconds.
    let low, high: Double
    let count: Double
  }

  struct Endpoint: Sendable, Equatable {
    let name: String
    /// Of all requests, 0 to 1.
    let share: Double
    /// Milliseconds.
    let p95: Double?
    let errorRate: Double?
  }

  let curve: [Point]
  /// Of `http_req_duration`, ascending, not overlapping.
  let buckets: [Bucket]
  let endpoints: [Endpoint]
  /// By shard index.
  let shardP95s: [Double?]
  /// Sentences.
  let outliers: [String]
  let limits: PageLimits
}

/// The limits of the three bullets, where a run's thresholds have them.
struct PageLimits: Sendable, Equatable {
  /// Milliseconds.
  var p95: Double?
  var errorRate: Double?
  /// A floor, per second.
  var requestRate: Double?
}
