import Shared
import Testing

@testable import Coordinator

@Suite struct HeroViewTests {
  private func lede(_ hero: HeroView) -> String { hero.lede.map(\.text).joined() }

  private func hero(_ records: [HistoryRecord], limits: PageLimits = NightSamples.limits) -> HeroView {
    HeroView(NightSamples.facts(records, limits: limits))
  }

  @Test func `before the first night it says when that comes`() {
    var facts = NightSamples.facts([])
    #expect(HeroView(facts).line1 == "No nights yet." && HeroView(facts).line2 == "")
    facts.firstRun = "02:14 UTC"
    let hero = HeroView(facts)
    #expect(hero.line2 == "The first is due at 02:14 UTC." && hero.state == "none" && !hero.hasBullets)
  }

  @Test func `a passing night`() {
    let hero = hero(NightSamples.calm(0..<20))
    #expect(hero.state == "pass" && hero.stateWord == "Pass" && hero.kicker == "Passing, 20th night")
    #expect(hero.line1 == "p95 is 630\u{A0}ms." && hero.line2 == "The limit is 800.")
    #expect(
      lede(hero) == "That is as usual: ordinary nights stay between 610 and 670\u{202F}ms. "
        + "0.14\u{202F}% of 1,230,000 requests failed.")
    #expect(hero.lede.map(\.isStrong) == [false, true, false, false])
    #expect(hero.action == nil && hero.links.map(\.text) == ["This night", "Run log"])
    #expect(hero.links[0].href == "night/2026-11-22/")
  }

  @Test func `a passing night far from the usual`() {
    let hero = hero(NightSamples.calm(1..<30) + [NightSamples.record(0, p95: 780)])
    #expect(lede(hero).hasPrefix("That is +22\u{202F}% on the usual: ordinary nights stay between"))
  }

  @Test(arguments: [(1, "there is 1 so far. "), (9, "there are 9 so far. ")])
  func `the first nights say what is missing`(count: Int, end: String) {
    let hero = hero(NightSamples.calm(0..<count))
    #expect(lede(hero).hasPrefix("The usual range needs 17 complete nights; \(end)"))
    #expect(hero.kicker == (count == 1 ? "Passing" : "Passing, ninth night"))
  }

  @Test func `a changed test counts its own nights alone`() {
    let changed = (0..<2).map { before in NightSamples.record(before) { $0.profile = "two" } }
    #expect(
      lede(hero(NightSamples.calm(2..<40) + changed)).contains(
        "; there are 2 so far since the test changed. "))
  }

  @Test func `without limits the usual stands in their place`() {
    let hero = hero(NightSamples.calm(0..<20), limits: PageLimits())
    #expect(hero.line1 == "p95 is 630\u{A0}ms." && hero.line2 == "Usual is 640." && !hero.hasBullets)
    #expect(self.hero(NightSamples.calm(0..<1), limits: PageLimits()).line2 == "")
  }

  @Test func `a passing night without requests claims none`() {
    let record = NightSamples.record(0, p95: nil) {
      ($0.errorRate, $0.requestRate, $0.requests) = (nil, nil, nil)
    }
    let hero = hero([record])
    #expect(hero.line1 == "Tonight passed." && hero.line2 == "" && hero.lede.isEmpty)
    #expect(hero.bullets.map(\.note) == ["no samples", "no samples", "no samples"])
    #expect(
      hero.bullets.map(\.value) == ["–", "–", "–"] && hero.bullets.map(\.state) == ["none", "none", "none"])
    #expect(HeroView(NightSamples.facts([record]), isTonight: false).line1 == "This night passed.")
  }

  typealias Fail = (change: @Sendable (inout HistoryRecord) -> Void, line1: String, line2: String)
  private static let fails: [Fail] = [
    ({ ($0.errorRate, $0.p95) = (0.0187, 900) }, "1.87\u{A0}% of requests failed.", "The limit is 1\u{A0}%."),
    ({ ($0.p95, $0.requestRate) = (843.2, 1000) }, "p95 is 843\u{A0}ms.", "The limit is 800."),
    ({ $0.requestRate = 1871 }, "1,871 requests a second.", "The floor is 2,000."),
    ({ $0.reasons = ["checks: rate>0.99 was crossed", "b"] }, "checks: rate>0.99 was crossed.", ""),
    ({ $0.reasons = [] }, "A threshold was crossed.", ""),
    ({ ($0.p95, $0.reasons) = (nil, ["too slow"]) }, "Too slow.", ""),
    ({ $0.p95 = 800 }, "p95 is 800\u{A0}ms.", "The limit is 800."),
    ({ $0.errorRate = 0.01 }, "1.00\u{A0}% of requests failed.", "The limit is 1\u{A0}%."),
  ]

  @Test(arguments: fails.indices)
  func `a failing night says what decided`(index: Int) {
    let (change, line1, line2) = Self.fails[index]
    let hero = hero(NightSamples.calm(1..<30) + [NightSamples.record(0, .fail, change: change)])
    #expect(hero.line1 == line1 && hero.line2 == line2)
    #expect(hero.kicker == "Failing, first night")
  }

  @Test func `a figure that is not the headline is named in the lede`() {
    let fail = NightSamples.record(0, p95: 640, .fail) { $0.errorRate = 0.02 }
    let hero = hero(NightSamples.calm(1..<30) + [fail])
    #expect(lede(hero).hasPrefix("The p95 of 640\u{202F}ms is as usual: "))
  }

  @Test func `limits that a run was not held to decide nothing`() {
    let fail = NightSamples.record(0, p95: 900, .fail) { $0.reasons = ["checks was crossed"] }
    let facts = NightSamples.facts([fail]) { _ in
      NightDetails(curve: [], buckets: [], endpoints: [], shardP95s: [], outliers: [], limits: PageLimits())
    }
    #expect(HeroView(facts).line1 == "Checks was crossed." && !HeroView(facts).hasBullets)
  }

  @Test func `a step is said with its size and its beginning`() {
    let hero = hero(NightSamples.climb())
    #expect(
      lede(hero) == "The median of the last three nights is 31\u{202F}% above the usual 640\u{202F}ms. "
        + "The climb began on 20 November.")
    #expect(hero.kicker == "Failing, third night" && hero.line1 == "p95 is 850\u{A0}ms.")
  }

  @Test func `a step beside a failure of another kind names its figure`() {
    let records = NightSamples.climb { before, record in if before == 0 { record.errorRate = 0.02 } }
    #expect(lede(hero(records)).hasPrefix("The median p95 of the last three nights is 31\u{202F}% above"))
  }

  @Test func `an aborted night is not one of the last three`() {
    let records =
      NightSamples.climb() + [NightSamples.record(-1, p95: 990, .fail) { $0.stopped = "threshold" }]
    #expect(
      lede(hero(records)).hasPrefix("The median of the last three complete nights is 31\u{202F}% above"))
  }

  @Test func `a degraded night is held against the usual`() {
    let hero = hero(NightSamples.climb(.degraded), limits: PageLimits(p95: 2000))
    #expect(hero.line1 == "p95 is 850\u{A0}ms." && hero.line2 == "Usual is 640." && hero.state == "degraded")
    #expect(hero.kicker == "Degraded, third night")
  }

  @Test func `a degraded night whose step is not seen any more gives its reason`() {
    let record = NightSamples.record(0, .degraded) {
      ($0.usual, $0.reasons) = (500, ["the last three nights have a median of 640 ms"])
    }
    let hero = hero(NightSamples.calm(1..<30) + [record])
    #expect(hero.line2 == "Usual is 500.")
    #expect(lede(hero) == "The last three nights have a median of 640 ms. ")
  }

  @Test func `a night without a verdict says how much is missing`() {
    let record = NightSamples.record(0, p95: 655, .incomplete) {
      ($0.shardsReceived, $0.reasons) = (7, ["shards 4, 7 and 9 were stopped"])
    }
    let hero = hero(NightSamples.calm(1..<20) + [record])
    #expect(hero.line1 == "No verdict tonight." && hero.line2 == "7 of 10 shards reported.")
    #expect(
      lede(hero)
        == "Shards 4, 7 and 9 were stopped. The last complete night, 21 November, had a p95 of 640\u{202F}ms."
    )
    #expect(hero.kicker == "Incomplete" && hero.action == nil)
    #expect(hero.bullets.map(\.state) == ["incomplete", "incomplete", "incomplete"])
    #expect(hero.bullets[0].note == "not judged, the night is incomplete" && !hero.bullets[0].hasMiss)
  }

  @Test func `a night without a verdict, and without anything`() {
    let record = NightSamples.record(0, p95: nil, .incomplete) {
      ($0.shardsReceived, $0.shardsExpected) = (nil, nil)
    }
    let hero = hero([record])
    #expect(hero.line2 == "Too little data." && hero.lede.isEmpty)
  }

  @Test func `a past night has its date, and links to what is left of it`() {
    let hero = HeroView(NightSamples.facts(NightSamples.climb()), isTonight: false)
    #expect(hero.kicker == "Fail, Sunday, 22 November 2026")
    #expect(hero.links.map(\.text) == ["Run log", "Files", "Commit 0123456"] && hero.action == nil)
  }

  @Test func `a bad night leads to its issue and to what was committed since`() {
    let records = NightSamples.climb { before, record in
      (record.commit, record.issue) = ("fedcba9876543210", 482)
    }
    let hero = hero(records)
    #expect(hero.action?.text == "Open issue #482")
    #expect(hero.action?.href == "https://github.com/acme/checkout/issues/482")
    #expect(hero.links.first?.text == "Compare 0123456…fedcba9")
    #expect(hero.links.first?.href == "https://github.com/acme/checkout/compare/0123456...fedcba9")
    #expect(self.hero(NightSamples.climb()).links.first?.text == "This night", "nothing was committed")
  }

  @Test func `addresses that are none of the web lead nowhere`() {
    var facts = NightSamples.facts(
      NightSamples.climb { _, record in record.workflowRunURL = "javascript:alert(1)" })
    facts.issueURL = "javascript:alert(1)"
    let hero = HeroView(facts)
    #expect(hero.action == nil && hero.links.map(\.text) == ["This night"])
  }
}

@Suite struct CarrierTests {
  private func lede(
    _ then: [(name: String, share: Double, p95: Double)], _ now: [(name: String, share: Double, p95: Double)],
    release: [Int: String] = [:]
  ) -> String {
    let records = NightSamples.climb { before, record in record.release = release[before] }
    let old = NightSamples.record(10) { $0.release = release[10] }
    let facts = NightSamples.facts(records.filter { $0.night != old.night } + [old]) {
      NightSamples.details($0.date == NightSamples.newest ? now : then)
    }
    return HeroView(facts).lede.map(\.text).joined()
  }

  @Test func `who carries almost all of a step is named`() {
    let text = lede(
      [("cart", 0.5, 100), ("buy", 0.2, 100), ("rest", 0.3, 100)],
      [("cart", 0.5, 140), ("buy", 0.2, 200), ("rest", 0.3, 101)])
    #expect(text.hasSuffix("The climb began on 20 November; buy and cart carry almost all of it."), "\(text)")
  }

  @Test(arguments: [
    ([140.0, 100, 100], "cart carries almost all of it."),
    ([140, 104, 104], "cart carries almost all of it."),
    ([140, 115, 115], "cart and other carry almost all of it."),
    ([108, 107.9, 107.9], "cart moved most."),
    ([116, 107.9, 107.9], "cart carries most of it."),
  ])
  func `nothing is said to be carried by few that is carried by many`(p95s: [Double], ending: String) {
    let names = ["cart", "rest", "other"]
    let shares = [0.4, 0.3, 0.3]
    let text = lede(
      names.indices.map { (names[$0], shares[$0], 100) },
      names.indices.map { (names[$0], shares[$0], p95s[$0]) })
    #expect(text.hasSuffix("; " + ending), "\(text)")
  }

  @Test func `when none moved much, or none is known, none is named`() {
    for now in [[("cart", 1.0, 107.0)], []] {
      #expect(lede([("cart", 1, 100)], now).hasSuffix("The climb began on 20 November."))
    }
  }

  @Test func `a release is named when it was new on that night`() {
    let known = lede([], [], release: [10: "v1", 2: "v2"])
    #expect(known.hasSuffix("The climb began on 20 November, the first night with v2."), "\(known)")
    let first = lede([], [], release: [2: "v2"])
    #expect(first.hasSuffix("The climb began on 20 November."), "releases were not told before: \(first)")
    let old = lede([], [], release: [10: "v2", 2: "v2"])
    #expect(old.hasSuffix("The climb began on 20 November."), "\(old)")
  }
}
