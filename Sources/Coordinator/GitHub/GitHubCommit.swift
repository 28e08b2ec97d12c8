/// What is said of a commit under one context; a later one takes its place.
struct GitHubStatus: Sendable, Equatable, Encodable {
  enum State: String, Sendable, Encodable { case success, failure, error, pending }

  /// GitHub refuses more.
  static let longestDescription = 140

  let state: State
  let description: String
  let context: String
  var targetURL: String?

  private enum CodingKeys: String, CodingKey {
    case state, description, context
    case targetURL = "target_url"
  }
}

struct GitHubPullRequest: Sendable, Equatable {
  let number: Int
  let state: GitHubIssue.State
  let isMerged: Bool
}
