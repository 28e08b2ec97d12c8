import Shared

/// The steps of an ``IssueCourse`` on GitHub, so that each may be repeated after a crash: it looks before it writes.
struct IssueBoard: Sendable {
  let gitHub: GitHubClient
  let facts: AlertFacts
  /// Who we are, for GitHub.
  let login: String

  private var labels: IssueLabels { IssueLabels(suite: facts.plan.suite) }

  func found(now: UTCInstant) async throws -> FoundIssues {
    let open = try await gitHub.issues(labels: labels.search, state: .open, since: nil)
    let began = min(facts.began(.service), facts.began(.harness), facts.record.startedAt, now)
    let since = began.advanced(bySeconds: -IssueCourse.memory - 86_400)
    let closed = try await gitHub.issues(labels: labels.search, state: .closed, since: since)
    let listed = FoundIssues(open + closed, suite: facts.plan.suite, login: login)
    // A list does not say who has closed an issue; that is asked of those that matter.
    var asked: [Int: GitHubIssue] = [:]
    for kind in [IssueMarker.Kind.service, .harness] {
      guard listed.open(kind) == nil, let last = listed.lastClosed(kind) else { continue }
      asked[last.number] = try await gitHub.issue(last.number)
    }
    return FoundIssues((open + closed).map { asked[$0.number] ?? $0 }, suite: facts.plan.suite, login: login)
  }

  /// - Returns: the new one, or what an earlier try has opened.
  func open(_ draft: GitHubIssueDraft) async throws -> GitHubIssue {
    try await gitHub.ensure(labels.definitions(draft.labels))
    do { return try await created(draft) } catch let error as GitHubError where error.mayHaveBeenCarriedOut {
      if let issue = try await openOnes().last(where: { $0.marker?.run == facts.plan.run }) {
        return issue.issue
      }
      return try await created(draft)
    }
  }

  private func created(_ draft: GitHubIssueDraft) async throws -> GitHubIssue {
    let issue = try await accepted(draft)
    guard issue.number == 0 || issue.author == login else {
      throw IssueOfAnother(number: issue.number, author: issue.author, login: login)
    }
    let missing = labels.search.filter { label in
      !issue.labels.contains { $0.lowercased() == label.lowercased() }
    }
    guard missing.isEmpty else {
      throw IssueUnlabelled(number: issue.number, labels: missing)
    }
    return issue
  }

  /// An assignee who has left keeps nobody from being told.
  private func accepted(_ draft: GitHubIssueDraft) async throws -> GitHubIssue {
    do { return try await gitHub.create(draft) } catch let error as GitHubError
      where error.status == 422 && !draft.assignees.isEmpty
    {
      var draft = draft
      draft.assignees = []
      return try await gitHub.create(draft)
    }
  }

  /// Another run may have opened one at the same time: the older one stays, and this one is closed.
  func older(than issue: GitHubIssue) async throws -> GitHubIssue? {
    let ours = try await openOnes()
    guard let own = ours.first(where: { $0.number == issue.number }),
      let older = ours.first(where: { $0.kind == own.kind && $0.number < own.number })
    else { return nil }
    for step in try IssueCourse.closing(own, asDuplicateOf: older.number, facts) {
      switch step {
      case .comment(let number, let comment): try await self.comment(number, comment)
      case .change(let number, let change): _ = try await self.change(number, change)
      case .open: break
      }
    }
    return older.issue
  }

  private func openOnes() async throws -> [FoundIssues.Ours] {
    let issues = try await gitHub.issues(labels: labels.search, state: .open, since: nil)
    return FoundIssues(issues, suite: facts.plan.suite, login: login).open
  }

  /// Once for a run.
  func comment(_ number: Int, _ comment: IssueComment) async throws {
    if try await isTold(number) { return }
    let body = try comment.body(facts)
    do { _ = try await gitHub.comment(on: number, body) } catch let error as GitHubError
      where error.mayHaveBeenCarriedOut
    {
      if try await isTold(number) { return }
      _ = try await gitHub.comment(on: number, body)
    }
  }

  private func isTold(_ number: Int) async throws -> Bool {
    try await gitHub.comments(on: number).contains {
      $0.author == login && CommentMarker.find(facts.plan.suite, in: $0.body)?.run == facts.plan.run
    }
  }

  func change(_ number: Int, _ change: GitHubIssueChange) async throws -> GitHubIssue {
    try await gitHub.ensure(labels.definitions(change.labels ?? []))
    return try await gitHub.update(number, change)
  }
}

/// Ours would not be found again, and every night would open one.
struct IssueOfAnother: Error, CustomStringConvertible {
  let number: Int
  /// Whose the token turned out to be, and who we took ourselves for.
  let author, login: String

  var description: String {
    let (author, login) = (PageText.outside(author, most: 60), PageText.outside(login, most: 60))
    return
      "issue #\(number) was opened by \(author), whose the token is, and not by \(login): set 'alert.login: \"\(author)\"' in the configuration, or no issue is ever found again"
  }
}

/// GitHub leaves labels out, and says nothing, where the token may not set them.
struct IssueUnlabelled: Error, CustomStringConvertible {
  let number: Int
  let labels: [String]

  var description: String {
    "issue #\(number) was opened, but GitHub left its labels \(labels.joined(separator: " and ")) out, by which it is found again: the token needs issues: write; put them on by hand, or close the issue"
  }
}
