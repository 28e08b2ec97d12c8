import Shared
import Testing

@testable import Coordinator

@Suite struct PlotViewTests {
  private func plot(_ records: [HistoryRecord], count: Int = 30, limits: PageLimits = NightSamples.limits)
    -> PlotView
  {
    PlotView(PlotFrame(NightSamples.facts(records, limits: limits), count: count), id: "30", label: "30")
  }

  @Test(arguments: [
    (1, ["30"], [7]), (9, ["30"], [9]), (30, ["30"], [30]), (31, ["30", "all"], [30, 31]),
    (90, ["30", "all"], [30, 90]), (120, ["30", "90", "all"], [30, 90, 60]),
    (366, ["30", "90", "all"], [30, 90, 53]), (367, ["30", "90", "all"], [30, 90, 53]),
    (3650, ["30", "90", "all"], [30, 90, 60]),
  ])
  func `there are as many plots, and places to point at, as the history is long`(
    count: Int, ids: [String], hits: [Int]
  ) throws {
    let trend = try #require(TrendView(NightSamples.facts(NightSamples.calm(0..<count))))
    #expect(trend.plots.map(\.id) == ids && trend.plots.map(\.isFirst) == ids.map { $0 == "30" })
    #expect(trend.plots.map(\.hits.count) == hits)
    #expect(trend.hasRanges == (ids.count > 1))
    let isBucketed = count > 366
    #expect(trend.plots.last?.isBucketed == isBucketed && trend.footnotes.isEmpty == !isBucketed)
    #expect(trend.hasBand == (count >= 17))
    for plot in trend.plots {
      #expect(plot.hits.last?.isRun == true && plot.hits.last?.isRight == true)
      #expect(plot.end?.text == "630" && plot.limit?.text == "limit 800\u{202F}ms" && plot.farLimit == nil)
      #expect(!plot.linePath.isEmpty && plot.linePath.filter { $0 == "M" }.count == 1)
      #expect(plot.ribbonPath.isEmpty == !plot.isBucketed && (2...8).contains(plot.yTicks.count))
      #expect(
        plot.passPath.isEmpty == (plot.hits.count > 45 || plot.isBucketed || plot.id == "all" && count > 45))
      #expect(plot.linePath.split(separator: " ").count < 740)
    }
  }

  @Test func `before the first night there is no trend`() {
    #expect(TrendView(NightSamples.facts([])) == nil)
  }

  @Test(arguments: [(1, "1 so far"), (16, "16 so far")])
  func `the first nights say when there will be a band`(count: Int, end: String) throws {
    let trend = try #require(TrendView(NightSamples.facts(NightSamples.calm(0..<count))))
    #expect(trend.note == "usual range needs 17 complete nights, \(end)" && trend.plots[0].band == nil)
  }

  @Test func `one night stands in a week`() {
    let view = TrendView(NightSamples.facts(NightSamples.calm(0..<1)))
    #expect(view?.plots[0].linePath.hasPrefix("M929 ") == true)
    #expect(view?.plots[0].hits.map(\.isRun) == [false, false, false, false, false, false, true])
  }

  @Test func `a missing and an incomplete night are gaps, and the second is hatched`() {
    let incomplete = NightSamples.record(5, p95: 655, .incomplete) { $0.shardsReceived = 7 }
    let plot = plot(
      NightSamples.calm(0..<5) + [incomplete] + NightSamples.calm(6..<10) + NightSamples.calm(11..<30))
    #expect(plot.linePath.filter { $0 == "M" }.count == 3)
    #expect(plot.hatches.map(\.x) == ["80"] && plot.hatches.map(\.width) == ["3.33"])
    #expect(plot.marks.map(\.state) == ["incomplete"])
    #expect(plot.hits[19].isRun == false && plot.hits[19].tip.isEmpty && plot.hits[19].state == "none")
    #expect(
      plot.hits[24].tip.contains("17 Nov: Incomplete") && plot.hits[24].tip.hasSuffix("shards\t7 of 10"))
  }

  @Test func `without a newest complete night the line has no value at its end`() {
    #expect(plot(NightSamples.calm(1..<30) + [NightSamples.record(0, p95: nil, .incomplete)]).end == nil)
  }

  @Test func `a night's tip has its figures, a line each`() {
    let record = NightSamples.record(0, p95: 704) { $0.release = "v2.41\u{202E}" }
    let plot = plot(NightSamples.calm(1..<30) + [record])
    #expect(
      plot.hits[29].tip == """
        22 Nov: Pass
        p95\t704\u{202F}ms
        vs usual\t+10\u{202F}%
        p50 / p99\t282 / 1,056
        errors\t0.14\u{202F}%
        rate\t2,050/s
        release\tv2.41
        """)
    #expect(plot.releases.map(\.text) == ["v2.41"] && plot.hits[29].href == "night/2026-11-22/")
  }

  @Test func `a night of which nothing is known has no figures`() {
    let record = NightSamples.record(0, p95: nil, .incomplete) {
      ($0.errorRate, $0.requestRate, $0.shardsReceived) = (nil, nil, nil)
    }
    #expect(plot([record], count: 7).hits[6].tip == "22 Nov: Incomplete\nerrors\t–\nrate\t–")
  }

  @Test func `another test begins another band, and says so`() throws {
    let records = NightSamples.calm(0..<80).map { record in
      var record = record
      if NightSamples.newest.days(since: record.night) < 30 { record.profile = "two" }
      return record
    }
    let band = try #require(plot(records, count: 80).band)
    #expect(band.path.filter { $0 == "M" }.count == 2 && band.middle.filter { $0 == "M" }.count == 2)
    #expect(plot(records, count: 80).hits[50].tip.hasSuffix("\ntest\tchanged"))
    #expect(plot(records, count: 80).hits.filter { $0.tip.contains("changed") }.count == 1)
    let one = try #require(plot(NightSamples.calm(0..<80), count: 80).band)
    #expect(one.path.filter { $0 == "M" }.count == 1)
  }

  @Test func `a band reaches to the edges, and has few points`() throws {
    let band = try #require(plot(NightSamples.calm(0..<60)).band)
    #expect(
      band.middle.hasPrefix("M0 ") && band.middle.contains(" 1000 ") && band.hasLabel && band.labelX == "0")
    let long = try #require(plot(NightSamples.calm(0..<3650), count: 3650).band)
    #expect(!long.hasLabel && long.middle.split(separator: " ").count < 500)
  }

  @Test(arguments: [(2000.0, true), (1000, false), (100, false)])
  func `a limit out of reach is only told`(limit: Double, isFar: Bool) {
    let plot = plot(NightSamples.calm(0..<30), limits: PageLimits(p95: limit))
    #expect((plot.farLimit != nil) == isFar && (plot.limit != nil) == !isFar)
  }

  @Test func `without a limit there is no line`() {
    let plot = plot(NightSamples.calm(0..<30), limits: PageLimits())
    #expect(plot.limit == nil && plot.farLimit == nil)
  }

  @Test func `one night far above does not flatten the others`() {
    let plot = plot(
      NightSamples.calm(0..<10) + [NightSamples.record(10, p95: 5755)] + NightSamples.calm(11..<60), count: 60
    )
    #expect(plot.beyond.map(\.text) == ["5.76\u{202F}s"] && plot.beyond.map(\.isHidden) == [false])
    #expect((plot.yTicks.last?.text ?? "").count == 5 && plot.yTicks.allSatisfy { $0.text != "5\u{202F}s" })
  }

  @Test func `a step is marked where fewest points are`() throws {
    let step = try #require(plot(NightSamples.climb { before, record in record.release = "v\(before)" }).step)
    #expect(step.x == "90" && step.isLeft && step.title == "Step since 20 Nov")
    #expect(
      step.size == "+31\u{202F}% on the usual 640\u{202F}ms" && step.cause == "",
      "releases were not told before")
    #expect(plot(NightSamples.calm(0..<30)).step == nil)
    #expect(plot(NightSamples.climb(), count: 3).step == nil, "it began before the plot")
  }

  @Test func `steps that are over stay as marks`() {
    let up = (9..<14).map { NightSamples.record($0, p95: 840, .fail) }
    let plot = plot(NightSamples.calm(0..<9) + up + NightSamples.calm(14..<60))
    #expect(plot.step == nil && plot.pastSteps.map(\.text) == ["+31\u{202F}%"])
  }

  @Test func `groups of days lead to their worst night`() {
    let bad = [NightSamples.record(61, p95: 900, .fail), NightSamples.record(62, p95: 950, .fail)]
    let records = NightSamples.calm(0..<61) + bad + NightSamples.calm(63..<121)
    let hit = plot(records, count: 121).hits.first { $0.state == "fail" }
    #expect(hit?.href == "night/2026-09-21/")
    #expect(hit?.tip == "20 Sep – 22 Sep\nmedian\t900\u{202F}ms\nhighest\t950\u{202F}ms\nfail\t2\npass\t1")
  }

  @Test func `a long plot shows each bucket's worst`() {
    var records = NightSamples.calm(0..<800)
    records[400] = NightSamples.record(400, p95: 790, .degraded)
    records[401] = NightSamples.record(401, p95: 790, .fail)
    records.removeSubrange(600..<640)
    let plot = plot(records, count: 800)
    #expect(
      plot.degradedPath.filter { $0 == "M" }.count == 1 && plot.failPath.filter { $0 == "M" }.count == 1)
    #expect(plot.linePath.filter { $0 == "M" }.count == 2 && plot.ribbonPath.filter { $0 == "z" }.count == 2)
    #expect(plot.marks.isEmpty && plot.hatches.isEmpty && plot.releases.isEmpty)
  }

  @Test(arguments: [Double.infinity, 0, 1e15, 1e-9])
  func `odd figures draw something`(p95: Double) throws {
    let records = (0..<40).map { NightSamples.record($0, p95: p95) }
    let trend = try #require(TrendView(NightSamples.facts(records)))
    #expect(trend.plots.allSatisfy { !$0.linePath.isEmpty && !$0.linePath.contains("nan") })
  }

  @Test func `a night in another century does not make the page long`() throws {
    let records = [NightSamples.record(80_000)] + NightSamples.calm(0..<3)
    let plot = try #require(TrendView(NightSamples.facts(records))?.plots.last)
    #expect(plot.hits.count <= 60 && plot.linePath.count < 100 && plot.xTicks.count <= 8)
  }
}
