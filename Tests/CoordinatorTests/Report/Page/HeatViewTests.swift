import Shared
import Testing

@testable import Coordinator

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
