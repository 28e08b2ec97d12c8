import Foundation
import TestSupport

/// The stand-in's own door, `/stand-in/...`: what people do on GitHub's pages, what goes wrong, and what has happened.
extension GitHubState {
  static let door = "/stand-in/"

  func control(_ request: Request) -> Answer {
    let parts = Array(request.parts.dropFirst())
    do {
      switch (request.method, parts.first, parts.count) {
      case ("GET", "state", 1): return Answer(200, state)
      case ("GET", "requests", 1): return Answer(200, .array(record))
      case ("GET", "faults", 1): return Answer(200, faults.json)
      case ("DELETE", "faults", 1): faults.clear()
      case ("POST", "faults", 1): faults.add(try Fault.list(try JSON(request.body)))
      case ("POST", "clock", 1): try setClock(request)
      case ("POST", "settings", 1): try change(request)
      case ("POST", "commits", 1): try addCommits(request)
      case ("POST", "issues", 1): return try seedIssue(request)
      case ("POST", "pulls", 1): return try seedPull(request)
      case ("POST", "issues", 3):
        guard let number = Int(parts[1]) else { throw Refusal.notFound }
        return try people(parts[2], number, request)
      default: throw Refusal.notFound
      }
      return Answer(200, ["taken": true])
    } catch let error as FaultError {
      return Answer(400, ["message": .string(error.message)])
    } catch let refusal as Refusal {
      return refusal.answer
    } catch {
      return Answer(400, ["message": "the body is no JSON"])
    }
  }

  private func object(_ request: Request, _ members: [String: Shape], required: [String] = []) throws
    -> [String: JSON]
  {
    let value = try JSON(request.body)
    try Shape.object(members, required: required).check(value)
    return value.object ?? [:]
  }

  private func setClock(_ request: Request) throws {
    let text = try object(request, ["now": .text], required: ["now"])["now"]?.string ?? ""
    guard let date = try? Date(text, strategy: .iso8601) else {
      throw Refusal.schema("'now' is no time, as 2026-11-23T02:14:00Z.")
    }
    setClock(date)
  }

  private func change(_ request: Request) throws {
    let asked = try object(
      request,
      [
        "has_issues": .truth, "repository": .text, "assignable": .optional(.list(.text)),
        "permissions": .object([
          "issues": .text, "pull_requests": .text, "statuses": .text, "contents": .text,
        ]),
      ])
    if let has = asked["has_issues"]?.bool { hasIssues = has }
    if let name = asked["repository"]?.string { rename(to: name) }
    if let logins = asked["assignable"] { assignable = logins.strings }
    if let permissions = asked["permissions"]?.object { permit(permissions.compactMapValues(\.string)) }
  }

  func rename(to name: String) {
    formerNames.append(repository)
    formerNames.removeAll { $0 == name }
    repository = name
  }

  func setIssues(enabled: Bool) { hasIssues = enabled }
  func setAssignable(_ logins: [String]?) { assignable = logins }
  func addFaults(_ value: JSON) throws { faults.add(try Fault.list(value)) }
  func clearFaults() { faults.clear() }

  /// All tokens have these from now on; `none` takes one away.
  func permit(_ permissions: [String: String]) {
    for (secret, var token) in tokens {
      token.permissions.merge(permissions) { $1 }
      tokens[secret] = token
    }
  }

  private func addCommits(_ request: Request) throws {
    let value = try JSON(request.body)
    let shape = Shape.object(
      ["sha": .text, "message": .text, "login": .optional(.text), "name": .text],
      required: ["sha", "message"])
    try Shape.list(shape).check(value)
    for commit in value.array ?? [] {
      add(
        commit: commit["sha"]?.string ?? "", commit["message"]?.string ?? "", by: commit["login"]?.string,
        name: commit["name"]?.string)
    }
  }

  func add(commit sha: String, _ message: String, by login: String? = nil, name: String? = nil) {
    commits.append(StoredCommit(sha: sha, message: message, login: login, name: name ?? login ?? "Somebody"))
  }

  private var state: JSON {
    [
      "repository": .string(repository), "now": .string(now.text), "has_issues": .bool(hasIssues),
      "issues": .array(
        issues.values.sorted { $0.number < $1.number }.map { issue in
          var members = json(issue, isWhole: true).object ?? [:]
          members["comments"] = .array(comments.filter { $0.issue == issue.number }.map(json))
          return .object(members)
        }),
      "labels": .array(labels.map { label($0.name) }),
      "statuses": .array(
        statuses.map { status in
          var members = json(status).object ?? [:]
          members["sha"] = .string(status.sha)
          return .object(members)
        }), "faults": faults.json,
    ]
  }

  /// Everything that is there.
  func everything() -> JSON { state }
}

// MARK: - people

extension GitHubState {
  private func seedIssue(_ request: Request) throws -> Answer {
    let asked = try object(
      request, ["user": .text, "title": .text, "body": .text, "labels": .list(.text)],
      required: ["user", "title"])
    let user = asked["user"]?.string ?? ""
    return try createIssue(asked.filter { $0.key != "user" }, person(user))
  }

  private func seedPull(_ request: Request) throws -> Answer {
    let asked = try object(
      request,
      [
        "user": .text, "title": .text, "head": .text, "commits": .list(.text), "merge_commit": .text,
        "labels": .list(.text),
      ], required: ["user", "title", "head"])
    let number = open(
      pull: asked["title"]?.string ?? "", by: asked["user"]?.string ?? "", head: asked["head"]?.string ?? "",
      commits: asked["commits"]?.strings ?? [], mergeCommit: asked["merge_commit"]?.string,
      labels: asked["labels"]?.strings ?? [])
    return try readIssue(number)
  }

  /// - Parameter mergeCommit: of one that is merged already.
  @discardableResult
  func open(
    pull title: String, by user: String, head: String, commits: [String] = [], mergeCommit: String? = nil,
    labels: [String] = []
  ) -> Int {
    labels.forEach(know)
    let pull = StoredIssue.PullRequest(
      head: head, commits: commits, mergedAt: mergeCommit == nil ? nil : now, mergeCommit: mergeCommit)
    let issue = StoredIssue(
      number: nextNumber(), title: title, labels: labels, isOpen: mergeCommit == nil, author: user,
      createdAt: now, updatedAt: now, closedAt: mergeCommit == nil ? nil : now, pullRequest: pull)
    issues[issue.number] = issue
    return issue.number
  }

  private func people(_ what: String, _ number: Int, _ request: Request) throws -> Answer {
    switch what {
    case "comments":
      let asked = try object(request, ["user": .text, "body": .text], required: ["user", "body"])
      return try comment(on: number, asked["body"]?.string ?? "", by: asked["user"]?.string ?? "")
    case "close", "reopen":
      let asked = try object(request, ["user": .text, "reason": .text], required: ["user"])
      return try set(
        number, open: what == "reopen", by: asked["user"]?.string ?? "", reason: asked["reason"]?.string)
    case "edit":
      let asked = try object(
        request, ["user": .text, "title": .text, "body": .text, "labels": .list(.text)], required: ["user"])
      return try updateIssue(
        number, asked.filter { $0.key != "user" }, person(asked["user"]?.string ?? ""))
    default: throw Refusal.notFound
    }
  }

  @discardableResult
  func open(issue title: String, by user: String, body: String? = nil, labels: [String] = []) throws -> Int {
    let before = nextNumber()
    _ = try createIssue(
      JSON([
        "title": .string(title), "body": body.map { .string($0) },
        "labels": .array(labels.map { .string($0) }),
      ])
      .object ?? [:], person(user))
    return before
  }

  @discardableResult
  func comment(on number: Int, _ body: String, by user: String) throws -> Answer {
    try createComment(number, ["body": .string(body)], person(user))
  }

  @discardableResult
  func set(_ number: Int, open: Bool, by user: String, reason: String? = nil) throws -> Answer {
    var asked: [String: JSON] = ["state": open ? "open" : "closed"]
    asked["state_reason"] = reason.map { .string($0) }
    return try updateIssue(number, asked, person(user))
  }

  private func person(_ login: String) -> Caller {
    Caller(login: login, token: Token(login: login), place: "https://github.com/\(repository)")
  }
}
