import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import ShardAgent

/// On what real k6 2.2.0 answered, and on what 0.57.0 and 1.1.0 answer where it is short enough to stand here.
@Suite struct K6RestAPITests {
  /// Answers every request the same, and keeps what it was asked.
  private final class Answer: Sendable {
    let asked = Mutex<[K6RestAPI.Request]>([])
    let code: Int
    let body: [UInt8]

    init(_ code: Int, _ body: [UInt8]) { (self.code, self.body) = (code, body) }

    var api: K6RestAPI {
      K6RestAPI { request in
        self.asked.withLock { $0.append(request) }
        return (self.code, self.body)
      }
    }
    var line: String? { asked.withLock { $0.last.map { "\($0.method) \($0.path) \($0.body ?? "")" } } }
  }

  private func answer(_ code: Int, _ text: String) -> Answer { Answer(code, Array(text.utf8)) }

  @Test func `what k6 2 says of itself`() async throws {
    let paused = try await Answer(200, recorded("k6-2.2.0/rest/status-paused.json")).api.status()
    #expect(paused.phase == .paused && paused.maxVUs == 2 && paused.vus == 0 && !paused.phase.isLoadOver)
    let running = try await Answer(200, recorded("k6-2.2.0/rest/status-running.json")).api.status()
    #expect(running.phase == .running && running.vus == 2)
    let unpaused = Answer(200, try recorded("k6-2.2.0/rest/patch-unpause.json"))
    try await unpaused.api.unpause()
    #expect(unpaused.line?.hasPrefix("PATCH /v1/status") == true)
    await #expect(throws: K6RestError.self) {
      try await Answer(200, recorded("k6-2.2.0/rest/status-paused.json")).api.unpause()
    }
  }

  @Test func `what setup returned, as k6 2 tells it`() async throws {
    let after = Answer(200, try recorded("k6-2.2.0/rest/setup-after.json"))
    #expect(try await after.api.runSetup(timeout: 90) == #"{"a":1}"#)
    #expect(after.line == "POST /v1/setup ")
    #expect(after.asked.withLock { $0.last?.timeout } == .seconds(100), "longer than k6's own limit")
    let before = Answer(200, try recorded("k6-2.2.0/rest/setup-before.json"))
    #expect(try await before.api.runSetup(timeout: 60) == nil)
  }

  @Test(
    arguments: [
      (#"{"data":null}"#, "null"), (#"{"data":0}"#, "0"), (#"{"data":""}"#, #""""#),
      (#"{"data":false}"#, "false"),
      (#"{"data":{"a":[1.5,-0,1e+21,0.1],"s":"é\u003c\u0026 x"}}"#, #"{"a":[1.5,-0,1e+21,0.1],"s":"é<& x"}"#),
    ]) func `what setup returned keeps its value`(attributes: String, expected: String) async throws
  {
    let reply = answer(200, #"{"data":{"type":"setupData","id":"default","attributes":\#(attributes)}}"#)
    let text = try #require(try await reply.api.runSetup(timeout: 60))
    #expect(
      try decoded(JSONValue.self, from: Array(text.utf8), name: "setup")
        == decoded(JSONValue.self, from: Array(expected.utf8), name: "expected"))
    try await reply.api.giveSetup(text)
    #expect(reply.line == "PUT /v1/setup \(text)")
  }

  @Test func `nothing is not passed on`() async throws {
    let reply = answer(200, "")
    try await reply.api.giveSetup(nil)
    #expect(reply.line == nil)
  }

  @Test func `a hook that failed says why, in k6's words`() async throws {
    let threw = answer(
      500,
      #"{"errors":[{"status":"500","title":"Error executing setup","detail":"Error: boom\n\tat setup (s.js:5:23(17))\n"}]}"#
    )
    await #expect {
      _ = try await threw.api.runSetup(timeout: 60)
    } throws: {
      "\($0)" == "setup() failed: Error: boom at setup (s.js:5:23(17))"
    }
    await #expect {
      try await answer(500, "<html>").api.runTeardown(timeout: 60)
    } throws: {
      "\($0)" == "teardown() failed: k6 does not say why"
    }
  }

  @Test(arguments: [404, 405, 501]) func `a k6 that cannot do it is told apart`(code: Int) async throws {
    await #expect {
      _ = try await answer(code, "404 page not found").api.runSetup(timeout: 60)
    } throws: {
      "\($0)".contains("--setup per-shard")
    }
  }

  @Test func `the load is stopped without ending k6`() async throws {
    let stopped = Answer(200, try recorded("k6-2.2.0/rest/status-running.json"))
    try await stopped.api.stopLoad()
    #expect(stopped.line?.contains(#""stopped":true"#) == true)
    await #expect(throws: K6RestError.self) { try await answer(400, "no").api.stopLoad() }
  }
}
