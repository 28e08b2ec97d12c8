import Shared
import Testing

@testable import Coordinator

@Suite struct IndexViewTests {
  @Test func `the strip has thirty nights, and counts them`() {
    let records =
      NightSamples.calm(0..<3)
      + [
        NightSamples.record(4, .fail), NightSamples.record(5, p95: nil, .incomplete),
        NightSamples.record(6, .degraded),
      ]
    let strip = StripView(NightSamples.facts(records).nights, upTo: records.map(\.night).max()!)
    #expect(strip.cells.count == 30)
    #expect(
      strip.cells.suffix(8).map(\.state) == [
        "before", "degraded", "incomplete", "fail", "none", "pass", "pass", "pass",
      ])
    #expect(strip.cells.suffix(4).map(\.isRun) == [false, true, true, true])
    #expect(
      strip.cells[29].href == "#n-2026-11-22" && strip.cells[29].tip == "22 Nov: Pass\np95\t630\u{202F}ms")
    #expect(strip.cells[24].tip == "17 Nov: Incomplete" && strip.cells[26].tip == "")
    #expect(strip.cells.filter(\.isRight).count == 15)
    #expect(strip.first == "24 Oct" && strip.last == "22 Nov, 02:14 UTC")
    #expect(strip.legend.map(\.text) == ["3 passed", "1 degraded", "1 failed", "1 incomplete", "1 not run"])
  }

  @Test func `before the first night the strip is empty`() {
    let strip = StripView([], upTo: UTCDate(daysSince1970: 0))
    #expect(strip.cells.count == 30 && strip.cells.allSatisfy { $0.state == "before" && !$0.isRun })
    #expect(strip.legend.isEmpty)
  }

  @Test func `three small charts share their nights`() throws {
    let records =
      NightSamples.calm(2..<30)
      + [
        NightSamples.record(1, p95: 655, .incomplete) { $0.errorRate = 0.5 },
        NightSamples.record(0, .fail) { ($0.errorRate, $0.requestRate) = (0.02, 1900) },
      ]
    let charts = try #require(MultiplesView(NightSamples.facts(records))).charts
    #expect(charts.map(\.key) == ["errors", "rate", "tail"])
    #expect(charts.map(\.value) == ["2.00", "1,900", "960"] && charts.map(\.unit) == ["%", "/s", "ms"])
    #expect(charts.map(\.state) == ["fail", "fail", "pass"] && charts.map(\.bad.count) == [1, 1, 0])
    #expect(charts.map(\.limitText) == ["limit 1\u{202F}%", "floor 2,000\u{202F}/s", "no limit"])
    #expect(charts.map(\.hasLimit) == [true, true, false] && charts.map(\.hatches.count) == [1, 1, 1])
    #expect(
      charts.allSatisfy { $0.linePath.filter { $0 == "M" }.count == 2 }, "the incomplete night is a gap")
  }

  @Test func `small charts without limits, and without figures`() throws {
    let charts = try #require(
      MultiplesView(NightSamples.facts(NightSamples.calm(0..<9), limits: PageLimits()))
    ).charts
    #expect(
      charts.map(\.limitText) == ["no limit", "no floor", "no limit"] && !charts.contains(where: \.hasLimit))
    let unknown = NightSamples.record(0) { ($0.errorRate, $0.requestRate) = (nil, nil) }
    let some = try #require(MultiplesView(NightSamples.facts(NightSamples.calm(1..<9) + [unknown]))).charts
    #expect(some.map(\.value) == ["–", "–", "960"] && some[0].unit == "")
    #expect(MultiplesView(NightSamples.facts([NightSamples.record(0, p95: nil, .incomplete)])) == nil)
    #expect(MultiplesView(NightSamples.facts([])) == nil)
  }

  @Test func `an error limit far above the line does not press it down`() throws {
    let charts = try #require(
      MultiplesView(NightSamples.facts(NightSamples.calm(0..<9), limits: PageLimits(errorRate: 0.5)))
    ).charts
    #expect(!charts[0].hasLimit && charts[0].limitText == "limit 50\u{202F}%")
  }

  @Test func `the head says the verdict, and when the page will be old`() {
    var facts = NightSamples.facts(NightSamples.climb())
    facts.notice = "Made up\u{202E}."
    let page = IndexView(facts).page
    #expect(page.title == "Fail: checkout, 22 Nov" && page.suite == "checkout")
    #expect(page.description == "Failing, third night. p95 is 850\u{A0}ms. The limit is 800.")
    #expect(page.staleAfter == "2026-11-23T08:14:00Z" && page.newest == "22 Nov, 02:14 UTC")
    #expect(page.built == "22 Nov 2026, 02:31 UTC" && page.notice?.text == "Made up.")
    #expect(page.isIndex && page.hasNights && page.root == "")
    facts.isStaleable = false
    #expect(IndexView(facts).page.staleAfter == "")
  }

  @Test func `a night's page is never old`() {
    let facts = NightSamples.facts(NightSamples.climb())
    let page = HeaderView(facts, HeroView(facts, isTonight: false), isIndex: false)
    #expect(
      page.title == "Fail: checkout, 22 November 2026" && page.staleAfter == "" && page.root == "../../")
    #expect(page.description == "p95 is 850\u{A0}ms. The limit is 800.")
  }

  @Test func `every state has an icon that needs no escaping`() {
    let icons = Set(PageState.allCases.map(\.icon))
    #expect(icons.count == 5)
    for icon in icons {
      #expect(icon.hasPrefix("data:image/svg+xml,%3Csvg%20xmlns=%27http"))
      #expect(!icon.contains { "<>#'\" ".contains($0) })
    }
  }

  @Test func `an empty history is a page too`() {
    let index = IndexView(NightSamples.facts([]))
    #expect(index.page.title == "checkout: nightly load test" && index.page.description == "No nights yet.")
    #expect(!index.page.hasNights && index.page.staleAfter == "" && index.page.newest == "")
    #expect(
      index.trend == nil && index.multiples == nil && index.pair == nil && index.nights == nil && !index.moves
    )
  }

  @Test(arguments: [1, 2, 3650])
  func `every length of history is a page`(count: Int) {
    let index = IndexView(NightSamples.facts(NightSamples.calm(0..<count)))
    #expect(index.trend != nil && index.multiples != nil && index.nights != nil)
    #expect(index.hero.line1 == "p95 is 630\u{A0}ms.")
  }

  @Test func `names from outside come through cleaned everywhere`() {
    var facts = NightSamples.facts(
      NightSamples.climb { _, record in
        (record.release, record.commit) = ("\u{D4E}<img>\u{202E}", "<script>")
        record.reasons = ["\"\u{301} onload=\u{0}"]
      })
    facts.notice = "\u{D4E}<b>"
    let texts = PageTexts(IndexView(facts)).all
    #expect(texts.count > 200)
    for text in texts {
      #expect(!text.unicodeScalars.contains("\u{202E}") && !text.unicodeScalars.contains("\u{0}"))
      for character in text where character.unicodeScalars.count > 1 {
        #expect(!character.unicodeScalars.contains { "<>&\"'".unicodeScalars.contains($0) }, "\(text)")
      }
    }
  }
}

/// Every text of a view.
private struct PageTexts {
  private(set) var all: [String] = []

  init(_ view: Any) { add(view) }

  private mutating func add(_ value: Any) {
    if let text = value as? String {
      all.append(text)
    } else {
      for child in Mirror(reflecting: value).children { add(child.value) }
    }
  }
}
