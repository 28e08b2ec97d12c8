import Foundation
import Shared
import TestSupport

@testable import Coordinator
@testable import GitHubStandIn

/// The GitHub stand-in on a port of its own, with the repository `acme/checkout`. It ends with this value.
final class GitHubServer: Sendable {
  /// As in `["fault": "cut", "method": "POST", "path": "*/issues", "calls": [1]]`; the kinds are in the stand-in's
  /// `FaultKind`.
  typealias Fault = JSON

  static let token = "ghs_stand_in"

  let address: String
  private let gitHub: GitHubState
  private let running: Task<Void, any Error>

  /// - Parameters:
  ///   - login: whose the token is: one that ends with `[bot]` is an app's, as a workflow's own.
  ///   - now: of the stand-in, where it stands still; `nil`: the machine's time.
  init(login: String = "github-actions[bot]", now: UTCInstant? = nil) async throws {
    gitHub = GitHubState(tokens: [Self.token: GitHubState.Token(login: login)], now: now?.date)
    let (addresses, told) = AsyncThrowingStream<String, any Error>.makeStream()
    running = Task { [gitHub] in
      do { try await GitHubFront(state: gitHub, port: 0).run { told.yield($0) } } catch {
        told.finish(throwing: error)
        throw error
      }
    }
    var found: String?
    for try await address in addresses {
      found = address
      break
    }
    struct NotListening: Error {}
    guard let found else { throw NotListening() }
    address = found
  }

  /// For who calls GitHub.
  var environment: [String: String] {
    [
      "GITHUB_API_URL": address, "GITHUB_TOKEN": Self.token, "GITHUB_REPOSITORY": "acme/checkout",
      "GITHUB_SERVER_URL": "https://github.com",
    ]
  }

  func client(token: String = token, prefix: String = "", host: CoordinatorHost = .live()) throws
    -> GitHubClient
  {
    try GitHubClient(
      repository: "acme/checkout", token: token, api: address + prefix, transport: LiveHTTPTransport(),
      host: host)
  }

  func setNow(_ now: UTCInstant) async { await gitHub.setClock(now.date) }

  /// Besides those that were told before.
  func addFaults(_ faults: [Fault]) async throws { try await gitHub.addFaults(.array(faults)) }
  func clearFaults() async { await gitHub.clearFaults() }

  /// What the token may: `["issues": "none"]`.
  func permit(_ permissions: [String: String]) async { await gitHub.permit(permissions) }
  func setIssues(enabled: Bool) async { await gitHub.setIssues(enabled: enabled) }
  func rename(to name: String) async { await gitHub.rename(to: name) }
  func setAssignable(_ logins: [String]?) async { await gitHub.setAssignable(logins) }

  /// Everything that is there: issues with their comments, labels, statuses, faults.
  func state() async -> JSON { await gitHub.everything() }
  func issues() async -> [JSON] { await state()["issues"]?.array ?? [] }
  func statuses() async -> [JSON] { await state()["statuses"]?.array ?? [] }

  /// Every request as it came, with the status that it was answered.
  func requests() async -> [JSON] { await gitHub.record }

  // What people do.

  @discardableResult
  func open(issue title: String, by user: String, body: String? = nil, labels: [String] = []) async throws
    -> Int
  {
    try await gitHub.open(issue: title, by: user, body: body, labels: labels)
  }

  /// - Parameter mergeCommit: of one that is merged already.
  @discardableResult
  func open(
    pull title: String, by user: String, head: String, commits: [String] = [], mergeCommit: String? = nil
  ) async -> Int {
    await gitHub.open(pull: title, by: user, head: head, commits: commits, mergeCommit: mergeCommit)
  }

  func comment(on number: Int, _ body: String, by user: String) async throws {
    try await gitHub.comment(on: number, body, by: user)
  }

  func close(_ number: Int, by user: String, reason: String? = nil) async throws {
    try await gitHub.set(number, open: false, by: user, reason: reason)
  }

  func reopen(_ number: Int, by user: String) async throws {
    try await gitHub.set(number, open: true, by: user)
  }

  /// The newest of the history, which is one line. As long as it has none, every SHA is one of a commit, and nothing can
  /// be compared.
  func add(commit sha: String, _ message: String, by login: String? = nil, name: String? = nil) async {
    await gitHub.add(commit: sha, message, by: login, name: name)
  }

  deinit { running.cancel() }
}

extension UTCInstant {
  fileprivate var date: Date { Date(timeIntervalSince1970: Double(nanoseconds) / 1e9) }
}
