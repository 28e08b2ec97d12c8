import Shared
import Testing

@testable import Coordinator

@Suite struct AlertHintsTests {
  /// Tonight's figures as multiples of those that it is held against.
  private func hints(
    p50: Double = 1.2, p95: Double = 1.3, p99: Double = 1.35, errors: Double = 0.001,
    verdict: Verdict = .fail,
    thresholds: [AlertThreshold] = [AlertSamples.crossed], moves: [EndpointMove] = [],
    change: (inout HistoryRecord) -> Void = { _ in }
  ) throws -> [String] {
    var before = HistorySamples.night(0, p95: 600)
    (before.p50, before.p90, before.p99) = (200, 500, 900)
    (before.errorRate, before.k6Version) = (0.001, "1.1.0")
    var tonight = HistorySamples.night(1, p95: 600 * p95, verdict: verdict)
    (tonight.p50, tonight.p90, tonight.p99) = (200 * p50, 500 * (p50 + p95) / 2, 900 * p99)
    (tonight.errorRate, tonight.k6Version) = (errors, "1.1.0")
    change(&tonight)
    let facts = AlertFacts(
      result: try AlertSamples.result(tonight), night: PageNight(record: tonight, range: nil),
      situation: Situation(of: tonight.run, in: [before, tonight], suite: "suite", branch: "main"),
      reference: PageNight(record: before, range: nil), lastGreen: before, lastGreenRelease: nil,
      thresholds: thresholds, step: nil, release: nil, moves: moves, links: AlertLinks(), supersededBy: nil)
    return AlertHints(facts: facts).sentences
  }

  @Test func `nothing plain is nothing said`() throws {
    #expect(try hints(p50: 1.1, p95: 1.3, p99: 1.6) == [])
    #expect(try hints(p50: 1.3, p95: 1.3, p99: 1.3, verdict: .pass) == [])
  }

  @Test func `all percentiles alike, and the tail alone`() throws {
    #expect(
      try hints(p50: 1.28, p95: 1.3, p99: 1.27).first?.hasPrefix(
        "All percentiles moved alike (p50 +28\u{202F}%, p99") == true)
    #expect(
      try hints(p50: 1.01, p95: 1.3, p99: 1.5).first?.hasPrefix(
        "Only the tail moved (p50 +1\u{202F}%, p99 +50\u{202F}%)") == true)
  }

  @Test func `more errors and a lower p95 are failing fast`() throws {
    let sentences = try hints(
      p50: 0.7, p95: 0.9, p99: 1, errors: 0.05, thresholds: [AlertSamples.tooManyErrors])
    #expect(sentences.first?.hasPrefix("More requests fail (5.00\u{202F}% after 0.10\u{202F}%)") == true)
    #expect(try hints(p50: 0.7, p95: 0.9, p99: 1, errors: 0.0015) == [])
  }

  @Test func `too few requests at the usual p95 are the generators'`() throws {
    let floor = AlertSamples.threshold("http_reqs", "rate", "≥ 2000/s", "1871/s", breach: 0.06)
    let sentences = try hints(p50: 1, p95: 1.01, p99: 1, thresholds: [floor])
    #expect(sentences.first?.hasPrefix("Throughput is below its floor and the p95 is as usual") == true)
    #expect(try hints(p50: 1.1, p95: 1.3, p99: 1.6, thresholds: [floor]) == [])
  }

  @Test func `one endpoint that carries it is named`() throws {
    let others = [AlertSamples.move("cart", change: 0.01), AlertSamples.move("login", change: -0.3)]
    let one = try hints(p50: 1.01, p99: 1.5, moves: [AlertSamples.move("a|b", change: 0.9)] + others)
    #expect(one == ["`a\\|b` alone carries 99\u{202F}% of it: look at what changed there."])
  }

  @Test func `another test is said first`() throws {
    let k6 = try hints(p50: 1.01, p95: 1.3, p99: 1.5) { $0.k6Version = "2.2.0" }
    #expect(k6.first?.hasSuffix("k6 1\\.1.0 then, 2\\.2.0 now.") == true && k6.count == 2)
    let load = try hints { $0.profile = "other" }
    #expect(load.first?.hasPrefix("The test itself has changed since 9 Oct (its script") == true)
  }
}
