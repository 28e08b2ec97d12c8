import Foundation
import TestSupport
import Testing

@testable import GitHubStandIn

/// The stand-in behind its front, asked without a network.
@Suite struct GitHubStandInTests {
  private let state = GitHubState(
    tokens: [
      "ghs_app": GitHubState.Token(login: "github-actions[bot]"), "ghp_ada": GitHubState.Token(login: "ada"),
    ], now: Date(timeIntervalSince1970: 1_795_400_000))

  private func ask(
    _ method: String, _ path: String, _ body: JSON? = nil, query: String = "", token: String? = "ghs_app",
    headers: [String: String] = ["user-agent": "tests"]
  ) async -> (status: Int, body: JSON, headers: [String: String]) {
    var headers = headers
    headers["host"] = "127.0.0.1:1"
    headers["authorization"] = token.map { "Bearer \($0)" }
    let answer = await state.answer(
      Request(method: method, path: path, query: query, headers: headers, body: body?.text ?? Data()))
    return (answer.status, (try? JSON(answer.text)) ?? .null, answer.headers)
  }

  private static let base = "/repos/acme/checkout"
  private static let sha = String(repeating: "ab", count: 20)

  @Test(
    arguments: [
      ("POST", "/issues", [:], 422), ("POST", "/issues", ["title": 1], 201),
      ("POST", "/issues", ["title": " "], 422),
      ("POST", "/issues", ["title": true], 422), ("POST", "/issues", ["title": "t", "bodi": "b"], 422),
      ("POST", "/issues", ["title": "t", "labels": "a"], 422),
      ("POST", "/issues", ["title": "t", "labels": [1]], 422),
      ("POST", "/issues", ["title": "t", "labels": ["a", ["name": "b"]]], 201), ("POST", "/issues", [], 400),
      ("POST", "/issues", ["title": .string(String(repeating: "x", count: 257))], 422),
      ("PATCH", "/issues/1", ["state": "shut"], 422), ("PATCH", "/issues/1", ["state": "closed"], 200),
      ("PATCH", "/issues/1", ["state": "closed", "state_reason": "bored"], 422),
      ("PATCH", "/issues/1", ["state": "closed", "state_reason": "not_planned"], 200),
      ("PATCH", "/issues/1", ["state": "open", "state_reason": "completed"], 422),
      ("PATCH", "/issues/1", ["state_reason": "completed"], 422),
      ("PATCH", "/issues/99", ["title": "t"], 404),
      ("POST", "/issues/1/comments", [:], 422), ("POST", "/issues/1/comments", ["body": ""], 422),
      ("POST", "/issues/99/comments", ["body": "b"], 404),
      ("PATCH", "/issues/comments/1", ["body": "b"], 404),
      ("POST", "/labels", ["name": "n", "color": "#ffffff"], 422),
      ("POST", "/labels", ["name": "n", "color": "ffffff"], 201),
      ("POST", "/labels", ["name": "N", "color": "ffffff"], 201),
      ("POST", "/labels", ["name": "n", "description": .string(String(repeating: "x", count: 101))], 422),
      ("POST", "/statuses/\(sha)", ["state": "success"], 201),
      ("POST", "/statuses/\(sha)", ["state": "green"], 422),
      ("POST", "/statuses/\(sha)", ["state": "success", "target_url": "ftp://x"], 422),
      ("POST", "/statuses/main", ["state": "success"], 422), ("DELETE", "/issues/1", [:], 404),
      ("GET", "/nothing", [:], 404),
    ] as [(String, String, JSON, Int)])
  func `a request is looked at as GitHub looks, and more closely`(
    method: String, path: String, body: JSON, status: Int
  ) async throws {
    try await state.open(issue: "one", by: "ada")
    let answer = await ask(method, Self.base + path, method == "GET" ? nil : body)
    #expect(answer.status == status, "\(answer.body)")
    if status >= 400 { #expect(answer.body["message"] != nil && answer.body["documentation_url"] != nil) }
  }

  @Test func `who may come in`() async {
    #expect(await ask("GET", "\(Self.base)/issues", token: nil).status == 401)
    #expect(await ask("GET", "\(Self.base)/issues", token: "other").body["message"] == "Bad credentials")
    #expect(await ask("GET", "\(Self.base)/issues", headers: [:]).status == 403)
    #expect(await ask("GET", "/user").body["message"] == "Resource not accessible by integration")
    #expect(await ask("GET", "/user", token: "ghp_ada").body["login"] == "ada")
    #expect(await ask("GET", "/repos/acme/other/issues").status == 404)
    let version = ["user-agent": "tests", "x-github-api-version": "2020-01-01"]
    #expect(await ask("GET", "\(Self.base)/issues", headers: version).status == 400)
    await state.permit(["issues": "read", "pull_requests": "none", "statuses": "none"])
    #expect(await ask("GET", "\(Self.base)/issues").status == 200)
    let refused = await ask("POST", "\(Self.base)/issues", ["title": "t"])
    #expect(refused.status == 403 && refused.headers["x-accepted-github-permissions"] == "issues=write")
    #expect(await ask("POST", "\(Self.base)/statuses/\(Self.sha)", ["state": "success"]).status == 403)
  }

  @Test(
    arguments: [
      ("per_page=2", 200, [5, 4], ["next", "last"]),
      ("per_page=2&page=2", 200, [3, 2], ["prev", "next", "last", "first"]),
      ("per_page=2&page=3", 200, [1], ["prev", "first"]), ("per_page=2&page=9", 200, [], ["prev", "first"]),
      ("sort=created&direction=asc", 200, [1, 2, 3, 4, 5], []), ("labels=A%2Cb", 200, [3], []),
      ("state=closed", 200, [], []), ("state=shut", 422, [], []), ("per_page=0", 422, [], []),
      ("since=today", 422, [], []),
      ("lables=a", 422, [], []),
    ])
  func `a list has its query's page`(query: String, status: Int, numbers: [Int], links: [String]) async throws
  {
    for number in 1...5 {
      try await state.open(issue: "\(number)", by: "ada", labels: number == 3 ? ["a", "b"] : ["a"])
    }
    let answer = await ask("GET", "\(Self.base)/issues", query: query)
    #expect(
      answer.status == status && (answer.body.array ?? []).compactMap { $0["number"]?.integer } == numbers)
    let link = answer.headers["link"] ?? ""
    #expect(link.matches(of: #/rel="(\w+)"/#).map { String($0.1) } == links, "\(link)")
  }

  @Test func `what a race, a person and a fault leave is in the books`() async throws {
    let faults: JSON = [["fault": "retry-after", "seconds": 5, "path": "*/issues", "calls": [2]]]
    try await state.addFaults(faults)
    #expect(await ask("POST", "\(Self.base)/issues", ["title": "one"]).status == 201)
    let limited = await ask("POST", "\(Self.base)/issues", ["title": "two"])
    #expect(limited.status == 403 && limited.headers["retry-after"] == "5")
    try await state.set(1, open: false, by: "ada", reason: "not_planned")
    let everything = await state.everything()
    #expect(everything["issues"]?.array?.first?["closed_by"]?["login"] == "ada")
    #expect(everything["faults"]?.array?.first?["happened"] == 1)
    let record = await state.record
    #expect(record.map { $0["status"] } == [201, 403] && record[1]["fault"] == "retry-after")
    #expect(record[0]["headers"]?["authorization"] == "token of github-actions[bot]")
    #expect(record[0]["body"] == ["title": "one"] && record[0]["at"] == "2026-11-23T02:13:20Z")
  }

  @Test(
    arguments: [
      (["fault": "explode"], "there is no fault 'explode'"), ([:], "member 'fault'"),
      (["fault": "hang"], "'milliseconds' must be"), (["fault": "cut", "seconds": 3], "no member 'seconds'"),
      (["fault": "cut", "calls": [0]], "'calls' must be"),
      (["fault": "cut", "path": 1], "'path' must be a text"),
    ] as [(JSON, String)])
  func `faults that are not understood are refused`(fault: JSON, words: String) async {
    let error = await #expect(throws: FaultError.self) { try await state.addFaults([fault]) }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `people come in by the stand-in's own door`() async throws {
    func door(_ method: String, _ path: String, _ body: JSON? = nil) async -> (status: Int, body: JSON) {
      let answer = await state.control(
        Request(
          method: method, path: "/stand-in/\(path)", query: "", headers: [:], body: body?.text ?? Data()))
      return (answer.status, (try? JSON(answer.text)) ?? .null)
    }
    #expect(await door("POST", "clock", ["now": "2026-12-01T00:00:00Z"]).status == 200)
    #expect(await door("POST", "clock", ["now": "tomorrow"]).status == 422)
    #expect(
      await door("POST", "issues", ["user": "ada", "title": "mine", "labels": ["load-test"]]).status == 201)
    #expect(
      await door("POST", "pulls", ["user": "bo", "title": "change", "head": .string(Self.sha)]).status == 200)
    #expect(await door("POST", "issues/1/comments", ["user": "ada", "body": "words"]).status == 201)
    #expect(await door("POST", "issues/1/close", ["user": "ada", "reason": "not_planned"]).status == 200)
    #expect(await door("POST", "issues/1/close", ["who": "ada"]).status == 422)
    #expect(await door("POST", "issues/1/edit", ["user": "ada", "title": "ours"]).status == 200)
    #expect(await door("POST", "commits", [["sha": .string(Self.sha), "message": "One"]]).status == 200)
    #expect(
      await door("POST", "settings", ["has_issues": false, "permissions": ["issues": "read"]]).status == 200)
    #expect(await door("POST", "faults", [["fault": "cut"]]).status == 200)
    #expect(await door("DELETE", "faults").status == 200)
    #expect(await door("GET", "faults").body == [])
    #expect(await door("GET", "elsewhere").status == 404)
    let issues = await door("GET", "state").body["issues"]?.array ?? []
    #expect(issues.count == 2 && issues[0]["title"] == "ours" && issues[0]["state"] == "closed")
    #expect(issues[0]["comments"]?.array?.first?["user"]?["login"] == "ada")
    #expect(issues[0]["created_at"] == "2026-12-01T00:00:00Z" && issues[1]["pull_request"] != nil)
    #expect(await door("GET", "requests").body == [])
  }

  @Test func `the program says where it listens, and ends with a signal`() async throws {
    let program = try LineProcess([try Botocore.builtProgram("GitHubStandIn").path, "--token", "t=ada"])
    let line = try await program.readLine()
    let address = try #require(line.firstMatch(of: #/http:\/\/127\.0\.0\.1:\d+/#)).output
    let answer = try loopbackHTTP(
      "GET", "\(address)/user", headers: ["Authorization": "token t", "User-Agent": "tests"])
    #expect(answer.status == 200 && String(decoding: answer.body, as: UTF8.self).contains(#""login":"ada""#))
  }
}
