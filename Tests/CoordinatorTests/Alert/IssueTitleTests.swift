import Shared
import Testing

@testable import Coordinator

@Suite struct IssueTitleTests {
  private func title(
    _ verdicts: [Verdict], suite: String = "checkout-api", thresholds: [AlertThreshold]? = nil,
    kind: IssueMarker.Kind = .service
  ) throws -> String {
    IssueTitle(facts: try AlertSamples.facts(verdicts, thresholds: thresholds, suite: suite), kind: kind).text
  }

  @Test func `every verdict has its figure`() throws {
    #expect(try title([.fail]) == "Nightly load test failing: p95 960 ms (limit 800 ms) [checkout-api]")
    #expect(try title([.degraded]) == "Nightly load test degraded: a reason [checkout-api]")
    #expect(
      try title([.fail, .incomplete])
        == "Nightly load test failing since 9 Oct, not judged on 10 Oct [checkout-api]")
    #expect(
      try title([.incomplete, .incomplete], kind: .harness)
        == "Nightly load test not running: 2 nights without a verdict [checkout-api]")
  }

  @Test func `floors, shares and thresholds of one's own are said by their names`() throws {
    let floor = AlertSamples.threshold("http_reqs", "rate", "≥ 2000/s", "1871/s", breach: 0.06)
    #expect(
      try title([.fail], thresholds: [floor])
        == "Nightly load test failing: throughput 1,871/s (floor 2,000/s) [checkout-api]")
    #expect(
      try title([.fail], thresholds: [AlertSamples.tooManyErrors])
        == "Nightly load test failing: errors 1.2 % (limit 1 %) [checkout-api]")
    let own = AlertSamples.threshold("cart_total{name:a}", "avg", "= 3", "4", breach: 0.3)
    #expect(
      try title([.fail], suite: "shop", thresholds: [own])
        == "Nightly load test failing: cart_total{name:a} avg 4 (condition = 3) [shop]")
  }

  @Test func `the figures stay when the suite's name is long`() throws {
    let text = try title([.fail], suite: String(repeating: "checkout-", count: 28))
    #expect(text.hasPrefix("Nightly load test failing: p95 960 ms (limit 800 ms) [checkout-"))
    #expect(text.count < 80)
  }
}
