import Foundation
import TestSupport

extension GitHubState {
  func createStatus(_ sha: String, _ body: [String: JSON], _ caller: Caller) throws -> Answer {
    guard knows(sha), sha.count == 40 else {
      throw Refusal(status: 422, message: "No commit found for SHA: \(sha)")
    }
    let description = body["description"]?.string
    guard (description ?? "").unicodeScalars.count <= 140 else {
      throw Refusal.invalid(
        "Status", "description", "custom", "description is too long (maximum is 140 characters)")
    }
    let target = body["target_url"]?.string
    guard target.map({ $0.hasPrefix("https://") || $0.hasPrefix("http://") }) ?? true else {
      throw Refusal.invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
    }
    let context = body["context"]?.string ?? "default"
    guard statuses.count(where: { $0.sha == sha && $0.context == context }) < 1000 else {
      throw Refusal.invalid(
        "Status", "context", "custom", "This SHA and context has reached the maximum number of statuses.")
    }
    let status = StoredStatus(
      id: newID(), sha: sha, state: body["state"]?.string ?? "", description: description, targetURL: target,
      context: context, author: caller.login, createdAt: now)
    statuses.append(status)
    return Answer(201, json(status))
  }

  func listStatuses(_ sha: String, _ query: Query, _ caller: Caller) throws -> Answer {
    guard knows(sha) else { throw Refusal(status: 422, message: "No commit found for SHA: \(sha)") }
    let found = Array(statuses.filter { $0.sha == sha }.reversed())
    let page = try Page(found, query, path: "\(caller.place)/commits/\(sha)/statuses")
    return Answer(200, .array(page.elements.map(json)), page.headers)
  }

  func listPulls(_ sha: String, _ query: Query, _ caller: Caller) throws -> Answer {
    guard knows(sha) else { throw Refusal(status: 422, message: "No commit found for SHA: \(sha)") }
    let found = issues.values.sorted { $0.number > $1.number }.filter { issue in
      issue.pullRequest.map { [$0.head, $0.mergeCommit].contains(sha) || $0.commits.contains(sha) } ?? false
    }
    let page = try Page(found, query, path: "\(caller.place)/commits/\(sha)/pulls")
    let pulls = page.elements.map { issue -> JSON in
      [
        "number": .number(Double(issue.number)), "state": issue.isOpen ? "open" : "closed",
        "title": .string(issue.title), "user": account(issue.author),
        "html_url": .string("https://github.com/\(repository)/pull/\(issue.number)"),
        "merged_at": issue.pullRequest?.mergedAt.map { .string($0.text) } ?? .null,
        "merge_commit_sha": issue.pullRequest?.mergeCommit.map { .string($0) } ?? .null,
        "head": ["sha": .string(issue.pullRequest?.head ?? "")],
      ]
    }
    return Answer(200, .array(pulls), page.headers)
  }

  /// The history is one line.
  func compare(_ base: String, _ head: String, _ query: Query, _ caller: Caller) throws -> Answer {
    guard let from = place(base), let to = place(head) else { throw Refusal.notFound }
    let ahead = from < to ? Array(commits[(from + 1)...to]) : []
    let path = "\(caller.place)/compare/\(base)...\(head)"
    let usual = query["page"] == nil && query["per_page"] == nil ? 250 : 30
    let page = try Page(ahead, query, path: path, usual: min(usual, 100))
    let listed = usual == 250 ? Array(ahead.prefix(250)) : page.elements
    return Answer(
      200,
      [
        "html_url": .string("https://github.com/\(repository)/compare/\(base)...\(head)"),
        "status": from == to ? "identical" : from < to ? "ahead" : "behind",
        "ahead_by": .number(Double(ahead.count)), "behind_by": .number(Double(max(0, from - to))),
        "total_commits": .number(Double(ahead.count)), "commits": .array(listed.map(json)), "files": [],
      ], usual == 250 ? [:] : page.headers)
  }

  private func place(_ reference: String) -> Int? {
    reference.count < 7 ? nil : commits.firstIndex { $0.sha.hasPrefix(reference) }
  }

  private func knows(_ sha: String) -> Bool {
    let isSHA = (7...40).contains(sha.count) && sha.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    return isSHA && (commits.isEmpty || place(sha) != nil)
  }

  private func json(_ commit: StoredCommit) -> JSON {
    [
      "sha": .string(commit.sha),
      "commit": [
        "message": .string(commit.message),
        "author": ["name": .string(commit.name), "email": "dev@acme.example", "date": .string(now.text)],
      ],
      "author": commit.login.map(account) ?? .null,
      "html_url": .string("https://github.com/\(repository)/commit/\(commit.sha)"),
    ]
  }

  func json(_ status: StoredStatus) -> JSON {
    [
      "id": .number(Double(status.id)), "state": .string(status.state), "context": .string(status.context),
      "description": status.description.map { .string($0) } ?? .null,
      "target_url": status.targetURL.map { .string($0) } ?? .null, "creator": account(status.author),
      "created_at": .string(status.createdAt.text), "updated_at": .string(status.createdAt.text),
    ]
  }
}
