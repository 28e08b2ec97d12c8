import Shared
import Testing

@testable import Coordinator

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
