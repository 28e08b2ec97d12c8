import Foundation
import TestSupport

extension GitHubState {
  /// Of a body when it is made.
  static let longestBody = 65_536
  /// Bytes. GitHub answers 200 to a change to a longer one, and keeps the old.
  static let longestKeptBody = 262_144

  func listIssues(_ query: Query, _ caller: Caller) throws -> Answer {
    let state = try query.word("state", of: ["open", "closed", "all"])
    let sort = try query.word("sort", of: ["created", "updated", "comments"])
    let direction = try query.word("direction", of: ["desc", "asc"])
    let since = try query.since()
    let wanted = (query["labels"] ?? "").split(separator: ",").map { $0.lowercased() }
    var found = issues.values.filter { issue in
      (state == "all" || issue.isOpen == (state == "open"))
        && wanted.allSatisfy { issue.labels.map { $0.lowercased() }.contains($0) }
        && since.map { issue.updatedAt >= $0 } ?? true && (hasIssues || issue.pullRequest != nil)
    }
    found.sort { one, other in
      let (left, right) =
        switch sort {
        case "updated": (one.updatedAt.timeIntervalSince1970, other.updatedAt.timeIntervalSince1970)
        case "comments": (Double(commentCount(one.number)), Double(commentCount(other.number)))
        default: (one.createdAt.timeIntervalSince1970, other.createdAt.timeIntervalSince1970)
        }
      return left == right ? one.number < other.number : left < right
    }
    if direction == "desc" { found.reverse() }
    let page = try Page(found, query, path: "\(caller.place)/issues")
    return Answer(200, .array(page.elements.map { json($0, isWhole: false) }), page.headers)
  }

  func readIssue(_ number: Int) throws -> Answer { Answer(200, json(try issue(number), isWhole: true)) }

  func createIssue(_ body: [String: JSON], _ caller: Caller) throws -> Answer {
    guard hasIssues else { throw Refusal(status: 410, message: "Issues are disabled for this repo") }
    let title = try title(body["title"])
    let text = body["body"]?.string
    if let text, text.unicodeScalars.count > Self.longestBody {
      throw Refusal.invalid("Issue", "body", "custom", "body is too long (maximum is 65536 characters)")
    }
    let labels = try names(body["labels"])
    let assignees = try assignees(body["assignees"])
    labels.forEach(know)
    let issue = StoredIssue(
      number: nextNumber(), title: title, body: text, labels: labels, assignees: assignees,
      author: caller.login, createdAt: now, updatedAt: now)
    issues[issue.number] = issue
    return Answer(
      201, json(issue, isWhole: true), ["location": "https://github.com/\(repository)/issues/\(issue.number)"]
    )
  }

  func updateIssue(_ number: Int, _ body: [String: JSON], _ caller: Caller) throws -> Answer {
    var issue = try issue(number)
    if let title = body["title"], title != .null { issue.title = try self.title(title) }
    if let text = body["body"]?.string, text.utf8.count <= Self.longestKeptBody { issue.body = text }
    if let labels = body["labels"] {
      issue.labels = try names(labels)
      issue.labels.forEach(know)
    }
    if let assignees = body["assignees"] { issue.assignees = try self.assignees(assignees) }
    try changeState(&issue, body, by: caller.login)
    issue.updatedAt = now
    issues[number] = issue
    return Answer(200, json(issue, isWhole: true))
  }

  private func changeState(_ issue: inout StoredIssue, _ body: [String: JSON], by login: String) throws {
    let reason = body["state_reason"]?.string
    guard let state = body["state"]?.string else {
      // GitHub leaves it unread; in a client of ours it is a slip.
      if reason != nil { throw Refusal.schema("'state_reason' without 'state'.") }
      return
    }
    guard (state == "open") == (reason == "reopened") || reason == nil else {
      throw Refusal.schema("'state_reason' \(reason ?? "") does not go with 'state' \(state).")
    }
    if state == "closed" {
      if issue.isOpen { (issue.closedAt, issue.closedBy) = (now, login) }
      issue.stateReason = reason ?? "completed"
    } else if !issue.isOpen {
      (issue.closedAt, issue.closedBy, issue.stateReason) = (nil, nil, "reopened")
    }
    issue.isOpen = state == "open"
  }

  func issue(_ number: Int) throws -> StoredIssue {
    guard let issue = issues[number] else { throw Refusal.notFound }
    guard hasIssues || issue.pullRequest != nil else {
      throw Refusal(status: 410, message: "Issues are disabled for this repo")
    }
    return issue
  }

  private func title(_ value: JSON?) throws -> String {
    let title = value?.string ?? value?.integer.map(String.init) ?? ""
    guard title.contains(where: { !$0.isWhitespace }) else {
      throw Refusal.invalid("Issue", "title", "missing_field")
    }
    guard title.unicodeScalars.count <= 256 else {
      throw Refusal.invalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
    }
    return title
  }

  private func assignees(_ value: JSON?) throws -> [String] {
    let logins = value?.strings ?? []
    // GitHub leaves out whoever is too many, and says so nowhere.
    guard logins.count <= 10 else { throw Refusal.schema("'assignees' has more than 10.") }
    if let assignable, logins.contains(where: { !assignable.contains($0) }) {
      throw Refusal.invalid("Issue", "assignees", "invalid")
    }
    return logins
  }

  private func commentCount(_ number: Int) -> Int { comments.count { $0.issue == number } }
}

extension GitHubState {
  /// - Parameter isWhole: as one issue is told, not as an element of a list.
  func json(_ issue: StoredIssue, isWhole: Bool) -> JSON {
    let kind = issue.pullRequest == nil ? "issues" : "pull"
    let page = "https://github.com/\(repository)/\(kind)/\(issue.number)"
    var members: [String: JSON] = [
      "number": .number(Double(issue.number)), "title": .string(issue.title), "html_url": .string(page),
      "body": issue.body.map { .string($0) } ?? .null, "state": issue.isOpen ? "open" : "closed",
      "state_reason": issue.stateReason.map { .string($0) } ?? .null, "user": account(issue.author),
      "labels": .array(issue.labels.map { name in label(name) }),
      "assignees": .array(issue.assignees.map(account)), "locked": false,
      "comments": .number(Double(comments.count { $0.issue == issue.number })),
      "created_at": .string(issue.createdAt.text), "updated_at": .string(issue.updatedAt.text),
      "closed_at": issue.closedAt.map { .string($0.text) } ?? .null,
      "id": .number(Double(5000 + issue.number)),
    ]
    if isWhole { members["closed_by"] = issue.closedBy.map(account) ?? .null }
    if let pull = issue.pullRequest {
      members["pull_request"] = [
        "html_url": .string(page), "merged_at": pull.mergedAt.map { .string($0.text) } ?? .null,
      ]
    }
    return .object(members)
  }
}
