import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// A clock that only moves when somebody sleeps by it.
private final class TurnedClock: Sendable {
  private let state = Mutex<[Double]>([])
  var sleeps: [Double] { state.withLock { $0 } }

  func host(_ environment: [String: String] = [:]) -> CoordinatorHost {
    CoordinatorHost(
      now: { Samples.instant(self.sleeps.reduce(0, +)) },
      sleep: { duration in
        try Task.checkCancellation()
        self.state.withLock { $0.append(duration / .seconds(1)) }
      }, environment: environment, randomText: { "" })
  }
}

/// Answers one after the other; the last one for all that follow.
private final class Answers: HTTPTransport {
  private let answers: [Result<HTTPResponse, HTTPFailure>]
  private let seen = Mutex<[HTTPRequest]>([])

  init(_ answers: [Result<HTTPResponse, HTTPFailure>]) { self.answers = answers }

  var requests: [HTTPRequest] { seen.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let number = seen.withLock {
      $0.append(request)
      return $0.count
    }
    return try answers[min(number, answers.count) - 1].get()
  }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
  fileprivate static func status(_ status: Int, _ body: String = "", _ headers: [(String, String)] = [])
    -> Self
  {
    .success(
      HTTPResponse(status: status, headers: headers.map { ($0.0, $0.1) }, body: Array(body.utf8)))
  }
  fileprivate static let taken = status(
    202, #"{"status":"success","message":"Event processed","dedup_key":"k6-grid/checkout-api"}"#)
  fileprivate static let closed: Self = .failure(HTTPFailure("the connection was closed"))
}

@Suite struct PagerDutyDeliveryTests {
  static let key = "0123456789abcdef0123456789ABCDEF"
  static let harnessKey = "fedcba9876543210fedcba9876543210"
  static let environment = [PagerDutyKeys.service: key, PagerDutyKeys.harness: harnessKey]

  private func send(
    _ story: NoticeSamples.Story, _ answers: Answers, _ clock: TurnedClock = TurnedClock(),
    environment: [String: String] = environment
  ) async throws -> String {
    let (notice, facts) = try await NoticeSamples.told(story)
    return try await PagerDutyDelivery(
      transport: answers, keys: PagerDutyKeys(environment), host: clock.host(environment)
    ).send(notice, facts).what
  }

  @Test(
    arguments: [
      (NoticeSamples.Story.failing, "incident k6-grid/checkout-api was triggered", key),
      (.recovered, "incident k6-grid/checkout-api was resolved", key),
      (.notRunning, "incident k6-grid/checkout-api/not-running was triggered", harnessKey),
      (.runsAgain, "incident k6-grid/checkout-api/not-running was resolved", harnessKey),
    ])
  func `an event goes to the integration of its audience`(
    story: NoticeSamples.Story, what: String, key: String
  ) async throws {
    let answers = Answers([.taken])
    #expect(try await send(story, answers) == what)
    let request = try #require(answers.requests.first)
    #expect(request.method == "POST" && request.path == "/v2/enqueue" && request.scheme == "https")
    #expect(request.host == "events.pagerduty.com")
    #expect(request.headers.contains { $0.name == "content-type" && $0.value == "application/json" })
    let (notice, facts) = try await NoticeSamples.told(story)
    var event = try #require(try JSON(request.body).object)
    #expect(event.removeValue(forKey: "routing_key")?.string == key)
    #expect(try JSON.object(event) == JSON(try jsonText(PagerDutyEvent(notice, facts)).utf8))
  }

  @Test func `what wakes nobody is not sent, and nobody is paged for the load test without a key`()
    async throws
  {
    let answers = Answers([.taken])
    #expect(try await send(.degraded, answers) == "nothing was sent: this wakes nobody")
    #expect(
      try await send(.notRunning, answers, environment: [PagerDutyKeys.service: Self.key])
        == "nothing was sent: without PAGERDUTY_HARNESS_ROUTING_KEY nobody is paged for the load test itself")
    #expect(answers.requests.isEmpty)
  }

  @Test func `what passes is tried again, the same event for a minute`() async throws {
    let clock = TurnedClock()
    let answers = Answers([.status(429), .status(500), .closed, .status(503), .taken])
    #expect(try await send(.failing, answers, clock).contains("was triggered"))
    #expect(clock.sleeps == [1, 2, 4, 8])
    #expect(Set(answers.requests.map(\.body)).count == 1)
    let asked = TurnedClock()
    _ = try await send(.failing, Answers([.status(429, "", [("Retry-After", "7")]), .taken]), asked)
    #expect(asked.sleeps == [7])
  }

  @Test(
    arguments: [
      (
        Result<HTTPResponse, HTTPFailure>.status(500, #"{"status":"error","message":"oops"}"#),
        [1.0, 2, 4, 8, 16, 20],
        "PagerDuty did not take the event after 7 attempts: HTTP 500 (error: oops)"
      ),
      (
        .closed, [1, 2, 4, 8, 16, 20],
        "PagerDuty gave no answer after 7 attempts: the connection was closed; the event may have been taken, and does no harm a second time"
      ),
      (
        .status(429, "", [("Retry-After", "61")]), [],
        "PagerDuty did not take the event: HTTP 429"
      ),
      (
        .status(
          400,
          #"{"status":"invalid event","message":"Event object is invalid","errors":["Length of 'routing_key' is incorrect (should be 32 characters)"]}"#
        ), [],
        "PagerDuty refused the event: HTTP 400 (invalid event: Event object is invalid: Length of 'routing_key' is incorrect (should be 32 characters)): check PAGERDUTY_ROUTING_KEY and PAGERDUTY_HARNESS_ROUTING_KEY"
      ),
      (
        .status(400, "key 0123456789abcdef0123456789ABCDEF"), [], "PagerDuty refused the event: HTTP 400"
      ),
      (
        .status(403, #"{"message":"key 0123456789abcdef0123456789ABCDEF\nis off"}"#), [],
        "PagerDuty refused the event: HTTP 403 (key *** is off)"
      ),
      (.status(302), [], "PagerDuty refused the event: HTTP 302"),
      (
        .failure(HTTPFailure("the answer is too long", isFinal: true)), [],
        "PagerDuty gave no answer: the answer is too long; the event may have been taken, and does no harm a second time"
      ),
    ] as [(Result<HTTPResponse, HTTPFailure>, [Double], String)])
  func `what does not pass is one sentence, without the key`(
    answer: Result<HTTPResponse, HTTPFailure>, sleeps: [Double], sentence: String
  ) async throws {
    let clock = TurnedClock()
    let error = await #expect(throws: PagerDutyError.self) {
      try await send(.failing, Answers([answer]), clock)
    }
    #expect(error?.description == sentence)
    #expect(clock.sleeps == sleeps)
  }

  @Test(
    arguments: [
      ([:], "PAGERDUTY_ROUTING_KEY is not set"), (["PAGERDUTY_ROUTING_KEY": ""], "is not set"),
      (["PAGERDUTY_ROUTING_KEY": "e93facc04764012d7bfb"], "expected 32 letters and digits, found 20 of them"),
      (
        ["PAGERDUTY_ROUTING_KEY": "e93facc04764012d7bfb-02500d5d1a6"],
        "found 32 bytes with others among them"
      ),
      (
        ["PAGERDUTY_ROUTING_KEY": key, "PAGERDUTY_HARNESS_ROUTING_KEY": key + "\n"],
        "PAGERDUTY_HARNESS_ROUTING_KEY is no"
      ),
    ] as [([String: String], String)])
  func `a key that is none is one sentence, without it`(environment: [String: String], words: String) {
    let error = #expect(throws: UsageError.self) { try PagerDutyKeys(environment) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    for value in environment.values where value.count > 10 {
      #expect(error?.description.contains(value) == false)
    }
  }

  @Test func `keys print as nothing, and what is shown of a request has none`() async throws {
    let keys = try PagerDutyKeys(Self.environment)
    var text = "\(keys) \(String(reflecting: keys)) \(["a": keys])"
    dump(keys, to: &text)
    let shown = Mutex("")
    let (notice, facts) = try await NoticeSamples.told(.failing)
    let answers = Answers([.taken])
    var delivery = PagerDutyDelivery(transport: answers, keys: keys, host: TurnedClock().host())
    delivery.show = { text in shown.withLock { $0 += text } }
    _ = try await delivery.send(notice, facts)
    dump(delivery, to: &text)
    text += shown.withLock { $0 }
    #expect(text.contains("POST https://events.pagerduty.com/v2/enqueue\n{\"client\":\"k6-grid\""))
    #expect(text.contains(#""routing_key":"(hidden)""#))
    #expect(!text.contains(Self.key) && !text.contains(Self.harnessKey))
    #expect(answers.requests.isEmpty)
  }

  @Test(
    arguments: [
      ("https://events.eu.pagerduty.com", "https://events.eu.pagerduty.com" as String?),
      ("https://events.eu.pagerduty.com/", "https://events.eu.pagerduty.com"),
      ("", "https://events.pagerduty.com"),
      ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://events.pagerduty.com", nil),
      ("events.pagerduty.com", nil), ("https://events.pagerduty.com/v2/enqueue", nil),
    ])
  func `where PagerDuty is, and never over plain http`(set: String, address: String?) async throws {
    let answers = Answers([.taken])
    let environment = Self.environment.merging(["PAGERDUTY_API_URL": set]) { $1 }
    if let address {
      _ = try await send(.failing, answers, environment: environment)
      #expect(answers.requests.map { "\($0.scheme)://\($0.host)" } == [address])
    } else {
      let error = await #expect(throws: UsageError.self) {
        try await send(.failing, answers, environment: environment)
      }
      #expect(error?.description.contains("PAGERDUTY_API_URL '\(set)' is not understood") == true)
    }
  }
}
