import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct NoticeTitleTests {
  @Test(
    arguments: [
      (NoticeSamples.Story.firstFail, "ALARM: checkout-api nightly: p95 "),
      (.failing, "ALARM: checkout-api nightly: p95 "),
      (.throughput, "ALARM: checkout-api nightly: throughput "),
      (.recovered, "OK: checkout-api nightly recovered: p95 "),
      (.degraded, "Degraded: checkout-api nightly: p95 "),
      (.asUsual, "Recovered: checkout-api nightly: p95 "),
      (.incomplete, "Incomplete: checkout-api nightly: shard 4 is missing"),
      (.notRunning, "ALARM: checkout-api nightly not running: shard 4 is missing"),
      (.runsAgain, "OK: checkout-api nightly runs again, after 2 nights without a verdict"),
    ])
  func `it says what happened, and only what wakes somebody says ALARM or OK`(
    story: NoticeSamples.Story, beginning: String
  ) async throws {
    let (notice, facts) = try await NoticeSamples.told(story)
    let subject = NoticeTitle(notice, facts).subject
    #expect(subject.hasPrefix(beginning), "\(subject)")
    #expect(subject.hasPrefix("ALARM: ") == (notice.kind == .alarm))
    #expect(subject.hasPrefix("OK: ") == (notice.kind == .ok))
    #expect(subject.count <= 99)
  }

  static let long = String(repeating: "checkout-", count: 28)
  static let selector = "http_req_duration{name:\(String(repeating: "GET /very/long/", count: 30))}"

  @Test(
    arguments: [
      ("checkout-api", [AlertThreshold.crossed("http_req_duration")], "p95 843 ms (limit 800 ms), night 2"),
      (
        "checkout-api",
        [
          .crossed("http_req_duration"),
          .crossed("http_reqs", "rate", limit: "≥ 2000/s", actual: "1871/s"),
        ], "p95 843 ms (limit 800 ms) and 1 more, night 2"
      ),
      (
        "checkout-api", [.crossed("http_reqs", "rate", limit: "≥ 2000/s", actual: "1871/s")],
        "throughput 1871/s (limit >= 2000/s), night 2"
      ),
      (
        "checkout-api", [.crossed("http_req_failed", "rate", limit: "≤ 1 %", actual: "1.31 %")],
        "error rate 1.31 % (limit 1 %), night 2"
      ),
      ("checkout-api", [.crossed("checks", "rate", limit: "", actual: nil)], "checks rate"),
      (long, [.crossed("http_req_duration")], "p95 843 ms (limit 800 ms)"),
      ("checkout-api", [.crossed(selector, "p99.9")], "p99.9 843 ms (limit 800 ms)"),
      (long, [.crossed(selector, "p99.9")], "p99.9 843 ms (limit 800 ms)"),
      (long, [.crossed(selector, actual: "123456789012345.12 ms")], " (limit 800 ms)"),
      ("Größe\u{202E}\n🚀", [.crossed("métrique\r\nBcc: x", "p95")], "p95 843 ms (limit 800 ms), night 2"),
    ] as [(String, [AlertThreshold], String)])
  func `however long or foreign the names, the figure and its limit are in it`(
    suite: String, thresholds: [AlertThreshold], ending: String
  ) async throws {
    let (notice, facts) = try await NoticeSamples.told(.failing)
    let title = NoticeTitle(notice, try facts.with(suite: suite, thresholds: thresholds))
    #expect(title.subject.contains(ending), "\(title.subject)")
    #expect(title.subject.utf8.allSatisfy { (32...126).contains($0) } && title.subject.utf8.count <= 99)
    for most in [0, 10, 40, 99, 1024] { #expect(title.text(most: most).count <= most) }
  }

  @Test func `a fail without a threshold says its reason`() async throws {
    let (notice, facts) = try await NoticeSamples.told(.firstFail)
    let none = try facts.with(reasons: ["shard 2: the script said that the test failed"], thresholds: [])
    #expect(
      NoticeTitle(notice, none).subject
        == "ALARM: checkout-api nightly: shard 2: the script said that the test failed")
    #expect(
      NoticeTitle(notice, try facts.with(reasons: [], thresholds: [])).subject
        == "ALARM: checkout-api nightly: no reason was recorded")
  }

  @Test func `two names that begin alike are two troubles, and a name stays the same`() {
    let suites = [String(repeating: "a", count: 254) + "1", String(repeating: "a", count: 254) + "2", "api"]
    for audience in [Notice.Audience.service, .harness] {
      let names =
        suites.map { NoticeName.alarm($0, audience) } + suites.map { NoticeName.dedupKey($0, audience) }
      #expect(Set(names).count == 6)
      #expect(names.allSatisfy { $0.utf8.count <= 255 })
    }
    #expect(NoticeName.alarm("api", .service) == "api nightly load test")
    #expect(NoticeName.alarm("api", .harness) == "api nightly load test not running")
    #expect(NoticeName.dedupKey("api", .service) == "k6-grid/api")
    #expect(NoticeName.dedupKey("api", .harness) == "k6-grid/api/not-running")
    #expect(
      NoticeName.dedupKey(suites[0], .service) == NoticeName.dedupKey(suites[0], .service)
        && NoticeName.dedupKey(suites[0], .service).hasPrefix("k6-grid/aaaa"))
  }
}
