import Shared

/// What goes over the wire, by GitHub's own names, where that is not one of our values.
enum GitHubWire {
  struct User: Decodable, Sendable { let login: String }

  struct Body: Encodable, Sendable { let body: String }

  /// An element of the list of issues.
  struct ListedIssue: Decodable, Sendable {
    let issue: GitHubIssue
    let isPullRequest: Bool

    init(from decoder: any Decoder) throws {
      issue = try GitHubIssue(from: decoder)
      isPullRequest = try decoder.container(keyedBy: Keys.self).contains(.pullRequest)
    }

    private enum Keys: String, CodingKey { case pullRequest = "pull_request" }
  }

  /// Older issues have labels that are their name alone.
  struct Label: Decodable, Sendable {
    let name: String?

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        name = text
      } else {
        name = try decoder.container(keyedBy: Keys.self).decodeIfPresent(String.self, forKey: .name)
      }
    }

    private enum Keys: String, CodingKey { case name }
  }

  struct Comparison: Decodable, Sendable {
    struct Listed: Decodable, Sendable {
      struct Commit: Decodable, Sendable {
        let message: String
        let author: Name?
      }
      /// An account; `null` or empty when GitHub knows none by that address.
      struct Account: Decodable, Sendable { let login: String? }
      struct Name: Decodable, Sendable { let name: String? }

      let sha: String
      let commit: Commit
      let author: Account?
    }

    let total: Int
    /// Oldest first.
    let commits: [Listed]
    let page: String?

    private enum CodingKeys: String, CodingKey {
      case commits
      case total = "total_commits"
      case page = "html_url"
    }
  }

  /// What a refusal says.
  struct Refusal: Decodable, Sendable {
    struct Problem: Decodable, Sendable {
      var text: String?
      var code: String?

      init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
          self.text = text
          return
        }
        let container = try decoder.container(keyedBy: Keys.self)
        func member(_ key: Keys) -> String? { try? container.decode(String.self, forKey: key) }
        code = member(.code)
        let field = [member(.resource), member(.field)].compactMap(\.self).joined(separator: ".")
        text = member(.message) ?? [field, code ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
      }

      private enum Keys: String, CodingKey { case resource, field, code, message }
    }

    let message: String
    let url: String?
    let problems: [Problem]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Keys.self)
      message = try container.decode(String.self, forKey: .message)
      url = try? container.decode(String.self, forKey: .url)
      problems = (try? container.decode([Problem].self, forKey: .errors)) ?? []
    }

    private enum Keys: String, CodingKey { case message, url, errors }
  }
}

extension GitHubIssue: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    self.init(
      number: try container.decode(Int.self, forKey: .number),
      title: try container.decode(String.self, forKey: .title),
      body: try container.decodeIfPresent(String.self, forKey: .body),
      state: try container.decode(State.self, forKey: .state),
      stateReason: try container.decodeIfPresent(String.self, forKey: .stateReason),
      url: try container.decode(String.self, forKey: .url),
      author: try container.decodeIfPresent(GitHubWire.User.self, forKey: .user)?.login ?? "ghost",
      labels: try container.decode([GitHubWire.Label].self, forKey: .labels).compactMap(\.name),
      closedBy: try container.decodeIfPresent(GitHubWire.User.self, forKey: .closedBy)?.login,
      closedAt: try container.decodeIfPresent(UTCInstant.self, forKey: .closedAt),
      createdAt: try container.decode(UTCInstant.self, forKey: .createdAt))
  }

  private enum Keys: String, CodingKey {
    case number, title, body, state, user, labels
    case stateReason = "state_reason"
    case url = "html_url"
    case closedBy = "closed_by"
    case closedAt = "closed_at"
    case createdAt = "created_at"
  }
}

extension GitHubComment: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    self.init(
      id: try container.decode(Int.self, forKey: .id),
      body: try container.decodeIfPresent(String.self, forKey: .body) ?? "",
      author: try container.decodeIfPresent(GitHubWire.User.self, forKey: .user)?.login ?? "ghost",
      url: try container.decode(String.self, forKey: .url),
      createdAt: try container.decode(UTCInstant.self, forKey: .createdAt))
  }

  private enum Keys: String, CodingKey {
    case id, body, user
    case url = "html_url"
    case createdAt = "created_at"
  }
}

extension GitHubPullRequest: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    number = try container.decode(Int.self, forKey: .number)
    state = try container.decode(GitHubIssue.State.self, forKey: .state)
    isMerged = try container.decodeIfPresent(String.self, forKey: .mergedAt) != nil
  }

  private enum Keys: String, CodingKey {
    case number, state
    case mergedAt = "merged_at"
  }
}

extension GitHubIssueDraft: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(title, forKey: .title)
    try container.encode(body, forKey: .body)
    if !labels.isEmpty { try container.encode(labels, forKey: .labels) }
    if !assignees.isEmpty { try container.encode(assignees, forKey: .assignees) }
  }

  private enum Keys: String, CodingKey { case title, body, labels, assignees }
}
