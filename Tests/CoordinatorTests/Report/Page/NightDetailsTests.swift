import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct NightDetailsTests {
  private func document(
    _ metrics: [SeriesRecord]? = nil, shards: [ShardOutcome]? = nil, thresholds: [(String, String)] = []
  ) throws -> ResultDocument {
    let outcomes =
      try shards ?? [
        .complete(MeasuredShard(Samples.summary(metrics: metrics, submetrics: metrics == [] ? [] : nil)))
      ]
    return try ResultDocument(
      RunResult(
        plan: Samples.plan(shards: outcomes.count), outcomes: outcomes,
        thresholds: thresholds.map { try Samples.threshold($0.0, $0.1) }, finishedAt: Samples.instant(120)))
  }

  private func series(_ name: String?, _ values: [Double], failed: Int = 0, tags: [String: String] = [:])
    -> [SeriesRecord]
  {
    var requests = CounterAggregate()
    var durations = TrendAggregate()
    var failures = RateAggregate()
    for (index, value) in values.enumerated() {
      requests.record(1)
      durations.record(value)
      failures.record(index < failed ? 1 : 0)
    }
    let tags = tags.merging(name.map { ["name": $0] } ?? [:]) { $1 }
    return [
      SeriesRecord(metric: "http_reqs", contains: .default, tags: tags, aggregate: .counter(requests)),
      SeriesRecord(metric: "http_req_duration", contains: .time, tags: tags, aggregate: .trend(durations)),
      SeriesRecord(metric: "http_req_failed", contains: .default, tags: tags, aggregate: .rate(failures)),
    ]
  }

  @Test func `endpoints are by name, the nameless and those without room are the others`() throws {
    let metrics =
      series("GET /a", Array(repeating: 100, count: 60), failed: 6)
      + series("GET /b", Array(repeating: 200, count: 20))
      + series(nil, Array(repeating: 300, count: 10))
      + series("GET /c", Array(repeating: 300, count: 10), failed: 5, tags: ["k6_grid": "overflow"])
    let details = try NightDetails(document(metrics))
    #expect(
      details.endpoints == [
        .init(name: "GET /a", share: 0.6, p95: 100, errorRate: 0.1),
        .init(name: "GET /b", share: 0.2, p95: 200, errorRate: 0),
        .init(name: "other", share: 0.2, p95: 300, errorRate: 0.25),
      ])
  }

  @Test func `a run whose requests have no name has no endpoints`() throws {
    #expect(try NightDetails(document(series(nil, [1, 2, 3]))).endpoints.isEmpty)
  }

  /// Every sample is in one bucket, and the quantiles are those of the history's line.
  @Test func `buckets are few, in order, and hold all samples; the curve's p95 is the line's`() throws {
    let values = (0..<20_000).map { 0.002 * pow(1.001, Double($0)) }  // 29 octaves
    let result = try document(series("a", values))
    let details = try NightDetails(result)
    #expect(details.buckets.count <= 300)
    #expect(details.buckets.count > 100)
    #expect(details.buckets.reduce(0) { $0 + $1.count } == 20_000)
    for (bucket, next) in zip(details.buckets, details.buckets.dropFirst()) {
      #expect(bucket.high <= next.low)
    }
    for bucket in details.buckets {
      #expect(bucket.count == Double(values.count { $0 >= bucket.low && $0 < bucket.high }))
    }
    #expect(details.curve.map(\.quantile) == NightDetails.quantiles)
    #expect(details.curve.first { $0.quantile == 0.95 }?.value == (try HistoryRecord(result).p95))
    #expect(details.curve.map(\.value) == details.curve.map(\.value).sorted())
  }

  @Test func `a run without a request has no curve, and no crash`() throws {
    let details = try NightDetails(document([]))
    #expect(
      details
        == NightDetails(
          curve: [], buckets: [], endpoints: [], shardP95s: [nil], outliers: [], limits: PageLimits()))
  }

  @Test func `a missing shard has no p95, and keeps its place`() throws {
    let details = try NightDetails(
      document(shards: [
        .missing("shard 0 is missing: it was killed"),
        .complete(MeasuredShard(Samples.summary(shard: 1, of: 2))),
      ]))
    #expect(details.shardP95s.count == 2)
    #expect(details.shardP95s[0] == nil)
    #expect(details.shardP95s[1] != nil)
  }

  @Test(
    arguments: [
      ([("http_req_duration", "p(95)<800"), ("http_req_duration", "p(95)<=700")], PageLimits(p95: 700)),
      ([("http_req_failed", "rate<0.01"), ("http_req_failed", "rate<0.02")], PageLimits(errorRate: 0.01)),
      ([("http_reqs", "rate>1000"), ("http_reqs", "rate>=2000")], PageLimits(requestRate: 2000)),
      // Others are no limits of the page's figures.
      (
        [
          ("http_req_duration", "p(99)<800"), ("http_req_duration{name:a}", "p(95)<1"),
          ("http_req_duration", "p(95)>1"), ("http_req_failed", "rate>0.1"), ("http_reqs", "rate<5"),
          ("http_reqs", "count>5"), ("checks", "rate<0.5"), ("http_req_failed", "rate<=0"),
        ], PageLimits()
      ),
    ] as [([(String, String)], PageLimits)])
  func `limits are the strictest of the thresholds on a whole metric`(
    thresholds: [(String, String)], limits: PageLimits
  ) throws {
    #expect(try NightDetails(document(thresholds: thresholds)).limits == limits)
  }

  @Test func `aggregates that cannot be are refused`() throws {
    let bytes = try encoded(document(series("a", [1, 2, 3])))
    let text = String(decoding: bytes, as: UTF8.self)
    let broken = text.replacing(#/"passes" *: *0/#, with: "\"passes\":9")
    #expect(broken != text)
    let result = try decoded(ResultDocument.self, from: Array(broken.utf8), name: "result.json")
    #expect(throws: RecordContradiction.self) { try NightDetails(result) }
  }

  @Test func `a shard that stands apart is said with what the others have`() throws {
    let shards = try (0..<4).map { index in
      let values = (0..<1000).map { Double($0) / (index == 3 ? 1 : 2) }
      return ShardOutcome.complete(
        try MeasuredShard(Samples.summary(shard: index, of: 4, metrics: series("a", values), submetrics: [])))
    }
    let outliers = try NightDetails(document(shards: shards)).outliers
    #expect(outliers.count == 1)
    let thin = PageText.thin
    #expect(
      outliers.first?.hasPrefix(
        "Shard 3 stands apart: p95 949\(thin)ms against 475 for the rest; without it the p95 would be 475\(thin)ms"
      ) == true, "\(outliers)")
  }
}
