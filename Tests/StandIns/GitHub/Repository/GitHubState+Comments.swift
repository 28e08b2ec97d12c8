import Foundation
import TestSupport

extension GitHubState {
  func listComments(_ number: Int, _ query: Query, _ caller: Caller) throws -> Answer {
    _ = try issue(number)
    let since = try query.since()
    let found = comments.filter { comment in
      comment.issue == number && (since.map { comment.updatedAt >= $0 } ?? true)
    }
    let page = try Page(found, query, path: "\(caller.place)/issues/\(number)/comments")
    return Answer(200, .array(page.elements.map(json)), page.headers)
  }

  func createComment(_ number: Int, _ body: [String: JSON], _ caller: Caller) throws -> Answer {
    var issue = try issue(number)
    let text = try commentText(body)
    guard text.unicodeScalars.count <= Self.longestBody else {
      throw Refusal.invalid(
        "IssueComment", "data", "unprocessable", "Body is too long (maximum is 65536 characters)")
    }
    let comment = StoredComment(
      id: newID(), issue: number, body: text, author: caller.login, createdAt: now, updatedAt: now)
    comments.append(comment)
    issue.updatedAt = now
    issues[number] = issue
    return Answer(201, json(comment))
  }

  func readComment(_ id: Int) throws -> Answer { Answer(200, json(comments[try place(id)])) }

  func updateComment(_ id: Int, _ body: [String: JSON]) throws -> Answer {
    let place = try place(id)
    let text = try commentText(body)
    if text.utf8.count <= Self.longestKeptBody { comments[place].body = text }
    comments[place].updatedAt = now
    return Answer(200, json(comments[place]))
  }

  private func place(_ id: Int) throws -> Int {
    guard let place = comments.firstIndex(where: { $0.id == id }) else { throw Refusal.notFound }
    return place
  }

  private func commentText(_ body: [String: JSON]) throws -> String {
    let text = body["body"]?.string ?? ""
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw Refusal.invalid("IssueComment", "body", "missing_field")
    }
    return text
  }

  func json(_ comment: StoredComment) -> JSON {
    let kind = issues[comment.issue]?.pullRequest == nil ? "issues" : "pull"
    return [
      "id": .number(Double(comment.id)), "body": .string(comment.body), "user": account(comment.author),
      "html_url": .string(
        "https://github.com/\(repository)/\(kind)/\(comment.issue)#issuecomment-\(comment.id)"),
      "created_at": .string(comment.createdAt.text), "updated_at": .string(comment.updatedAt.text),
    ]
  }

  func listLabels(_ query: Query, _ caller: Caller) throws -> Answer {
    let page = try Page(labels, query, path: "\(caller.place)/labels")
    return Answer(200, .array(page.elements.map { label($0.name) }), page.headers)
  }

  func createLabel(_ body: [String: JSON]) throws -> Answer {
    let name = try names([body["name"] ?? ""])[0]
    let color = body["color"]?.string ?? "ededed"
    guard color.count == 6, color.allSatisfy(\.isHexDigit) else {
      throw Refusal.invalid("Label", "color", "invalid")
    }
    let description = body["description"]?.string
    guard (description ?? "").unicodeScalars.count <= 100 else {
      throw Refusal.invalid(
        "Label", "description", "custom", "description is too long (maximum is 100 characters)")
    }
    guard !labels.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
      throw Refusal.invalid("Label", "name", "already_exists")
    }
    labels.append(StoredLabel(name: name, color: color.lowercased(), description: description))
    return Answer(201, label(name))
  }

  /// Names of labels, given as text or as objects.
  func names(_ value: JSON?) throws -> [String] {
    try (value?.array ?? []).map { element in
      let name = element.string ?? element["name"]?.string ?? ""
      guard name.contains(where: { !$0.isWhitespace }) else {
        throw Refusal.invalid("Label", "name", "missing_field")
      }
      guard name.unicodeScalars.count <= 50 else {
        throw Refusal.invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
      }
      return name
    }
  }

  /// An issue that names a label which is not there makes it.
  func know(_ name: String) {
    if !labels.contains(where: { $0.name.lowercased() == name.lowercased() }) {
      labels.append(StoredLabel(name: name))
    }
  }

  func label(_ name: String) -> JSON {
    let label = labels.first { $0.name.lowercased() == name.lowercased() } ?? StoredLabel(name: name)
    return [
      "id": .number(Double(abs(name.utf8.reduce(3) { ($0 &* 31 &+ Int($1)) % 1_000_000 }))),
      "name": .string(label.name), "color": .string(label.color), "default": false,
      "description": label.description.map { .string($0) } ?? .null,
    ]
  }
}
