import Shared

@testable import Coordinator

/// GitHub's issues on paper: the steps of a course are carried out at once.
struct PaperBoard {
  static let login = "github-actions[bot]"

  private(set) var issues: [Int: GitHubIssue] = [:]
  private(set) var comments: [(issue: Int, body: String)] = []
  private(set) var outcomes: [IssueCourse.Outcome] = []
  private var next = 101

  func found(_ suite: String = "suite") -> FoundIssues {
    FoundIssues(Array(issues.values), suite: suite, login: Self.login)
  }

  /// What the run's course is from here, carried out.
  @discardableResult
  mutating func tell(_ facts: AlertFacts, _ settings: AlertSettings.IssueSettings = .init()) throws
    -> IssueCourse
  {
    let course = try IssueCourse(facts, found(facts.plan.suite), settings)
    for step in course.steps {
      switch step {
      case .open(let draft): add(draft.title, draft.body, labels: draft.labels, at: facts.record.startedAt)
      case .comment(let number, let comment): comments.append((number, try comment.body(facts)))
      case .change(let number, let change): apply(change, number, by: Self.login, at: facts.record.startedAt)
      }
    }
    outcomes.append(course.outcome)
    return course
  }

  mutating func add(
    _ title: String, _ body: String?, labels: [String], author: String = Self.login, at: UTCInstant
  ) {
    issues[next] = GitHubIssue(
      number: next, title: title, body: body, url: "https://github.com/acme/shop/issues/\(next)",
      author: author, labels: labels, createdAt: at)
    next += 1
  }

  mutating func apply(_ change: GitHubIssueChange, _ number: Int, by login: String, at: UTCInstant) {
    guard let issue = issues[number] else { return }
    let state = change.state ?? issue.state
    let isClosing = change.state == .closed
    issues[number] = GitHubIssue(
      number: number, title: change.title ?? issue.title, body: change.body ?? issue.body, state: state,
      stateReason: change.stateReason ?? issue.stateReason, url: issue.url, author: issue.author,
      labels: change.labels ?? issue.labels,
      closedBy: state == .open ? nil : isClosing ? login : issue.closedBy,
      closedAt: state == .open ? nil : isClosing ? at : issue.closedAt, createdAt: issue.createdAt)
  }

  /// Somebody closes one by hand.
  mutating func close(_ number: Int, _ reason: String, at: UTCInstant) {
    apply(GitHubIssueChange(state: .closed, stateReason: reason), number, by: "octocat", at: at)
  }

  func comments(on number: Int) -> [String] { comments.filter { $0.issue == number }.map(\.body) }
}
