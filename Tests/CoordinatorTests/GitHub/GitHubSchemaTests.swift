import Shared
import TestSupport
import Testing

@testable import Coordinator

/// What GitHub's description of its REST API (version 2022-11-28) documents of each call that we make.
private struct Documented {
  enum Kind {
    case text, texts
    case word([String])
    case integer
  }

  let method: String
  let path: String
  var query: [String: Kind] = [:]
  var body: [String: Kind] = [:]
  var required: [String] = []
}

private let paging: [String: Documented.Kind] = ["per_page": .integer, "page": .integer]
private let issueState = Documented.Kind.word(["open", "closed"])

private let documented: [String: Documented] = [
  "users/get-authenticated": Documented(method: "GET", path: "/user"),
  "issues/list-for-repo": Documented(
    method: "GET", path: "/repos/acme/checkout/issues",
    query: paging.merging([
      "state": .word(["open", "closed", "all"]), "labels": .text, "since": .text,
      "sort": .word(["created", "updated", "comments"]), "direction": .word(["asc", "desc"]),
    ]) { $1 }),
  "issues/get": Documented(method: "GET", path: "/repos/acme/checkout/issues/12"),
  "issues/create": Documented(
    method: "POST", path: "/repos/acme/checkout/issues",
    body: ["title": .text, "body": .text, "labels": .texts, "assignees": .texts], required: ["title"]),
  "issues/update": Documented(
    method: "PATCH", path: "/repos/acme/checkout/issues/12",
    body: [
      "title": .text, "body": .text, "labels": .texts, "state": issueState,
      "state_reason": .word(["completed", "not_planned", "duplicate", "reopened"]),
    ]),
  "issues/list-comments": Documented(
    method: "GET", path: "/repos/acme/checkout/issues/12/comments",
    query: paging.merging(["since": .text]) { $1 }),
  "issues/create-comment": Documented(
    method: "POST", path: "/repos/acme/checkout/issues/12/comments", body: ["body": .text], required: ["body"]
  ),
  "issues/update-comment": Documented(
    method: "PATCH", path: "/repos/acme/checkout/issues/comments/7", body: ["body": .text], required: ["body"]
  ),
  "issues/get-comment": Documented(method: "GET", path: "/repos/acme/checkout/issues/comments/7"),
  "issues/create-label": Documented(
    method: "POST", path: "/repos/acme/checkout/labels",
    body: ["name": .text, "color": .text, "description": .text], required: ["name"]),
  "repos/create-commit-status": Documented(
    method: "POST", path: "/repos/acme/checkout/statuses/c4d8e1a",
    body: [
      "state": .word(["error", "failure", "pending", "success"]), "target_url": .text, "description": .text,
      "context": .text,
    ], required: ["state"]),
  "repos/list-pull-requests-associated-with-commit": Documented(
    method: "GET", path: "/repos/acme/checkout/commits/c4d8e1a/pulls", query: paging),
  "repos/compare-commits-with-basehead": Documented(
    method: "GET", path: "/repos/acme/checkout/compare/9f31c02...c4d8e1a", query: paging),
]

@Suite struct GitHubSchemaTests {
  private static let issue = ScriptedGitHub.Answer.json(200, GitHubSamples.issue(body: "body"))
  private static let comment = ScriptedGitHub.Answer.json(200, GitHubSamples.comment(7, "body"))

  /// Every method of the client with everything that it can send, and the calls that it makes.
  private static let calls:
    [(ids: [String], answers: [ScriptedGitHub.Answer], call: @Sendable (GitHubClient) async throws -> Void)] =
      [
        (["users/get-authenticated"], [.json(200, ["login": "ada"])], { _ = try await $0.login() }),
        (
          ["issues/list-for-repo"], [.json(200, [])],
          { _ = try await $0.issues(labels: ["a", "b"], state: .all, since: Samples.instant(1e9)) }
        ),
        (["issues/get"], [issue], { _ = try await $0.issue(12) }),
        (
          ["issues/create"], [issue],
          { _ = try await $0.create(.init(title: "t", body: "b", labels: ["a"], assignees: ["ada"])) }
        ),
        (
          ["issues/update", "issues/get"], [issue],
          {
            _ = try await $0.update(
              12,
              .init(title: "t", body: "body", state: .closed, stateReason: "completed", labels: ["a", "b"]))
          }
        ),
        (["issues/list-comments"], [.json(200, [])], { _ = try await $0.comments(on: 12) }),
        (["issues/create-comment"], [comment], { _ = try await $0.comment(on: 12, "body") }),
        (
          ["issues/update-comment", "issues/get-comment"], [comment],
          { _ = try await $0.change(comment: 7, "body") }
        ),
        (
          ["issues/create-label"], [.json(201, [:])],
          { try await $0.ensure([GitHubLabel(name: "a", color: "5319e7", description: "d")]) }
        ),
        (
          ["repos/create-commit-status"], [.json(201, [:])],
          {
            let status = GitHubStatus(
              state: .failure, description: "d", context: "c", targetURL: "https://a.example")
            try await $0.set(status, on: "c4d8e1a")
          }
        ),
        (
          ["repos/list-pull-requests-associated-with-commit"], [.json(200, [])],
          { _ = try await $0.pullRequests(of: "c4d8e1a") }
        ),
        (
          ["repos/compare-commits-with-basehead"], [.json(200, ["total_commits": 0, "commits": []])],
          { _ = try await $0.compare("9f31c02", "c4d8e1a") }
        ),
      ]

  private func matches(_ value: JSON, _ kind: Documented.Kind) -> Bool {
    switch kind {
    case .text: value.string != nil
    case .texts: value.array.map { $0.count == value.strings?.count } ?? false
    case .word(let words): value.string.map(words.contains) ?? false
    case .integer: value.string.flatMap { Int($0) } != nil
    }
  }

  @Test(arguments: calls.indices)
  func `a request is what GitHub documents, field by field`(index: Int) async throws {
    let (ids, answers, call) = Self.calls[index]
    let gitHub = ScriptedGitHub(answers)
    try await call(gitHub.client())
    #expect(gitHub.requests.count == ids.count)
    for (id, request) in zip(ids, gitHub.requests) {
      let schema = try #require(documented[id])
      #expect(request.method == schema.method && request.path == schema.path, "\(id)")
      #expect(request.scheme == "https" && request.host == "api.github.com")
      for pair in request.query.split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
        let kind = try #require(schema.query[parts[0]], "\(id): \(pair)")
        #expect(matches(.string(parts[1]), kind), "\(id): \(pair)")
      }
      let body = request.body.isEmpty ? [:] : try #require(try JSON(request.body).object, "\(id)")
      for (name, value) in body {
        let kind = try #require(schema.body[name], "\(id): \(name)")
        #expect(matches(value, kind), "\(id): \(name) is \(value)")
      }
      // Sent with everything, so that no field is left unlooked at.
      #expect(Set(body.keys) == Set(schema.body.keys), "\(id)")
      #expect(schema.required.allSatisfy { body[$0] != nil }, "\(id)")
    }
  }

  @Test func `only what is there is sent`() async throws {
    let gitHub = ScriptedGitHub([Self.issue])
    let client = try gitHub.client()
    _ = try await client.create(GitHubIssueDraft(title: "t", body: "b"))
    _ = try await client.update(12, GitHubIssueChange(state: .open))
    try await client.set(GitHubStatus(state: .success, description: "d", context: "c"), on: "c4d8e1a")
    #expect(
      gitHub.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
        #"{"body":"b","title":"t"}"#, #"{"state":"open"}"#,
        #"{"context":"c","description":"d","state":"success"}"#,
      ])
  }

  @Test func `every request has GitHub's headers`() async throws {
    let gitHub = ScriptedGitHub([Self.issue])
    _ = try await gitHub.client().issue(12)
    _ = try await gitHub.client().create(GitHubIssueDraft(title: "t", body: "b"))
    for request in gitHub.requests {
      let headers = Dictionary(request.headers.map { ($0.name, $0.value) }) { _, _ in "twice" }
      #expect(headers["authorization"] == "Bearer ghs_secret")
      #expect(headers["accept"] == "application/vnd.github+json")
      #expect(headers["x-github-api-version"] == "2022-11-28")
      #expect(headers["user-agent"] == "k6-grid/\(gridVersion)")
      #expect(headers["content-type"] == (request.body.isEmpty ? nil : "application/json"))
      #expect(request.timeout == .seconds(20) && request.replyLimit == 16 << 20)
    }
  }
}
