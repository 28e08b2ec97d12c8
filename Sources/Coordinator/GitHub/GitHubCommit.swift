/// What is said of a commit under one context; a later one takes its place.
struct GitHubStatus: Sendable, Equatable {
  enum State: String, Sendable, Encodable { case success, failure, error, pending }

  /// GitHub refuses more.
  static let longestDescription = 140

  let state: State
  let description: String
  let context: String
  var targetURL: String?
}

struct GitHubPullRequest: Sendable, Equatable {
  let number: Int
  let state: GitHubIssue.State
  let isMerged: Bool
}
