import Foundation
import Shared

@testable import Coordinator

/// GitHub's answers for one repository in memory, for tests of what a delivery does when it is cut off, repeated or not alone.
actor PaperGitHub: HTTPTransport {
  struct User: Codable { let login: String }
  struct Label: Codable { let name: String }
  struct Entry: Codable {
    let number: Int
    var title: String
    var body: String?
    var state = "open"
    var stateReason: String?
    let htmlUrl: String
    let user: User
    var labels: [Label]
    var closedBy: User?
    var closedAt: UTCInstant?
    let createdAt: UTCInstant
  }
  struct Comment: Codable {
    let id: Int
    let issue: Int
    let htmlUrl: String
    var body: String
    let user: User
    let createdAt: UTCInstant
  }
  struct Status: Codable, Equatable {
    let state, description, context: String
    let targetUrl: String?
    var sha: String?
  }
  private struct Sent: Decodable {
    let title, body, state, stateReason, name: String?
    let labels: [String]?
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return encoder
  }
  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }

  static let login = "github-actions[bot]"
  private static let root = "/repos/acme/shop"

  private(set) var issues: [Int: Entry] = [:]
  private(set) var comments: [Comment] = []
  private(set) var statuses: [Status] = []
  private(set) var log: [String] = []
  /// Of one commit: number, state, whether it was merged.
  private var pulls: [(Int, String, Bool)] = []
  /// By `POST /issues`: so many times it is carried out, and the answer does not come.
  private var cuts: [String: Int] = [:]
  /// Another run opens an issue of this body just before.
  private var rival: String?
  private var dropsLabels = false
  private var next = 101
  private let at = UTCInstant(nanoseconds: 1_760_000_000_000_000_000)

  func cut(_ call: String, times: Int = 1) { cuts[call] = times }
  func race(_ body: String) { rival = body }
  func dropLabels() { dropsLabels = true }
  func setPulls(_ pulls: [(Int, String, Bool)]) { self.pulls = pulls }
  func writes() -> [String] { log.filter { !$0.hasPrefix("GET") } }
  func clearLog() { log = [] }

  func client(show: (@Sendable (String) -> Void)? = nil) throws -> GitHubClient {
    let host = CoordinatorHost(
      now: { UTCInstant(nanoseconds: 1_760_000_000_000_000_000) }, sleep: { _ in }, environment: [:],
      randomText: { "random" })
    return try GitHubClient(
      repository: "acme/shop", token: "ghs_token", api: "https://api.github.com", transport: self, host: host,
      show: show)
  }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let path = String(request.path.dropFirst(request.path.hasPrefix(Self.root) ? Self.root.count : 0))
    let call = "\(request.method) \(path)"
    log.append(call)
    let answer = try answer(request.method, path.split(separator: "/").map(String.init), request)
    if let left = cuts[call], left > 0 {
      cuts[call] = left - 1
      throw HTTPFailure("the connection was cut", mayHaveBeenSent: true)
    }
    return answer
  }

  private func answer(_ method: String, _ path: [String], _ request: HTTPRequest) throws -> HTTPResponse {
    switch (method, path.first ?? "", path.count) {
    case ("GET", "user", 1): return HTTPResponse(status: 403, body: Array(#"{"message":"no user"}"#.utf8))
    case ("GET", "issues", 1):
      let state = request.query.contains("state=open") ? "open" : "closed"
      let listed = issues.values.filter { $0.state == state }.sorted { $0.number > $1.number }
      // A list does not say who has closed an issue.
      return try ok(
        listed.map { issue in
          var issue = issue
          issue.closedBy = nil
          return issue
        })
    case ("POST", "issues", 1): return try create(try sent(request))
    case ("GET", "issues", 2): return try ok(issues[Int(path[1]) ?? 0])
    case ("PATCH", "issues", 2): return try change(Int(path[1]) ?? 0, try sent(request))
    case ("GET", "issues", 3) where path[1] == "comments":
      return try ok(comments.first { "\($0.id)" == path[2] })
    case ("PATCH", "issues", 3):
      guard let index = comments.firstIndex(where: { "\($0.id)" == path[2] }) else { break }
      comments[index].body = try sent(request).body ?? ""
      return try ok(comments[index])
    case ("GET", "issues", 3): return try ok(comments.filter { "\($0.issue)" == path[1] })
    case ("POST", "issues", 3):
      return try ok(add(try sent(request).body ?? "", on: Int(path[1]) ?? 0), status: 201)
    case ("POST", "labels", 1): return try ok(Label(name: try sent(request).name ?? ""), status: 201)
    case ("POST", "statuses", 2):
      var status = try Self.decoder.decode(Status.self, from: Data(request.body))
      status.sha = path[1]
      statuses.append(status)
      return try ok(status, status: 201)
    case ("GET", "commits", 3):
      return HTTPResponse(
        status: 200, headers: [("content-type", "application/json")],
        body: Array("[\(pulls.map(Self.pull).joined(separator: ","))]".utf8))
    default: break
    }
    return HTTPResponse(status: 404, body: Array(#"{"message":"Not Found"}"#.utf8))
  }

  private static func pull(_ pull: (Int, String, Bool)) -> String {
    #"{"number":\#(pull.0),"state":"\#(pull.1)","merged_at":\#(pull.2 ? "\"2026-11-20T10:00:00Z\"" : "null")}"#
  }

  private func create(_ sent: Sent) throws -> HTTPResponse {
    if let rival {
      self.rival = nil
      add(issue: "rival", rival, labels: sent.labels ?? [])
    }
    let number = add(issue: sent.title ?? "", sent.body ?? "", labels: dropsLabels ? [] : sent.labels ?? [])
    return try ok(issues[number], status: 201)
  }

  @discardableResult
  func add(issue title: String, _ body: String, labels: [String], author: String = login) -> Int {
    issues[next] = Entry(
      number: next, title: title, body: body, htmlUrl: "https://github.com/acme/shop/issues/\(next)",
      user: User(login: author), labels: labels.map(Label.init), createdAt: at)
    next += 1
    return next - 1
  }

  @discardableResult
  func add(_ body: String, on issue: Int, author: String = login) -> Comment {
    let comment = Comment(
      id: 9000 + comments.count, issue: issue, htmlUrl: "https://github.com/acme/shop/issues/\(issue)",
      body: body, user: User(login: author), createdAt: at)
    comments.append(comment)
    return comment
  }

  private func change(_ number: Int, _ sent: Sent) throws -> HTTPResponse {
    guard var entry = issues[number] else { return HTTPResponse(status: 404) }
    if let title = sent.title { entry.title = title }
    if let body = sent.body { entry.body = body }
    if let labels = sent.labels { entry.labels = labels.map(Label.init) }
    if let state = sent.state {
      let isClosed = state == "closed"
      (entry.state, entry.stateReason) = (state, sent.stateReason)
      (entry.closedBy, entry.closedAt) = (isClosed ? User(login: Self.login) : nil, isClosed ? at : nil)
    }
    issues[number] = entry
    return try ok(entry)
  }

  private func sent(_ request: HTTPRequest) throws -> Sent {
    try Self.decoder.decode(Sent.self, from: Data(request.body))
  }

  private func ok(_ value: some Encodable, status: Int = 200) throws -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("content-type", "application/json")],
      body: try [UInt8](Self.encoder.encode(value)))
  }
}
