import Shared

/// The suite's issues on GitHub that are ours: by the marker in their body and by who has opened them. Whatever else
/// has the label is somebody's own.
struct FoundIssues: Sendable {
  struct Ours: Sendable, Equatable {
    let issue: GitHubIssue
    /// `nil` for one whose marker cannot be read.
    let marker: IssueMarker?

    var number: Int { issue.number }
    var kind: IssueMarker.Kind { marker?.kind ?? .service }
  }

  /// Who we are, for GitHub.
  let login: String
  /// The oldest first.
  let open: [Ours]
  /// What was closed last first; without what was closed as a duplicate.
  let closed: [Ours]

  init(_ issues: [GitHubIssue], suite: String, login: String) {
    let ours = issues.filter { $0.author == login }.compactMap { issue in
      IssueMarker.find(suite, in: issue.body).map { Ours(issue: issue, marker: $0.state) }
    }
    let standing = ours.filter { $0.issue.state == .open }
    (self.login, open) = (login, standing.sorted { $0.number < $1.number })
    closed = ours.filter { $0.issue.state == .closed && $0.marker?.duplicateOf == nil }
      .sorted { ($0.issue.closedAt ?? $0.issue.createdAt) > ($1.issue.closedAt ?? $1.issue.createdAt) }
  }

  func open(_ kind: IssueMarker.Kind) -> Ours? { open.first { $0.kind == kind } }

  func lastClosed(_ kind: IssueMarker.Kind) -> Ours? { closed.first { $0.kind == kind } }

  /// Two runs have opened one each.
  var duplicates: [(Ours, of: Ours)] {
    open.compactMap { ours in
      guard let older = open(ours.kind), older.number < ours.number else { return nil }
      return (ours, older)
    }
  }
}

extension FoundIssues.Ours {
  /// With the edit that the marker tells of, and by nobody after us.
  func isClosed(by login: String) -> Bool {
    guard let closer = issue.closedBy else { return marker?.isClosed == true }
    return closer == login && marker?.isClosed != false
  }
}
