import Shared

extension GitHubClient {
  /// Set again under the same context it takes the place of the one before.
  func set(_ status: GitHubStatus, on sha: String) async throws {
    var call = try GitHubCall.post(
      "/repos/\(repository)/statuses/\(percentEncoded(sha))", status, needs: "statuses: write",
      of: "commit \(sha)")
    call.isRepeatable = true
    if let show { return show(exchange.shown(call)) }
    _ = try await exchange.send(call)
  }

  /// Those that the commit belongs to, or came from.
  func pullRequests(of sha: String) async throws -> [GitHubPullRequest] {
    let call = GitHubCall.get(
      "/repos/\(repository)/commits/\(percentEncoded(sha))/pulls", [("per_page", "100")],
      needs: "pull-requests: read", of: "commit \(sha)")
    return try await exchange.begun().pages(GitHubPullRequest.self, call)
  }

  /// The commits that are in `head` and not in `base`, the first hundred of them.
  func compare(_ base: String, _ head: String) async throws -> CommitRange {
    let call = GitHubCall.get(
      "/repos/\(repository)/compare/\(percentEncoded(base))...\(percentEncoded(head))", [("per_page", "100")],
      needs: "contents: read", of: "commit \(base) or \(head)")
    let range = try await exchange.value(GitHubWire.Comparison.self, call)
    return CommitRange(
      total: range.total,
      commits: range.commits.map {
        CommitRange.Commit(
          sha: $0.sha,
          title: $0.commit.message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "",
          author: $0.author?.login ?? $0.commit.author?.name)
      }, url: range.page)
  }
}
