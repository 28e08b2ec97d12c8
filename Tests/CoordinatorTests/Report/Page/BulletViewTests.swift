import Shared
import Testing

@testable import Coordinator

@Suite struct BulletViewTests {
  private func bullets(
    _ verdict: Verdict = .pass, limits: PageLimits = NightSamples.limits,
    change: (inout HistoryRecord) -> Void = { _ in }
  ) -> [BulletView] {
    let facts = NightSamples.facts(
      NightSamples.calm(1..<30) + [NightSamples.record(0, verdict, change: change)])
    return BulletView.all(facts.nights[29], limits)
  }

  @Test func `every limit has a bar, and stands at the same place`() {
    let bars = bullets()
    #expect(bars.map(\.label) == ["p95 latency", "Error rate", "Throughput"])
    #expect(bars.map(\.state) == ["pass", "pass", "pass"] && !bars.contains(where: \.hasMiss))
    #expect(bars.map(\.value) == ["640", "0.14", "2,050"] && bars.map(\.unit) == ["ms", "%", "/s"])
    #expect(bars.map(\.fill) == ["64", "11.2", "82"])
    #expect(bars.map(\.hasUsual) == [true, false, false] && bars[0].usualX == "64")
    #expect(
      bars.map(\.note) == [
        "160\u{202F}ms under the limit of 800, usual 640", "under the limit of 1\u{202F}%",
        "50 above the floor of 2,000",
      ])
  }

  @Test func `what is over a limit is drawn beyond the tick`() {
    let bars = bullets(.fail) { ($0.p95, $0.errorRate, $0.requestRate) = (900, 0.05, 1500) }
    #expect(bars.map(\.state) == ["fail", "fail", "fail"] && bars.map(\.hasMiss) == [true, true, true])
    #expect(bars.map(\.fill) == ["80", "80", "60"])
    #expect(bars.map(\.missX) == ["80", "80", "60"] && bars.map(\.missWidth) == ["10", "20", "20"])
    #expect(
      bars.map(\.note) == [
        "100\u{202F}ms over the limit of 800, usual 640", "over the limit of 1\u{202F}%",
        "500 under the floor of 2,000",
      ])
  }

  /// The history has rounded figures, and a threshold may allow its limit itself.
  @Test(arguments: [(Verdict.pass, "pass", "0"), (.fail, "fail", "0.8")])
  func `at the limit itself the verdict says which side it is`(verdict: Verdict, state: String, width: String)
  {
    let bars = bullets(verdict) { ($0.p95, $0.errorRate, $0.requestRate) = (800, 0.01, 2000) }
    #expect(bars.map(\.state) == [state, state, state])
    #expect(bars.map(\.missWidth) == [width, width, width])
    #expect(bars.map(\.note).allSatisfy { $0.hasPrefix("at the ") })
  }

  @Test func `a limit that is not there has no bar`() {
    #expect(bullets(limits: PageLimits(requestRate: 10)).map(\.label) == ["Throughput"])
    #expect(bullets(limits: PageLimits()).isEmpty)
  }

  @Test func `no bar is longer than its track`() {
    let bars = bullets(.fail, limits: PageLimits(p95: 0.001, errorRate: 1e-9, requestRate: 1e-9)) {
      ($0.p95, $0.errorRate, $0.requestRate) = (1e12, 1, 1e12)
    }
    for bar in bars {
      #expect(
        [bar.fill, bar.missX, bar.missWidth, bar.usualX].compactMap(Double.init).allSatisfy { $0 <= 100 })
    }
  }
}
