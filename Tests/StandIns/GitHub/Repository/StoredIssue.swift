import Foundation
import TestSupport

/// An issue or a pull request: they share their numbers, their labels and their comments.
struct StoredIssue: Sendable {
  struct PullRequest: Sendable {
    let head: String
    /// Of its branch.
    let commits: [String]
    var mergedAt: Date?
    /// In the base branch, once it is merged.
    var mergeCommit: String?
  }

  let number: Int
  var title: String
  var body: String?
  var labels: [String]
  var assignees: [String] = []
  var isOpen = true
  var stateReason: String?
  let author: String
  let createdAt: Date
  var updatedAt: Date
  var closedAt: Date?
  var closedBy: String?
  var pullRequest: PullRequest?
}

struct StoredComment: Sendable {
  let id: Int
  let issue: Int
  var body: String
  let author: String
  let createdAt: Date
  var updatedAt: Date
}

struct StoredLabel: Sendable {
  let name: String
  var color = "ededed"
  var description: String?
}

struct StoredStatus: Sendable {
  let id: Int
  let sha: String
  let state: String
  let description: String?
  let targetURL: String?
  let context: String
  let author: String
  let createdAt: Date
}

struct StoredCommit: Sendable {
  let sha: String
  let message: String
  /// `nil` when GitHub knows no account by the address.
  let login: String?
  let name: String
}

extension Date {
  /// As GitHub writes times: to the second.
  var text: String { formatted(.iso8601) }
}

func account(_ login: String) -> JSON {
  [
    "login": .string(login),
    "id": .number(Double(abs(login.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) % 1_000_000 }))),
    "type": login.hasSuffix("[bot]") ? "Bot" : "User", "html_url": .string("https://github.com/\(login)"),
  ]
}
