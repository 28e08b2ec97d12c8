import TestSupport

/// The calls that the stand-in knows, as GitHub's description of its REST API has them (version 2022-11-28).
enum Endpoint: Sendable, Equatable {
  case user, repository
  case listIssues, createIssue
  case issue(Int)
  case updateIssue(Int)
  case listComments(Int)
  case createComment(Int)
  case comment(Int)
  case updateComment(Int)
  case listLabels, createLabel
  case statuses(String)
  case createStatus(String)
  case pulls(String)
  case compare(String, String)

  /// - Parameter parts: of the path, below the repository.
  init?(_ method: String, _ parts: ArraySlice<String>) {
    let parts = Array(parts)
    let number = parts.count > 1 ? Int(parts[1]) : nil
    switch (method, parts.first, parts.count) {
    case ("GET", nil, 0): self = .repository
    case ("GET", "issues", 1): self = .listIssues
    case ("POST", "issues", 1): self = .createIssue
    case ("GET", "issues", 2) where number != nil: self = .issue(number ?? 0)
    case ("PATCH", "issues", 2) where number != nil: self = .updateIssue(number ?? 0)
    case ("GET", "issues", 3) where number != nil && parts[2] == "comments": self = .listComments(number ?? 0)
    case ("POST", "issues", 3) where number != nil && parts[2] == "comments":
      self = .createComment(number ?? 0)
    case ("GET", "issues", 3) where parts[1] == "comments" && Int(parts[2]) != nil:
      self = .comment(Int(parts[2]) ?? 0)
    case ("PATCH", "issues", 3) where parts[1] == "comments" && Int(parts[2]) != nil:
      self = .updateComment(Int(parts[2]) ?? 0)
    case ("GET", "labels", 1): self = .listLabels
    case ("POST", "labels", 1): self = .createLabel
    case ("POST", "statuses", 2): self = .createStatus(parts[1])
    case ("GET", "commits", 3) where parts[2] == "statuses": self = .statuses(parts[1])
    case ("GET", "commits", 3) where parts[2] == "pulls": self = .pulls(parts[1])
    case ("GET", "compare", 2):
      guard let dots = parts[1].firstRange(of: "...") else { return nil }
      self = .compare(String(parts[1][..<dots.lowerBound]), String(parts[1][dots.upperBound...]))
    default: return nil
    }
  }

  /// As in `X-Accepted-GitHub-Permissions`: sets, of which one is enough.
  var permissions: String {
    switch self {
    case .user: ""
    case .repository: "metadata=read"
    case .listIssues, .listLabels: "issues=read"
    case .issue, .listComments, .comment: "issues=read; pull_requests=read"
    case .createIssue: "issues=write"
    case .updateIssue, .createComment, .updateComment, .createLabel: "issues=write; pull_requests=write"
    case .statuses: "statuses=read"
    case .createStatus: "statuses=write"
    case .pulls: "pull_requests=read"
    case .compare: "contents=read"
    }
  }

  /// Parameters of the query; the real one ignores others.
  var query: [String] {
    switch self {
    case .listIssues:
      [
        "milestone", "state", "assignee", "type", "creator", "mentioned", "labels", "sort", "direction",
        "since",
        "per_page", "page",
      ]
    case .listComments: ["since", "per_page", "page"]
    case .listLabels, .statuses, .pulls, .compare: ["per_page", "page"]
    default: []
    }
  }

  /// `nil` for a call without a body.
  var body: Shape? {
    let labels = Shape.list(
      .either(
        .text,
        .object(["id": .number, "name": .text, "description": .optional(.text), "color": .optional(.text)])))
    switch self {
    case .createIssue:
      return .object(
        [
          "title": .either(.text, .number), "body": .text, "assignee": .optional(.text),
          "milestone": .optional(.either(.text, .number)), "labels": labels, "assignees": .list(.text),
          "type": .optional(.text),
        ], required: ["title"])
    case .updateIssue:
      return .object([
        "title": .optional(.either(.text, .number)), "body": .optional(.text), "assignee": .optional(.text),
        "state": .oneOf(["open", "closed"]),
        "state_reason": .optional(.oneOf(["completed", "not_planned", "duplicate", "reopened"])),
        "milestone": .optional(.either(.text, .number)), "labels": labels, "assignees": .list(.text),
        "type": .optional(.text),
      ])
    case .createComment, .updateComment: return .object(["body": .text], required: ["body"])
    case .createLabel:
      return .object(["name": .text, "color": .text, "description": .text], required: ["name"])
    case .createStatus:
      return .object(
        [
          "state": .oneOf(["error", "failure", "pending", "success"]), "target_url": .optional(.text),
          "description": .optional(.text), "context": .text,
        ], required: ["state"])
    default: return nil
    }
  }
}
