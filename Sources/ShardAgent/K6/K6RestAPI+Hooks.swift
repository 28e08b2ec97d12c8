import Shared

/// setup() and teardown() on demand, and an end of the load that leaves k6 there for its teardown(). The same from
/// 0.57 to 1.1, as measured; 2.2 as its recorded replies show.
extension K6RestAPI {
  /// Runs setup() now, while k6 is paused.
  /// - Parameter timeout: k6's own limit for it, in seconds.
  /// - Returns: what it returned, as JSON text; `nil` for nothing, or where there is no setup().
  /// - Throws: ``K6HookError``.
  func runSetup(timeout: Double) async throws -> String? {
    let reply = try await hook("setup()", "POST", "/v1/setup", nil, timeout: timeout)
    return try Self.setupData(of: reply)
  }

  private static func setupData(of reply: [UInt8]) throws -> String? {
    struct Envelope: Decodable {
      struct Resource: Decodable { let attributes: Attributes }
      let data: Resource
    }
    struct Attributes: Decodable {
      /// `null` is something that setup() may return; a member that is not there is nothing.
      let data: JSONValue?
      private enum CodingKeys: CodingKey { case data }
      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        data = container.contains(.data) ? try container.decode(JSONValue.self, forKey: .data) : nil
      }
    }
    let attributes = try decoded(Envelope.self, from: reply, name: "k6's answer to /v1/setup").data.attributes
    return try attributes.data.map { data in
      let text = String(decoding: data.line.dropLast(), as: UTF8.self)
      guard !text.isEmpty else { throw K6RestError(what: "what setup() returned cannot be passed on") }
      return text
    }
  }

  /// What this k6's own setup() returned, when it is over; `nil` for nothing.
  func setupData() async throws -> String? {
    let reply = try await hook("setup()", "GET", "/v1/setup", nil, timeout: 10)
    return try Self.setupData(of: reply)
  }

  /// What every VU of this k6 gets from setup().
  /// - Parameter json: `nil` for nothing.
  func giveSetup(_ json: String?) async throws {
    // A k6 that was given nothing has nothing.
    guard let json else { return }
    _ = try await hook("setup()", "PUT", "/v1/setup", json, timeout: 60)
  }

  /// Runs teardown() now, behind the load of a k6 that lingers.
  func runTeardown(timeout: Double) async throws {
    _ = try await hook("teardown()", "POST", "/v1/teardown", nil, timeout: timeout)
  }

  /// Ends the load; a lingering k6 stays.
  func stopLoad() async throws {
    let body = #"{"data":{"type":"status","id":"default","attributes":{"stopped":true}}}"#
    let (code, reply) = try await transport(Request(method: "PATCH", path: "/v1/status", body: body))
    guard code == 200 else { throw K6RestError(code, reply) }
  }

  private func hook(
    _ name: String, _ method: String, _ path: String, _ body: String?, timeout: Double
  ) async throws -> [UInt8] {
    // k6 keeps to its own limit; ten seconds more are for its answer.
    let request = Request(
      method: method, path: path, body: body, timeout: .seconds(timeout + 10), replyLimit: 64 << 20)
    let (code, reply) = try await transport(request)
    if [404, 405, 501].contains(code) { throw K6HookError.unsupported(name) }
    guard code == 200 else { throw K6HookError.failed(name, detail(reply)) }
    return reply
  }

  /// What k6 says went wrong: `{"errors":[{"title":...,"detail":...}]}`.
  private func detail(_ reply: [UInt8]) -> String {
    struct Errors: Decodable {
      struct One: Decodable { let detail: String }
      let errors: [One]
    }
    let detail = try? decoded(Errors.self, from: reply, name: "k6's answer").errors.first?.detail
    let words = (detail ?? "k6 does not say why").split(whereSeparator: \.isWhitespace)
    return String(redact(words.joined(separator: " ")).prefix(500))
  }
}

enum K6HookError: Error, CustomStringConvertible {
  /// This k6's REST API does not run it.
  case unsupported(_ hook: String)
  /// k6's own words: an exception, a time limit.
  case failed(_ hook: String, String)

  var description: String {
    switch self {
    case .unsupported(let hook):
      "this k6 cannot run \(hook) on demand: let every shard run its own with 'setup: per-shard' (--setup per-shard)"
    case .failed(let hook, let detail): "\(hook) failed: \(detail)"
    }
  }
}
