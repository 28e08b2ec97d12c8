import Foundation
import Synchronization
import TestSupport

@testable import Shared

/// A clock that only moves when somebody sleeps by it.
final class TestClock: Sendable {
  private let state: Mutex<(now: Double, sleeps: [Double])>

  /// - Parameter now: seconds since 1970.
  init(_ now: Double = 1_800_000_000) { state = Mutex((now, [])) }

  var now: UTCInstant { UTCInstant(nanoseconds: 0).advanced(bySeconds: state.withLock(\.now)) }
  /// Seconds, one after the other.
  var sleeps: [Double] { state.withLock(\.sleeps) }
  func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }

  func host(random: Double = 1, files: [String: String] = [:]) -> AWSHost {
    AWSHost(
      now: { self.now }, uptime: { self.state.withLock(\.now) },
      sleep: { seconds in
        try Task.checkCancellation()
        self.state.withLock {
          $0.sleeps.append(seconds)
          $0.now += seconds
        }
      }, random: { random },
      readFile: { path in
        guard let text = files[path] else { throw CocoaError(.fileNoSuchFile) }
        return Array(text.utf8)
      })
  }
}

/// Answers by a script, and keeps what was asked.
final class ScriptedTransport: HTTPTransport {
  typealias Script = @Sendable (_ request: HTTPRequest, _ number: Int) async throws -> HTTPResponse
  private let script: Script
  private let seen = Mutex<[HTTPRequest]>([])

  /// - Parameter script: given the number of the request, from 1.
  init(_ script: @escaping Script) { self.script = script }

  /// One answer after the other; the last one for all that follow.
  convenience init(_ answers: [Result<HTTPResponse, HTTPFailure>]) {
    self.init { _, number in try answers[min(number, answers.count) - 1].get() }
  }

  var requests: [HTTPRequest] { seen.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let number = seen.withLock {
      $0.append(request)
      return $0.count
    }
    return try await script(request, number)
  }
}

enum AWSSamples {
  static let environment = [
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-central-1",
  ]

  static func client(
    _ transport: any HTTPTransport, clock: TestClock = TestClock(), random: Double = 1,
    environment: [String: String] = environment, files: [String: String] = [:]
  ) throws -> AWSClient {
    try AWSClient(
      environment: environment, transport: transport, host: clock.host(random: random, files: files))
  }

  static func store(_ transport: any HTTPTransport, clock: TestClock = TestClock()) throws -> S3ObjectStore {
    S3ObjectStore(
      client: try client(transport, clock: clock), bucket: "grid-runs", prefix: "suite/",
      settings: try S3Settings([:]))
  }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
  static func ok(_ body: String = "{}", _ headers: [(String, String)] = []) -> Self {
    .success(HTTPResponse(status: 200, headers: headers.map { ($0.0, $0.1) }, body: Array(body.utf8)))
  }

  static func json(_ status: Int, _ code: String, _ message: String = "why", date: String? = nil) -> Self {
    .success(
      HTTPResponse(
        status: status,
        headers: [("x-amzn-requestid", "id-1")] + (date.map { [("date", $0)] } ?? []),
        body: Array(#"{"__type":"com.amazonaws#\#(code)","message":"\#(message)"}"#.utf8)))
  }

  static func xml(_ status: Int, _ code: String, _ more: String = "", _ headers: [(String, String)] = [])
    -> Self
  {
    .success(
      HTTPResponse(
        status: status, headers: headers.map { ($0.0, $0.1) },
        body: Array(
          "<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>why</Message>\(more)<RequestId>id-2</RequestId></Error>"
            .utf8)))
  }

  static var cut: Self { .failure(HTTPFailure("the connection was closed")) }
  static var unconnected: Self { .failure(HTTPFailure("no connection", mayHaveBeenSent: false)) }
}
