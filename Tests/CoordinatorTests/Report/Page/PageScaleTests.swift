import Shared
import Testing

@testable import Coordinator

@Suite struct PageScaleTests {
  @Test(
    arguments: [
      ([600.0, 832], 4.0, [500.0, 600, 700, 800, 900]),
      ([0.2, 0.9], 4, [0, 0.25, 0.5, 0.75, 1]),
      ([640], 4, [630, 635, 640, 645, 650]),
      ([1, 1e6], 2, [0, 1e6, 2e6]),
    ] as [([Double], Double, [Double])])
  func `ticks are round numbers around the values`(values: [Double], wanted: Double, ticks: [Double]) {
    #expect(Linear(values, wanted: wanted).ticks == ticks)
  }

  @Test func `y runs downwards and stays in the box`() {
    let scale = Linear([600, 832])
    #expect(scale.part(900) == 0 && scale.part(500) == 1 && scale.part(700) == 0.5)
    #expect(scale.part(5000) == 0 && scale.part(-5000) == 1 && scale.part(.nan) == 1)
    #expect(Linear([640]).low > 600, "an axis need not begin at zero")
    #expect(Linear([1], floor: 0).low >= 0)
  }

  @Test(arguments: [[], [.nan], [.infinity, -.infinity], [1e308, -1e308], [0, 0], [5e-324]] as [[Double]])
  func `no values are too odd for a scale`(values: [Double]) {
    let scale = Linear(values)
    #expect(scale.high > scale.low)
    #expect((1...30).contains(scale.ticks.count))
    #expect(scale.yTicks.allSatisfy { !$0.text.isEmpty })
  }

  @Test func `octaves stand around the limit in halves`() {
    let scale = Octaves.around(800, [110, 2000])
    #expect(scale.low == -3 && scale.high == 1.5)
    #expect(scale.ticks == [100, 200, 400, 800, 1600])
    #expect(scale.part(800) == 1 - 3 / 4.5)
    #expect(scale.part(200) - scale.part(400) == 1 / 4.5)
    #expect(scale.part(0) == 1 && scale.part(1e12) == 0)
    #expect(scale.yTicks.map(\.text) == ["100", "200", "400", "800", "1.6\u{202F}s"])
  }

  @Test(arguments: [nil, 0, -1, .nan, .infinity] as [Double?])
  func `without a limit octaves stand around 800`(limit: Double?) {
    let scale = Octaves.around(limit, [])
    #expect(scale.base == 800 && scale.low == -4 && scale.high == 3)
  }

  @Test(arguments: [[800.0], [1e-300], [1e300]])
  func `octaves are never without height`(values: [Double]) {
    let scale = Octaves.around(800, values)
    #expect(scale.high > scale.low)
    #expect((0...1).contains(scale.part(values[0])))
  }

  @Test func `labels keep apart from the newest back`() {
    let rooms = LabelRoom.keepApart([10, 50, 54, 60, 90], 5, 20)
    #expect(rooms.map(\.isHidden) == [false, true, false, false, false])
    #expect(rooms.map(\.isMinor) == [false, true, true, false, false])
  }

  @Test func `labels that look five percent apart are`() {
    #expect(LabelRoom.keepApart([2.5, 7.499999999], 5).map(\.isHidden) == [false, false])
  }

  @Test(arguments: [
    (7, ["17 Nov", "18 Nov", "19 Nov", "20 Nov", "21 Nov"]),
    (9, ["14 Nov", "16 Nov", "18 Nov", "20 Nov", "22 Nov"]),
    (30, ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]),
    (31, ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]),
    (90, ["1 Sep", "15 Sep", "1 Oct", "15 Oct", "1 Nov", "15 Nov"]),
    (366, ["Jan 2026", "Mar", "May", "Jul", "Sep", "Nov"]),
    (3650, ["2018", "2020", "2022", "2024", "2026"]),
  ])
  func `days are labelled as densely as there is room`(count: Int, some: [String]) {
    let ticks = XTick.days(from: NightSamples.date(count - 1), count: count)
    #expect(Set(some).isSubset(of: ticks.map(\.text)), "\(ticks.map(\.text))")
    #expect(ticks.count <= 9)
    let positions = ticks.compactMap { Double($0.x) }
    #expect(zip(positions, positions.dropFirst()).allSatisfy { $1 - $0 >= 5 })
  }

  @Test func `one day has its label in its middle`() {
    let ticks = XTick.days(from: NightSamples.newest, count: 1)
    #expect(ticks.map(\.x) == ["50"] && ticks.map(\.text) == ["22 Nov"])
  }

  @Test(arguments: [20_000, 200_000])
  func `a date that is centuries away does not fill the axis`(count: Int) {
    let ticks = XTick.days(from: NightSamples.date(count - 1), count: count)
    #expect((1...8).contains(ticks.count))
  }

  @Test func `a path joins neighbours, and a point alone is a dot`() {
    let points = [PagePoint(x: 0.5, y: 1.5), PagePoint(x: 10, y: 20), nil, PagePoint(x: 30, y: 40)]
    #expect(PagePath.polyline(points) == "M0 2 10 20M30 40h0")
    #expect(PagePath.polyline([nil, nil]) == "")
    #expect(PagePath.dots(points.compactMap { $0 }) == "M0 2h0M10 20h0M30 40h0")
    #expect(
      PagePath.area(
        [PagePoint(x: 0, y: 1), PagePoint(x: 9, y: 2)], [PagePoint(x: 0, y: 5), PagePoint(x: 9, y: 6)])
        == "M0 1 9 2 9 6 0 5z")
    #expect(PagePath.area([], []) == "")
    #expect(PagePath.dots([PagePoint(x: .nan, y: .infinity)]) == "M0 0h0")
  }
}
