import Shared
import Testing

@testable import Coordinator

private let thin = PageText.thin

@Suite struct ShardsViewTests {
  /// Of a failed night whose shards have these p95s.
  private func view(
    _ p95s: [Double?], outliers: [String] = [], verdict: Verdict = .fail, cpu: Double? = 61,
    limit: Double? = 800
  ) -> ShardsView? {
    var record = PageSamples.record(PageSamples.last, p95: 640, verdict)
    (record.shardsExpected, record.shardsReceived) = (p95s.count, p95s.count { $0 != nil })
    record.highestCPU = cpu
    let details = NightDetails(
      curve: [], buckets: [], endpoints: [], shardP95s: p95s, outliers: outliers, limits: PageLimits())
    return ShardsView(PageNight(record: record, range: nil, details: details), limit: limit)
  }

  @Test
  func
    `the generators are excused only when all reported, none stands apart, and their CPU is known to be calm`()
  {
    let alike = [640.0, 645, 650]
    let excuse = "The load generators are not the cause."
    #expect(view(alike)?.text == "3 of 3 reported, spread 2\(thin)%. \(excuse)")
    #expect(view(alike)?.title == "Shards agree")
    #expect(view(alike, cpu: nil)?.text == "3 of 3 reported, spread 2\(thin)%.")
    #expect(view(alike, cpu: 80)?.text.contains(excuse) == false)
    #expect(view(alike, verdict: .pass)?.text.contains(excuse) == false)
    #expect(view(alike + [nil])?.text.contains(excuse) == false)
    #expect(view(alike + [900])?.text == "4 of 4 reported, spread 40\(thin)%.")
    #expect(view(alike + [900])?.title == "Shards differ")
    #expect(
      view(alike, outliers: ["Shard 1 stands apart"])?.text
        == "3 of 3 reported, spread 2\(thin)%. Shard 1 stands apart.")
    #expect(view(alike, outliers: ["Shard 1 stands apart"])?.title == "A shard stands apart")
  }

  @Test func `missing shards are said, and the others drawn`() throws {
    let shown = try #require(view([640, nil, 650], verdict: .incomplete))
    #expect(shown.title == "Shards are missing")
    #expect(shown.text == "2 of 3 reported; without the others there is no verdict.")
    #expect(shown.dots.count == 2)
  }

  @Test func `of many that stand apart three are named`() {
    let text = view([640, 645, 650], outliers: ["a", "b", "c", "d", "e"])?.text
    #expect(text?.hasSuffix("a. b. c. 2 others too.") == true)
  }

  @Test func `one shard is compared with none, ten thousand are drawn as a hundred`() throws {
    #expect(view([640])?.text == "It reported; there is no other to compare it with.")
    let many = try #require(view((0..<10_000).map { 600 + Double($0) / 1000 }))
    #expect(many.dots.count == 100)
    #expect(
      many.text.hasPrefix("10,000 of 10,000 reported") && many.text.hasSuffix("100 dots stand for all."))
  }

  @Test func `without a p95 there is no strip, and a limit far off is not on it`() {
    #expect(view([nil, nil]) == nil)
    #expect(view([100, 101])?.hasLimit == false)
    #expect(view([640, 650])?.hasLimit == true)
    #expect(view([640, 650], limit: nil)?.hasLimit == false)
    #expect(view([0, 0]) != nil)
  }
}
