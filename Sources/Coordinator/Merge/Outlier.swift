import Shared

/// A shard whose `http_req_duration` stands apart from the others': its own machine or network, or what it was served,
/// is not like theirs.
struct Outlier: Sendable, Equatable {
  let index: Int
  let p95: Double
  /// Of the p95s of the shards that are compared.
  let median: Double
  /// What the p95 of the run would be without this shard.
  let p95Without: Double?

  struct Shard: Sendable {
    let index: Int
    let p95: Double?
    let durations: Histogram
  }

  /// Of ten like shards with 300 samples each, one is more than 15 % from the median every tenth time; with 600,
  /// every 140th; with 1,200, never in 400.
  private static let distance = 0.15
  private static let fewestSamples: UInt64 = 1000
  private static let fewestShards = 3

  /// - Parameter merged: of all shards, those included that have too few samples to be compared.
  static func among(_ shards: [Shard], merged: Histogram) -> [Outlier] {
    let compared = shards.compactMap { shard in
      shard.p95.flatMap { shard.durations.count >= fewestSamples ? (shard: shard, p95: $0) : nil }
    }
    guard compared.count >= fewestShards else { return [] }
    let median = Coordinator.median(compared.map(\.p95))
    return compared.filter { abs($0.p95 - median) > distance * median }.map { shard, p95 in
      Outlier(
        index: shard.index, p95: p95, median: median,
        p95Without: merged.subtracting(shard.durations).value(at: 0.95))
    }
  }
}

extension Outlier {
  /// `shard 3 stands apart: p95 1210 ms, the median of the shards is 498 ms; without it the p95 would be 503 ms`
  var sentence: String {
    func shown(_ value: Double) -> String {
      "\(trimmed(value, digits: value < 10 ? 2 : value < 100 ? 1 : 0)) ms"
    }
    let without = p95Without.map { "; without it the p95 would be \(shown($0))" } ?? ""
    return
      "shard \(index) stands apart: p95 \(shown(p95)), the median of the shards is \(shown(median))\(without)"
  }
}

extension Outlier: Codable {
  private enum CodingKeys: String, CodingKey {
    case index
    case p95 = "p95_ms"
    case median = "median_ms"
    case p95Without = "p95_without_ms"
  }
}
