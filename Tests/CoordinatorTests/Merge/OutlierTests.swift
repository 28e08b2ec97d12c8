import Shared
import Testing

@testable import Coordinator

@Suite struct OutlierTests {
  private func shard(_ index: Int, p95: Double, samples: Int = 1000) -> Outlier.Shard {
    var durations = Histogram()
    // Of every twenty samples one is at the p95 or above it.
    durations.record(p95 / 2, count: UInt64(samples * 94 / 100))
    durations.record(p95, count: UInt64(samples - samples * 94 / 100))
    return Outlier.Shard(index: index, p95: durations.value(at: 0.95), durations: durations)
  }

  private func outliers(_ shards: [Outlier.Shard]) -> [Outlier] {
    var merged = Histogram()
    for shard in shards { merged.merge(shard.durations) }
    return Outlier.among(shards, merged: merged)
  }

  @Test func `a shard more than 15 % from the median is named, with what would be without it`() {
    let shards = [500, 498, 495, 1210, 503].enumerated().map { shard($0.offset, p95: $0.element) }
    let found = outliers(shards)
    #expect(found.map(\.index) == [3])
    #expect(
      found.map(\.sentence) == [
        "shard 3 stands apart: p95 1210 ms, the median of the shards is 500 ms; without it the p95 would be 495 ms"
      ])
    var others = Histogram()
    for shard in shards where shard.index != 3 { others.merge(shard.durations) }
    #expect(found[0].p95Without == others.value(at: 0.95))
  }

  @Test(arguments: [
    ([100.0, 100, 114], [Int]()), ([100, 100, 116], [2]), ([100, 100, 84], [2]), ([100, 100, 86], []),
    ([100, 200], []), ([100, 104, 300, 20], [2, 3]),
  ])
  func `below and above count alike, from three shards on`(p95s: [Double], expected: [Int]) {
    #expect(outliers(p95s.enumerated().map { shard($0.offset, p95: $0.element) }).map(\.index) == expected)
  }

  @Test func `shards with fewer than 1,000 samples are not compared, and still are part of the whole`() {
    let three = [shard(0, p95: 100), shard(1, p95: 100)]
    #expect(outliers(three + [shard(2, p95: 300, samples: 999)]).isEmpty)
    let found = outliers(three + [shard(2, p95: 300), shard(3, p95: 900, samples: 999)])
    #expect(found.map(\.index) == [2])
    #expect(found[0].p95Without.map { $0 > 400 } == true, "a third of what is left takes 450 ms or more")
  }

  @Test func `a thousand shards cost little`() {
    let shards = (0..<1000).map { index in
      var durations = Histogram()
      // A third of them stands apart.
      let centre = index % 3 == 0 ? 300.0 : 100
      for sample in 0..<2000 { durations.record(centre + Double(sample % 500) / 10) }
      return Outlier.Shard(index: index, p95: durations.value(at: 0.95), durations: durations)
    }
    var found: [Outlier] = []
    let took = ContinuousClock().measure { found = outliers(shards) }
    #expect(found.count == 334)
    // 0.2 s where it was measured, debug build; every histogram merged for every shard would take minutes.
    #expect(took < .seconds(20), "\(took)")
  }

  @Test func `a run names the shard that stands apart in its report and in its result`() throws {
    let shards = try (0..<3).map { index -> ShardOutcome in
      var durations = TrendAggregate(limits: [800])
      for sample in 0..<1000 { durations.record((index == 1 ? 900 : 300) + Double(sample) / 10) }
      let record = SeriesRecord(
        metric: "http_req_duration", contains: .time, tags: [:], aggregate: .trend(durations))
      return .complete(
        try MeasuredShard(
          Samples.summary(
            shard: index, of: 3, metrics: [record],
            submetrics: [.init(selector: "http_req_duration", series: record)])))
    }
    let result = RunResult(
      plan: Samples.plan(shards: 3), outcomes: shards, thresholds: [], problem: nil,
      finishedAt: Samples.instant(120))
    #expect(result.outliers.map(\.index) == [1])
    #expect(RunReport(result: result, store: nil).text.contains("\n\(result.outliers[0].sentence)\n"))
    let json = String(decoding: try encoded(ResultDocument(result)), as: UTF8.self)
    for member in ["\"outliers\"", "\"index\" : 1", "\"p95_ms\"", "\"median_ms\"", "\"p95_without_ms\""] {
      #expect(json.contains(member), "\(member)")
    }
  }
}
