import Shared

extension NightDetails {
  static let quantiles = [
    0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.965, 0.98, 0.99, 0.995, 0.998, 0.999,
  ]

  /// - Throws: ``RecordContradiction`` for aggregates that cannot be.
  init(_ result: ResultDocument) throws {
    var durations: TrendAggregate?
    if case .trend(let trend)? = try result.aggregate("http_req_duration") { durations = trend }
    curve = Self.quantiles.compactMap { quantile in
      durations?.displayed(quantile: quantile).map { Point(quantile: quantile, value: $0) }
    }
    buckets = Self.condensed(durations?.histogram ?? Histogram())
    endpoints = try Self.endpoints(result)
    var p95s = [Double?](repeating: nil, count: result.plan.shardCount)
    for shard in result.shards where p95s.indices.contains(shard.index) { p95s[shard.index] = shard.p95 }
    shardP95s = p95s
    outliers = result.outliers.map(Self.sentence)
    limits = PageLimits(result.thresholds)
  }

  /// Neighbours are put together until there are at most some 300: a page's rows are wider.
  private static func condensed(_ histogram: Histogram) -> [Bucket] {
    let all = histogram.buckets
    var shift = 5  // 32 an octave
    while shift < 10, Set(all.map { $0.bucket >> shift }).count > 300 { shift += 1 }
    var condensed: [Bucket] = []
    var group: Int?
    for (bucket, count) in all {
      let (low, high) = ((bucket >> shift) << shift, ((bucket >> shift) + 1) << shift)
      let before = group == low ? condensed.removeLast().count : 0
      group = low
      condensed.append(
        Bucket(low: Histogram.edge(low), high: Histogram.edge(high), count: before + Double(count)))
    }
    return condensed
  }

  private static func sentence(_ outlier: Outlier) -> String {
    let without = outlier.p95Without.map { "; without it the p95 would be \(PageText.msUnit($0))" } ?? ""
    return "Shard \(outlier.index) stands apart: p95 \(PageText.msUnit(outlier.p95)) "
      + "against \(PageText.ms(outlier.median)) for the rest\(without)"
  }
}

// MARK: - endpoints

extension NightDetails {
  /// Of what has no name, or came when there was no room for one more.
  private static let rest = "other"

  private static func endpoints(_ result: ResultDocument) throws -> [Endpoint] {
    let requests = try byName("http_reqs", result)
    let durations = try byName("http_req_duration", result)
    let failures = try byName("http_req_failed", result)
    let names = Set(requests.keys).union(durations.keys)
    guard names != [rest] else { return [] }  // the whole, which is said already
    let counts = requests.isEmpty ? durations : requests
    let total = counts.values.reduce(0) { $0 + Double($1.count) }
    return names.sorted().map { name in
      var p95: Double?
      if case .trend(let trend)? = durations[name] { p95 = trend.displayed(quantile: 0.95) }
      var errorRate: Double?
      if case .rate(let rate)? = failures[name] { errorRate = rate.share }
      let count = counts[name].map { Double($0.count) } ?? 0
      return Endpoint(name: name, share: total > 0 ? count / total : 0, p95: p95, errorRate: errorRate)
    }
  }

  private static func byName(_ metric: String, _ result: ResultDocument) throws -> [String: Aggregate] {
    var aggregates: [String: Aggregate] = [:]
    for series in result.metrics where series.metric == metric {
      let isOverflow = series.tags["k6_grid"] != nil
      let name = isOverflow ? rest : series.tags["name"] ?? rest
      let part = try series.aggregate()
      guard var sum = aggregates[name] else {
        aggregates[name] = part
        continue
      }
      guard sum.merge(part) else {
        throw RecordContradiction(metric: metric, tags: series.tags, what: "its series are not of one type")
      }
      aggregates[name] = sum
    }
    return aggregates
  }
}

// MARK: - limits

extension PageLimits {
  /// The strictest of those on a whole metric. A threshold that cannot be read, or asks for something else, sets none.
  init(_ thresholds: [ResultDocument.Threshold]) {
    for threshold in thresholds {
      guard let expression = try? ThresholdExpression(threshold.expression), expression.limit.isFinite,
        expression.limit > 0
      else { continue }
      add(expression, on: threshold.selector)
    }
  }

  private mutating func add(_ expression: ThresholdExpression, on selector: String) {
    let isCeiling = [.below, .atMost].contains(expression.comparison)
    let isFloor = [.above, .atLeast].contains(expression.comparison)
    let limit = expression.limit
    switch (selector, expression.method) {
    case ("http_req_duration", .percentile(95)) where isCeiling: p95 = min(p95 ?? limit, limit)
    case ("http_req_failed", .rate) where isCeiling: errorRate = min(errorRate ?? limit, limit)
    case ("http_reqs", .rate) where isFloor: requestRate = max(requestRate ?? limit, limit)
    default: break
    }
  }
}
