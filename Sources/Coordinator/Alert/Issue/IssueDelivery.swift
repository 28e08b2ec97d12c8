import Shared

/// Opens, edits and closes the suite's issue.
struct IssueDelivery: Sendable {
  let gitHub: GitHubClient
  let settings: AlertSettings.IssueSettings
  let now: @Sendable () -> UTCInstant

  func send(_ facts: AlertFacts) async throws -> AlertDelivery.Sent {
    if let reason = facts.silence { return AlertDelivery.Sent("nothing is done: \(reason)") }
    let gitHub = gitHub.within(GitHubClient.usualPatience)
    let board = IssueBoard(gitHub: gitHub, facts: facts, login: try await gitHub.login())
    let found = try await board.found(now: now())
    let course = try IssueCourse(facts, found, settings)
    var issues = Dictionary(
      (found.open + found.closed).map { ($0.number, $0.issue) }, uniquingKeysWith: { first, _ in first })
    var opened: GitHubIssue?
    for step in course.steps {
      switch step {
      case .open(let draft):
        let issue = try await board.open(draft)
        (opened, issues[issue.number]) = (issue, issue)
      case .comment(let number, let comment): try await board.comment(number, comment)
      case .change(let number, let change): issues[number] = try await board.change(number, change)
      }
    }
    if let opened, let older = try await board.older(than: opened) {
      let what =
        "issue #\(older.number) was opened by another run at the same time; #\(opened.number) was closed for it"
      return AlertDelivery.Sent(what, issue: IssueLink(older))
    }
    let issue = opened ?? course.outcome.number.flatMap { issues[$0] }
    // A dry run opens none.
    let link = issue.flatMap { $0.number > 0 ? IssueLink($0) : nil }
    return AlertDelivery.Sent(course.sentence(opened: opened?.number), issue: link)
  }
}

extension IssueLink {
  init(_ issue: GitHubIssue) { self.init(number: issue.number, url: issue.url) }
}

extension IssueCourse.Outcome {
  /// The issue that it is about; `nil` for none, and for one that is yet to be opened.
  var number: Int? {
    switch self {
    case .opened, .nothing: nil
    case .edited(let number, _), .reopened(let number), .closed(let number), .known(let number),
      .staysClosed(let number, _), .staysOpen(let number):
      number
    }
  }
}

extension IssueCourse {
  func sentence(opened: Int?) -> String {
    let main =
      switch outcome {
      case .opened(let after):
        "issue\(opened.map { $0 > 0 ? " #\($0)" : "" } ?? "") was opened\(after.map { ", going on from #\($0), which somebody has closed" } ?? "")"
      case .edited(let number, let commented):
        "issue #\(number) was edited\(commented ? ", with a comment" : "")"
      case .reopened(let number): "issue #\(number) was opened again"
      case .closed(let number): "issue #\(number) was closed: the suite has recovered"
      case .known(let number): "issue #\(number) has heard of this run before"
      case .staysClosed(let number, let by):
        "issue #\(number) stays closed: \(by.map { PageText.outside($0, most: 40) } ?? "somebody") closed it as not planned, and no run has passed since"
      case .staysOpen(let number): "issue #\(number) stays open, as somebody has opened it again"
      case .nothing(let reason): reason
      }
    if case .nothing = outcome, !besides.isEmpty { return besides.joined(separator: "; ") }
    return ([main] + besides).joined(separator: "; ")
  }
}
