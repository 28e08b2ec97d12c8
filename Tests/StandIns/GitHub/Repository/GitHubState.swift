import Foundation
import TestSupport

/// One repository of GitHub's, who may call it, and what was asked of it.
actor GitHubState {
  struct Token: Sendable {
    /// `github-actions[bot]`, or a person's.
    let login: String
    /// As `["issues": "write"]`; what is not named it may not.
    var permissions: [String: String] = [
      "issues": "write", "pull_requests": "write", "statuses": "write", "contents": "read",
    ]
    var isIntegration: Bool { login.hasSuffix("[bot]") }
  }

  /// `owner/name`
  var repository: String
  let repositoryID = 4711
  /// The owner/name that the repository had before.
  var formerNames: [String] = []
  var hasIssues = true
  var tokens: [String: Token]
  /// Who may be given an issue; `nil`: anybody.
  var assignable: [String]?

  var issues: [Int: StoredIssue] = [:]
  var comments: [StoredComment] = []
  var labels: [StoredLabel] = []
  /// In the order in which they were set.
  var statuses: [StoredStatus] = []
  /// Oldest first; as long as there are none, every SHA is one of a commit.
  var commits: [StoredCommit] = []
  var nextID = 1001

  /// `nil`: the machine's. Once set it stands still.
  private var clock: Date?
  var faults = FaultBook()
  var record: [JSON] = []
  /// Of the faults `together`, by their place in the book.
  private var waiting: [Int: [CheckedContinuation<Void, Never>]] = [:]

  init(repository: String = "acme/checkout", tokens: [String: Token], now: Date? = nil) {
    (self.repository, self.tokens, clock) = (repository, tokens, now)
  }

  var now: Date { clock ?? Date() }
  func setClock(_ date: Date) { clock = date }

  func newID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  func nextNumber() -> Int { (issues.keys.max() ?? 0) + 1 }

  /// Waits until so many have come, ten seconds at the most: a test that is wrong must come to an end.
  func gather(_ index: Int, count: Int) async {
    if (waiting[index]?.count ?? 0) + 1 >= count {
      release(index)
      return
    }
    let alarm = Task {
      try await Task.sleep(for: .seconds(10))
      release(index)
    }
    await withCheckedContinuation { waiting[index, default: []].append($0) }
    alarm.cancel()
  }

  private func release(_ index: Int) {
    for continuation in waiting.removeValue(forKey: index) ?? [] { continuation.resume() }
  }
}
