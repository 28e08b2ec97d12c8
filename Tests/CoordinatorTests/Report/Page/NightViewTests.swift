import Shared
import Testing

@testable import Coordinator

private let thin = PageText.thin

@Suite struct NightViewTests {
  @Test func `the first, a middle and the last night know their neighbours, over gaps too`() throws {
    var facts = PageSamples.facts(40)
    facts.nights.removeAll { [7, 8].contains(PageSamples.last.days(since: $0.date)) }
    func walk(_ before: Int) -> [String?]? {
      NightView(facts, PageSamples.date(before)).map { [$0.walk.previous?.href, $0.walk.next?.href] }
    }
    #expect(walk(39) == [nil, "../2026-10-15/"])
    #expect(walk(9) == ["../2026-11-12/", "../2026-11-16/"])
    #expect(walk(0) == ["../2026-11-21/", nil])
    #expect(walk(8) == nil, "nothing ran")
    #expect(walk(40) == nil)
  }

  @Test func `a night's page says what was known on that night`() throws {
    let facts = PageSamples.facts(60)
    let view = try #require(NightView(facts, PageSamples.date(10)))
    #expect(view.hero.kicker == "Pass, Thursday, 12 November 2026")
    #expect(view.compare.withName == "11 Nov")
    #expect(view.page.root == "../../" && !view.page.isIndex && view.page.staleAfter.isEmpty)
    #expect(
      view.curve?.scaleKey == NightView(facts, PageSamples.date(0))?.curve?.scaleKey,
      "so that they can be laid over each other")
    #expect(view.endpoints?.nowName == "12 Nov")
  }

  @Test func `every other night can be compared with: 28 rows, and the dates that have a page`() throws {
    let facts = PageSamples.facts(500)
    let compare = try #require(NightView(facts, PageSamples.date(0))).compare
    #expect((compare.rows.count, compare.count, compare.hasRows) == (28, "28", true))
    #expect(compare.rows[0].withHref == "?with=2026-11-21#with-2026-11-21")
    #expect(compare.rows[0].href == "../2026-11-21/")
    #expect((compare.first, compare.last) == ("2025-10-19", "2026-11-22"))
    #expect((compare.withName, compare.withIso) == ("18 Nov", "2026-11-18"), "the last usual night")
  }

  @Test func `nights older than 400 days have no page, and none is linked to`() throws {
    let facts = PageSamples.facts(500)
    #expect(NightView(facts, PageSamples.date(400)) == nil)
    let oldest = try #require(NightView(facts, PageSamples.date(399)))
    #expect(oldest.walk.previous == nil && oldest.walk.next != nil)
    #expect(Set(oldest.compare.rows.map(\.href)) == ["../../history.csv"])
    #expect(oldest.compare.rows[0].withHref == "#with-2025-10-18")
    #expect(oldest.compare.first == "2025-10-19")
  }

  @Test func `figures are also there for the script, without unit and thousands`() throws {
    let compare = try #require(NightView(PageSamples.facts(3, withStep: false), PageSamples.date(0))).compare
    #expect(compare.figures.map(\.key) == ["p50", "p90", "p95", "p99", "p999", "errors", "rps", "requests"])
    #expect(
      compare.figures.map(\.raw) == ["250.88", "505.6", "640", "940.8", "1600", "0.0014", "2050", "1230000"])
    #expect(compare.figures[4].value == "1,600")
    #expect(compare.figures[5].change == "0.00\(thin)pp")
    let first = try #require(NightView(PageSamples.facts(1), PageSamples.date(0))).compare
    #expect(!first.hasWith && !first.hasRows && first.figures[0].withValue == "–")
    let unknown = PageSamples.facts(1) { _, record in record.p50 = nil }
    #expect(NightView(unknown, PageSamples.date(0))?.compare.figures[0].raw == "")
  }

  @Test func `reasons are listed unless the lede has said the only one, and cut at forty`() throws {
    func reasons(_ verdict: Verdict, _ list: [String]) -> [String]? {
      let facts = PageSamples.facts(1) { _, record in (record.verdict, record.reasons) = (verdict, list) }
      return NightView(facts, PageSamples.date(0))?.reasons?.list.map(\.text)
    }
    #expect(reasons(.pass, []) == nil)
    #expect(reasons(.fail, ["a"]) == ["a"])
    #expect(reasons(.incomplete, ["a"]) == nil)
    #expect(reasons(.incomplete, ["a", "b"]) == ["a", "b"])
    let many = reasons(.incomplete, (0..<10_000).map { "shard \($0) is missing" })
    #expect(many?.count == 41)
    #expect(many?.last == "9,960 more in the run’s result.json")
  }
}
