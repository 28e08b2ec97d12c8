/// What the event says that started GitHub's workflow: the file of `GITHUB_EVENT_PATH`.
struct WorkflowEvent: Decodable, Sendable, Equatable {
  struct Repository: Decodable, Sendable, Equatable {
    let defaultBranch: String?
    private enum CodingKeys: String, CodingKey { case defaultBranch = "default_branch" }
  }

  struct PullRequest: Decodable, Sendable, Equatable {
    struct Head: Decodable, Sendable, Equatable { let sha: String? }
    let number: Int?
    let head: Head?
  }

  var repository: Repository?
  var pullRequest: PullRequest?

  private enum CodingKeys: String, CodingKey {
    case repository
    case pullRequest = "pull_request"
  }

  init() {}

  /// The commit that was pushed. For a pull request GitHub checks out a merge of it, which nobody will ever look at.
  func commit(_ environment: [String: String]) -> String? {
    pullRequest?.head?.sha ?? environment["GITHUB_SHA"]
  }
}
