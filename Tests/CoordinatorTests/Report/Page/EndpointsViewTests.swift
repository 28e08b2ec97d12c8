import Shared
import Testing

@testable import Coordinator

private let thin = PageText.thin

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
