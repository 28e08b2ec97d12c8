import Shared

/// The calls of k6's REST API that a shard needs (the same JSON from 0.57 to 2.2).
struct K6RestAPI: Sendable {
  struct Request: Sendable {
    let method: String
    let path: String
    var body: String?
    /// Until the whole answer is there.
    var timeout = Duration.seconds(5)
    /// Bytes that the answer may have at the most.
    var replyLimit = 1 << 20
  }

  /// Nobody listens at k6's address: not yet, or no more.
  struct Closed: Error, CustomStringConvertible {
    var description: String { "k6's REST API is closed" }
  }

  /// Sends one request to k6's port; returns status and body.
  /// - Throws: ``Closed`` at once when nobody listens.
  typealias Transport = @Sendable (Request) async throws -> (Int, [UInt8])

  /// k6's own words for where a run is.
  enum Phase: Int {
    case created, initializingVUs, initializingExecutors, initialized, paused, started, setup, running,
      teardown
    case ended, interrupted, markedAsFailed

    var isLoadOver: Bool { rawValue >= Phase.teardown.rawValue }
  }

  struct Status {
    let phase: Phase
    let vus: Int
    let maxVUs: Int
  }

  let transport: Transport
  /// Takes secrets out of what k6 says.
  var redact: @Sendable (String) -> String = { $0 }

  private struct Envelope: Decodable {
    struct Resource: Decodable { let attributes: Attributes }
    struct Attributes: Decodable {
      let status: Int
      let vus: Int?
      let vusMax: Int?
      let paused: Bool?
      private enum CodingKeys: String, CodingKey {
        case status, vus, paused
        case vusMax = "vus-max"
      }
    }
    let data: Resource
  }

  func status() async throws -> Status {
    let (code, body) = try await transport(Request(method: "GET", path: "/v1/status"))
    return try status(code, body).status
  }

  /// Lets a paused k6 go. The envelope matters: k6 answers 200 to a flat object and does nothing.
  func unpause() async throws {
    let body = #"{"data":{"type":"status","id":"default","attributes":{"paused":false}}}"#
    let (code, reply) = try await transport(Request(method: "PATCH", path: "/v1/status", body: body))
    guard try !status(code, reply).isPaused else {
      throw K6RestError(what: "k6 is still paused after it was let go")
    }
  }

  private func status(_ code: Int, _ body: [UInt8]) throws -> (status: Status, isPaused: Bool) {
    guard code == 200 else { throw K6RestError(code, body) }
    let attributes = try decoded(Envelope.self, from: body, name: "k6's answer to /v1/status").data.attributes
    guard let phase = Phase(rawValue: attributes.status) else {
      throw K6RestError(what: "k6 reports the unknown status \(attributes.status)")
    }
    return (
      Status(phase: phase, vus: attributes.vus ?? 0, maxVUs: attributes.vusMax ?? 0),
      attributes.paused ?? false
    )
  }
}

struct K6RestError: Error, CustomStringConvertible {
  let what: String

  init(what: String) { self.what = what }

  init(_ code: Int, _ reply: [UInt8]) {
    what = "k6 answered \(code): \(String(decoding: reply.prefix(200), as: UTF8.self))"
  }

  var description: String { "k6's REST API: \(what)" }
}
