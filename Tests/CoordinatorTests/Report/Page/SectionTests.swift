import Foundation
import Shared
import Testing

@testable import Coordinator

private let thin = PageText.thin

@Suite struct CurveViewTests {
  private func curve(_ facts: PageFacts, name: String = "Tonight") -> CurveView? {
    CurveView(facts, scale: Octaves(facts), name: name)
  }

  @Test func `a step is held against the last night before it`() throws {
    let view = try #require(curve(PageSamples.facts(60)))
    #expect(view.title == "Tonight against 18 November")
    #expect(view.thenName == "18 Nov")
    #expect(view.sentence.hasPrefix("The last usual night. The median moved +"))
    #expect(view.sentence.hasSuffix(": everything slower alike, which points to a host or the network."))
    #expect(view.isSlower && view.isAbove && view.hasThen && view.hasLimit)
  }

  /// What the two nights were, p50 and p95, and what is made of it.
  @Test(
    arguments: [
      (250.0, 640.0, "as alike as nights are"), (250, 700, "a slow path, not a slow host"),
      (280, 700, "everything slower alike, which points to a host or the network"), (200, 500, "faster"),
    ])
  func `how the percentiles moved says what it may be`(p50: Double, p95: Double, meaning: String) throws {
    let facts = PageSamples.facts(2) { before, record in
      (record.p50, record.p95) = before == 0 ? (p50, p95) : (250, 640)
    }
    let view = try #require(curve(facts))
    #expect(view.sentence.hasPrefix("The complete night before. "))
    #expect(view.sentence.hasSuffix(": \(meaning)."))
  }

  @Test func `without its result, or without samples, a night has no curve; without the other's, one line`()
    throws
  {
    #expect(
      curve(PageSamples.facts(3, details: { before, details in if before == 0 { details = nil } })) == nil)
    #expect(
      curve(PageSamples.facts(3, change: { before, record in if before == 0 { record.p95 = nil } })) == nil)
    let alone = try #require(
      curve(PageSamples.facts(3, details: { before, details in if before == 1 { details = nil } })))
    #expect(!alone.hasThen && alone.thenPath.isEmpty && alone.title == "Tonight, by percentile")
  }

  @Test func `without a limit there is no line of it, and the scale is around 800`() throws {
    var facts = PageSamples.facts(3)
    facts.limits = PageLimits()
    let view = try #require(CurveView(facts, scale: .ofEveryNight(facts), name: "22 Nov"))
    #expect(!view.hasLimit)
    #expect(view.scaleKey == "800.0/-4.0/3.0")
    #expect(view.yTicks.map(\.text).contains("800"))
  }

  @Test func `the labels at the lines' ends keep their distance`() throws {
    let view = try #require(curve(PageSamples.facts(2, withStep: false)))
    let (now, then) = (try #require(Double(view.nameY)), try #require(Double(view.thenNameY)))
    #expect(abs(now - then) >= 8.99)
  }
}

@Suite struct HeatViewTests {
  private func heat(_ facts: PageFacts) -> HeatView? { HeatView(facts, scale: Octaves(facts)) }

  /// Every cell that is drawn, with its level of twelve.
  private func cells(_ view: HeatView) throws -> [[Int]: Double] {
    var cells: [[Int]: Double] = [:]
    for path in view.paths {
      for match in path.path.matches(of: #/M(\d+) (\d+)h(\d+)/#) {
        let (column, row, run) = (Int(match.1)!, Int(match.2)!, Int(match.3)!)
        for x in column..<(column + run) {
          #expect(cells[[x, row]] == nil, "a cell is drawn once")
          cells[[x, row]] = Double(path.opacity)
        }
      }
    }
    return cells
  }

  @Test func `a column a night, a row where its requests landed, strongest where most did`() throws {
    var facts = PageSamples.facts(1)
    // All in the octave under the limit: of -4 to 3 octaves, it is rows 18.9 to 25.1 of 44.
    facts.nights[0].details = NightDetails(
      curve: [], buckets: [.init(low: 400, high: 800, count: 5)], endpoints: [], shardP95s: [], outliers: [],
      limits: PageSamples.limits)
    let view = try #require(HeatView(facts, scale: Octaves(800, -4, 3)))
    #expect((view.columnCount, view.rowCount) == ("7", "44"))
    let cells = try cells(view)
    #expect(Set(cells.keys.map { $0[0] }) == [6], "the last of the week's slots")
    #expect(Set(cells.keys.map { $0[1] }) == Set(18...25))
    #expect(cells[[6, 20]] == 1)
    #expect((cells[[6, 18]] ?? 1) < 1, "a bucket over a row's edge is split")
  }

  @Test func `nights without a result are empty, incomplete ones hatched`() throws {
    let facts = PageSamples.facts(
      30, change: { before, record in if before == 3 { record.verdict = .incomplete } },
      details: { before, details in if before == 5 { details = nil } })
    let view = try #require(heat(facts))
    let columns = Set(try cells(view).keys.map { $0[0] })
    #expect(columns == Set(0..<30).subtracting([24]))
    #expect(view.hatches.map(\.x) == ["86.67"])
    #expect(view.p95Path.count { $0 == "M" } == 2, "the line has a gap there")
  }

  @Test func `without any result there is no map`() {
    #expect(heat(PageSamples.facts(9, details: { _, details in details = nil })) == nil)
  }

  @Test func `a step of these days is said`() throws {
    #expect(
      try #require(heat(PageSamples.facts(60))).sentence.hasSuffix(
        "From 19 November the upper edge climbs past the limit."))
    #expect(try #require(heat(PageSamples.facts(60, withStep: false))).sentence.hasSuffix("more requests."))
  }
}

@Suite struct EndpointsViewTests {
  private func facts(_ names: [String], slower: Double = 1.5) -> PageFacts {
    PageSamples.facts(
      30, withStep: false,
      details: { before, details in
        details = PageSamples.details(p95: 640, endpoints: names, slower: before == 0 ? slower : 1)
      })
  }

  @Test func `what moved most comes first, the rest is cut and said`() throws {
    let names = ["b moves"] + (0..<199).map { "GET /\($0)" }
    let view = try #require(EndpointsView(facts(names), nowName: "Tonight", most: 12))
    #expect(view.rows.count == 12)
    #expect(view.rows[0].name == "b moves")
    #expect((view.rows[0].then, view.rows[0].now, view.rows[0].change) == ("640", "960", "+50\(thin)%"))
    #expect((view.rows[0].isSlower, view.rows[0].barX, view.rows[0].barWidth) == (true, "50", "50"))
    #expect(view.rows[1].change == "0\(thin)%")
    #expect(
      view.more
        == "188 more endpoints weigh less; the largest change among them is 0\(thin)%. All are in the run’s files."
    )
    #expect(view.thenName == "21 Nov")
  }

  @Test func `an endpoint that was not there before is new, unless nothing is known of before`() throws {
    var known = facts(["a"])
    known.nights[29].details = PageSamples.details(p95: 640, endpoints: ["a", "z"])
    #expect(EndpointsView(known, nowName: "Tonight", most: 12)?.rows.map(\.change) == ["0\(thin)%", "new"])
    known.nights[28].details = nil
    #expect(EndpointsView(known, nowName: "Tonight", most: 12)?.rows.map(\.change) == ["–", "–"])
    #expect(EndpointsView(PageSamples.facts(1), nowName: "Tonight", most: 12)?.thenName == "before")
  }

  @Test func `a faster endpoint's bar ends in the middle`() throws {
    let row = try #require(
      EndpointsView(facts(["a", "b"], slower: 0.9), nowName: "Tonight", most: 12)?.rows.first)
    #expect((row.barX, row.barWidth, row.change, row.isSlower) == ("30", "20", "−10\(thin)%", false))
  }

  @Test func `without endpoints there is no table`() {
    #expect(EndpointsView(facts([]), nowName: "Tonight", most: 12) == nil)
  }
}

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
