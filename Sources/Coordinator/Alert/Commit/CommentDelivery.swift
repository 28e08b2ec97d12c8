import Shared

/// Keeps one comment a suite on the run's pull request, or on those that its commit came from.
struct CommentDelivery: Sendable {
  let gitHub: GitHubClient
  let when: AlertSettings.Comment

  /// A commit may be in many; the others are stacked on them.
  private static let most = 5

  func send(_ facts: AlertFacts) async throws -> AlertDelivery.Sent {
    let gitHub = gitHub.within(GitHubClient.usualPatience)
    let numbers = try await pullRequests(facts, gitHub)
    if numbers.isEmpty { return AlertDelivery.Sent("no comment: the run is of no pull request") }
    let login = try await gitHub.login()
    let body = try CommentText(facts: facts).body()
    var done: [String] = []
    for number in numbers { done.append(try await comment(number, body, facts, login, gitHub)) }
    return AlertDelivery.Sent(done.joined(separator: "; "))
  }

  private func pullRequests(_ facts: AlertFacts, _ gitHub: GitHubClient) async throws -> [Int] {
    if let number = facts.plan.pullRequest { return [number] }
    guard let commit = facts.plan.commit, !commit.isEmpty else { return [] }
    // One that was given up has nothing to do with the commit any more.
    return try await gitHub.pullRequests(of: commit).filter { $0.state == .open || $0.isMerged }
      .prefix(Self.most).map(\.number)
  }

  /// - Returns: what was done, as a sentence.
  private func comment(
    _ number: Int, _ body: String, _ facts: AlertFacts, _ login: String, _ gitHub: GitHubClient
  ) async throws -> String {
    func own() async throws -> (comment: GitHubComment, marker: CommentMarker?)? {
      try await gitHub.comments(on: number).lazy.filter { $0.author == login }.compactMap { comment in
        HiddenMarker.json(facts.plan.suite, in: comment.body, isFirst: true).map { _ in
          (comment, CommentMarker.find(facts.plan.suite, in: comment.body))
        }
      }.first
    }
    func update(_ comment: GitHubComment, _ marker: CommentMarker?) async throws -> String {
      if let marker, marker.startedAt > facts.record.startedAt {
        return "the comment on #\(number) is of run \(marker.run), which is newer"
      }
      if comment.body == body { return "the comment on #\(number) says it already" }
      _ = try await gitHub.change(comment: comment.id, body)
      return "the comment on #\(number) was edited"
    }
    if let (comment, marker) = try await own() { return try await update(comment, marker) }
    if facts.verdict == .pass, when == .problem { return "no comment on #\(number): the run passed" }
    do { _ = try await gitHub.comment(on: number, body) } catch let error as GitHubError
      where error.mayHaveBeenCarriedOut
    {
      if let (comment, marker) = try await own() { return try await update(comment, marker) }
      _ = try await gitHub.comment(on: number, body)
    }
    return "#\(number) got a comment"
  }
}
