import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct PagerDutyEventTests {
  private func event(_ story: NoticeSamples.Story) async throws -> JSON? {
    let (notice, facts) = try await NoticeSamples.told(story)
    return try PagerDutyEvent(notice, facts).map { try JSON(try jsonText($0).utf8) }
  }

  /// Of the reference of the Events API v2; the key comes with the request.
  private static let members: Set = [
    "event_action", "dedup_key", "payload", "links", "client", "client_url",
  ]
  private static let payload: Set = [
    "summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details",
  ]

  @Test(
    arguments: [
      (
        NoticeSamples.Story.failing, "k6-grid/checkout-api", "error", "limit crossed",
        "checkout-api nightly: p95 "
      ),
      (
        .notRunning, "k6-grid/checkout-api/not-running", "warning", "not running",
        "checkout-api nightly not running: shard 4 is missing"
      ),
    ])
  func `an alarm triggers, with documented members alone`(
    story: NoticeSamples.Story, key: String, severity: String, kind: String, summary: String
  ) async throws {
    let event = try #require(try await event(story))
    #expect(Set(try #require(event.object).keys) == Self.members)
    #expect(event["event_action"] == "trigger" && event["dedup_key"]?.string == key)
    let payload = try #require(event["payload"])
    #expect(Set(try #require(payload.object).keys) == Self.payload)
    #expect(payload["summary"]?.string?.hasPrefix(summary) == true, "\(payload)")
    #expect(payload["severity"]?.string == severity && payload["class"]?.string == kind)
    #expect(payload["source"] == "checkout-api" && payload["group"] == "k6-grid")
    #expect(payload["timestamp"] == "2026-11-22T02:24:12Z")
    let links = event["links"]?.array ?? []
    #expect(links.map { $0["text"]?.string } == ["Issue", "Trend", "Run", "Commits", "Runbook"])
    #expect(event["client"] == "k6-grid")
    #expect(event["client_url"] == "https://acme.github.io/checkout/#n-2026-11-22")
  }

  @Test func `an OK resolves the incident of its audience, and says no more`() async throws {
    #expect(
      try await event(.recovered) == ["event_action": "resolve", "dedup_key": "k6-grid/checkout-api"])
    #expect(
      try await event(.runsAgain)
        == ["event_action": "resolve", "dedup_key": "k6-grid/checkout-api/not-running"])
  }

  @Test(arguments: [NoticeSamples.Story.degraded, .asUsual, .incomplete])
  func `a mail is no event`(story: NoticeSamples.Story) async throws {
    #expect(try await event(story) == nil)
  }

  @Test func `what is behind it is in the details`() async throws {
    let details = try #require(try await event(.failing)?["payload"]?["custom_details"])
    #expect(
      Set(try #require(details.object).keys) == [
        "run", "verdict", "reason", "thresholds", "story", "reasons", "commit", "release",
      ])
    #expect(details["verdict"] == "fail" && details["run"] == "2026-11-22")
    #expect(details["thresholds"]?.strings?.first?.hasPrefix("p95 latency 8") == true)
    #expect(details["thresholds"]?.strings?.first?.hasSuffix("limit < 800 ms: FAIL") == true)
    #expect(details["story"]?.strings?.first?.hasPrefix("The climb began on ") == true)
  }
}
