import Shared
import Synchronization
import TestSupport

@testable import Coordinator

/// A clock that only moves when somebody sleeps by it.
final class SleptClock: Sendable {
  private let state: Mutex<(now: Double, sleeps: [Double])>

  /// - Parameter now: seconds since 1970.
  init(_ now: Double = 1_800_000_000) { state = Mutex((now, [])) }

  var sleeps: [Double] { state.withLock(\.sleeps) }
  func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }

  var host: CoordinatorHost {
    CoordinatorHost(
      now: { Samples.instant(self.state.withLock(\.now)) },
      sleep: { duration in
        try Task.checkCancellation()
        let seconds = duration / .seconds(1)
        self.state.withLock {
          $0.sleeps.append(seconds)
          $0.now += seconds
        }
      }, environment: [:], randomText: { "random" })
  }
}

/// A GitHub that answers by a script, and keeps what was asked.
final class ScriptedGitHub: HTTPTransport {
  typealias Answer = Result<HTTPResponse, HTTPFailure>
  private let answers: [Answer]
  private let seen = Mutex<[HTTPRequest]>([])

  /// - Parameter answers: one after the other; the last one for all that follow.
  init(_ answers: [Answer]) { self.answers = answers }

  var requests: [HTTPRequest] { seen.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let number = seen.withLock {
      $0.append(request)
      return $0.count
    }
    return try answers[min(number, answers.count) - 1].get()
  }

  func client(
    _ clock: SleptClock = SleptClock(), api: String = "https://api.github.com",
    show: (@Sendable (String) -> Void)? = nil
  ) throws -> GitHubClient {
    try GitHubClient(
      repository: "acme/checkout", token: "ghs_secret", api: api, transport: self, host: clock.host,
      show: show)
  }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
  static func json(_ status: Int, _ body: JSON, _ headers: [String: String] = [:]) -> Self {
    let all = headers.merging(["content-type": "application/json; charset=utf-8"]) { own, _ in own }
    return .success(
      HTTPResponse(status: status, headers: all.map { ($0.key, $0.value) }, body: Array(body.text)))
  }

  static func refusal(_ status: Int, _ message: String, _ headers: [String: String] = [:]) -> Self {
    json(status, ["message": .string(message), "documentation_url": "https://docs.github.com/rest"], headers)
  }

  static func html(_ status: Int) -> Self {
    .success(
      HTTPResponse(
        status: status, headers: [("Content-Type", "text/html")], body: Array("<html>no</html>".utf8)))
  }

  static var cut: Self {
    .failure(HTTPFailure("api.github.com closed the connection before its answer was whole"))
  }
  static var unconnected: Self {
    .failure(HTTPFailure("no connection to api.github.com", mayHaveBeenSent: false))
  }
}

enum GitHubSamples {
  static func issue(
    _ number: Int = 12, body: String = "the body", state: String = "open", isPull: Bool = false,
    author: JSON = ["login": "github-actions[bot]"]
  ) -> JSON {
    var members: [String: JSON] = [
      "number": .number(Double(number)), "title": "slow", "body": .string(body), "state": .string(state),
      "state_reason": .null, "html_url": .string("https://github.com/acme/checkout/issues/\(number)"),
      "user": author, "labels": ["load-test", ["name": "suite:shop"]], "closed_at": .null,
      "created_at": "2026-11-23T02:31:04Z", "locked": false,
    ]
    if isPull { members["pull_request"] = ["merged_at": .null] }
    return .object(members)
  }

  static func comment(_ id: Int = 7, _ body: String = "words") -> JSON {
    [
      "id": .number(Double(id)), "body": .string(body), "user": .null, "created_at": "2026-11-23T02:31:04Z",
      "html_url": .string("https://github.com/acme/checkout/issues/12#issuecomment-\(id)"),
    ]
  }
}

/// What the call threw.
func gitHubError(_ call: () async throws -> Void) async -> GitHubError? {
  do { try await call() } catch { return error as? GitHubError }
  return nil
}
