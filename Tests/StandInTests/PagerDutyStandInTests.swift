import Foundation
import TestSupport
import Testing

@testable import PagerDutyStandIn

@Suite struct PagerDutyStandInTests {
  static let key = "0123456789abcdef0123456789abcdef"

  static let trigger: JSON = [
    "routing_key": .string(key), "event_action": "trigger", "dedup_key": "k6-grid/api",
    "payload": [
      "summary": "p95 843 ms", "source": "api", "severity": "error", "timestamp": "2026-11-22T02:24:12Z",
      "component": "c", "group": "g", "class": "k", "custom_details": ["a": 1],
    ],
    "links": [["href": "https://acme.example", "text": "Trend"]], "client": "k6-grid",
    "client_url": "https://acme.example",
  ]

  /// With a member changed, by its path; `nil` takes it away.
  private static func changed(_ path: String, _ value: JSON?) -> JSON {
    func set(_ object: JSON?, _ names: ArraySlice<Substring>) -> JSON {
      var members = object?.object ?? [:]
      let name = String(names.first ?? "")
      members[name] = names.count == 1 ? value : set(members[name], names.dropFirst())
      return .object(members)
    }
    return set(trigger, path.split(separator: ".")[...])
  }

  private func enqueue(_ state: PagerDutyState, _ event: JSON) async -> EnqueueAnswer? {
    guard case .now(let answer) = await state.enqueue(event.text, contentType: "application/json") else {
      return nil
    }
    return answer
  }

  @Test(
    arguments: [
      ("routing_key", nil, "'routing_key' is missing or blank"),
      ("routing_key", "short", "Length of 'routing_key' is incorrect (should be 32 characters)"),
      (
        "routing_key", .string(String(repeating: "-", count: 32)),
        "'routing_key' cannot contain non-alphanumeric characters."
      ),
      ("routing_key", .string(String(repeating: "f", count: 32)), "Invalid routing key"),
      ("event_action", nil, "'event_action' is missing or blank"),
      (
        "event_action", "open",
        "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"
      ),
      (
        "dedup_key", .string(String(repeating: "a", count: 256)),
        "'dedup_key' is too long (maximum is 255 characters)"
      ),
      ("payload", nil, "'payload' is missing or blank"),
      ("payload.summary", nil, "'payload.summary' is missing or blank"),
      (
        "payload.summary", .string(String(repeating: "a", count: 1025)),
        "'payload.summary' is too long (maximum is 1024 characters)"
      ),
      ("payload.source", "", "'payload.source' is missing or blank"),
      (
        "payload.severity", "fatal",
        "'payload.severity' is invalid (must be one of the following: 'critical', 'error', 'warning' or 'info')"
      ),
      ("payload.timestamp", "yesterday", "'payload.timestamp' is invalid (must be in ISO 8601)"),
      ("payload.custom_details", "x", "'payload.custom_details' is invalid (must be an object)"),
      ("payload.kind", "x", "'payload.kind' is unknown"), ("dedupKey", "x", "'dedupKey' is unknown"),
      ("client_url", "acme", "'client_url' is invalid (must be a URL)"),
      ("links", [["text": "x"]], "'links[0].href' is missing or blank"),
      ("links", [["href": "ftp://x"]], "'links[0].href' is invalid (must be a URL)"),
    ] as [(String, JSON?, String)])
  func `an event that is not as documented is refused with what is wrong`(
    path: String, value: JSON?, error: String
  ) async {
    let state = PagerDutyState(keys: [Self.key])
    let answer = await enqueue(state, Self.changed(path, value))
    #expect(answer?.status == 400 && answer?.body["status"] == "invalid event")
    #expect(answer?.body["errors"]?.strings == [error])
    #expect(await state.incidents.isEmpty)
  }

  @Test func `what is no JSON, and what is too large`() async {
    let state = PagerDutyState(keys: [Self.key])
    for (body, type) in [(Data("{".utf8), "application/json"), (Self.trigger.text, "text/plain")] {
      guard case .now(let answer) = await state.enqueue(body, contentType: type) else {
        #expect(Bool(false))
        continue
      }
      #expect(answer.status == 400 && answer.body["status"] == "Unrecognized object")
    }
    let large = Self.changed("payload.custom_details.x", .string(String(repeating: "a", count: 512 << 10)))
    #expect(await enqueue(state, large)?.status == 413)
    #expect(await state.events.map(\.status) == [400, 400, 413])
  }

  @Test func `an incident opens once, is resolved by its key alone, and opens anew`() async {
    let other = String(repeating: "f", count: 32)
    let state = PagerDutyState(keys: [Self.key, other])
    let resolve: JSON = [
      "routing_key": .string(Self.key), "event_action": "resolve", "dedup_key": "k6-grid/api",
    ]
    let foreign: JSON = [
      "routing_key": .string(other), "event_action": "resolve", "dedup_key": "k6-grid/api",
    ]
    for event in [resolve, Self.trigger, foreign, Self.trigger] {
      #expect(await enqueue(state, event) == .taken("k6-grid/api"))
    }
    #expect(await state.incidents.map(\.isOpen) == [true])
    #expect(await state.incidents.first?.triggers == 2)
    for event in [resolve, Self.trigger] { _ = await enqueue(state, event) }
    #expect(await state.incidents.map(\.isOpen) == [false, true])
    let bare: JSON = ["routing_key": .string(Self.key), "event_action": "resolve"]
    #expect(await enqueue(state, bare)?.body["errors"]?.strings == ["'dedup_key' is missing or blank"])
    #expect(await enqueue(state, Self.changed("dedup_key", nil))?.body["dedup_key"]?.string?.count == 32)
  }

  @Test func `faults come in their order, and only those that answer nothing are carried out`() async throws {
    let state = PagerDutyState(keys: [Self.key])
    await state.setFaults(
      try PagerDutyFault.list([
        ["fault": "throttle", "times": 2, "retry_after": 3], ["fault": "fail"], ["fault": "cut"],
      ]))
    for status in [429, 429, 500] { #expect(await enqueue(state, Self.trigger)?.status == status) }
    #expect(await state.incidents.isEmpty)
    #expect(await enqueue(state, Self.trigger) == nil)
    #expect(await state.incidents.count == 1)
    #expect(await enqueue(state, Self.trigger)?.status == 202)
    #expect(await state.events.map(\.status) == [429, 429, 500, nil, 202])
    for wrong: JSON in [["fault": "explode"], [["fault": "explode"]], [["fault": "cut", "time": 1]]] {
      #expect(throws: (any Error).self) { try PagerDutyFault.list(wrong) }
    }
  }
}
