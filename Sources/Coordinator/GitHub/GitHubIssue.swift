import Shared

/// An issue as GitHub tells it, as far as it is used.
struct GitHubIssue: Sendable, Equatable {
  enum State: String, Sendable, Codable { case open, closed }

  /// Which ones a list has.
  enum ListState: String, Sendable { case open, closed, all }

  let number: Int
  let title: String
  let body: String?
  let state: State
  /// `completed`, `not_planned`, `reopened`, `duplicate`; GitHub adds words.
  let stateReason: String?
  /// The page of people.
  let url: String
  /// A login; of an account that is gone `ghost`, as on GitHub's pages.
  let author: String
  let labels: [String]
  /// A login. Told of one issue, not in a list.
  let closedBy: String?
  let closedAt: UTCInstant?
  let createdAt: UTCInstant

  init(
    number: Int, title: String, body: String?, state: State = .open, stateReason: String? = nil, url: String,
    author: String, labels: [String] = [], closedBy: String? = nil, closedAt: UTCInstant? = nil,
    createdAt: UTCInstant
  ) {
    (self.number, self.title, self.body, self.state) = (number, title, body, state)
    (self.stateReason, self.url, self.author, self.labels) = (stateReason, url, author, labels)
    (self.closedBy, self.closedAt, self.createdAt) = (closedBy, closedAt, createdAt)
  }
}

struct GitHubIssueDraft: Sendable, Equatable {
  var title: String
  var body: String
  var labels: [String] = []
  /// Logins.
  var assignees: [String] = []
}

/// What is `nil` stays as it is.
struct GitHubIssueChange: Sendable, Equatable, Encodable {
  var title: String?
  var body: String?
  var state: GitHubIssue.State?
  /// `completed` or `not_planned` of one that is closed, `reopened` of one that is opened again.
  var stateReason: String?
  /// All of them: what is not named is taken away.
  var labels: [String]?

  private enum CodingKeys: String, CodingKey {
    case title, body, state, labels
    case stateReason = "state_reason"
  }
}

struct GitHubComment: Sendable, Equatable {
  let id: Int
  let body: String
  /// A login.
  let author: String
  let url: String
  let createdAt: UTCInstant
}

struct GitHubLabel: Sendable, Equatable, Encodable {
  let name: String
  /// Six hexadecimal digits, without `#`.
  let color: String
  /// At most 100 characters.
  let description: String
}
