import Shared
import Testing

@testable import Coordinator

/// What is on GitHub before the run.
enum IssueState: String, CaseIterable, Sendable {
  case nothing
  /// Opened by the run of the night before.
  case open
  case openDamaged
  /// Of somebody else, with our labels and even our marker.
  case foreign
  /// By us, after the run that passed.
  case closedByUs
  case closedByHuman
  case closedAsNotPlanned
  /// Long ago.
  case closedLongAgo
  /// By a human after we had closed it.
  case openedAgain
  /// The load test did not run.
  case harness
}

@Suite struct IssueCourseTests {
  private static let expected: [IssueState: [Verdict: IssueCourse.Outcome]] = [
    .nothing: [
      .fail: .opened(after: nil), .pass: .nothing("nothing goes on, and no issue is open"),
      .degraded: .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)"),
      .incomplete: .nothing("a single night without a verdict opens no issue"),
    ],
    .open: [
      .fail: .edited(101, commented: false), .pass: .closed(101), .degraded: .edited(101, commented: true),
      .incomplete: .edited(101, commented: true),
    ],
    .openDamaged: [
      .fail: .edited(101, commented: false), .pass: .closed(101), .degraded: .edited(101, commented: true),
      .incomplete: .edited(101, commented: true),
    ],
    .foreign: [
      .fail: .opened(after: nil), .pass: .nothing("nothing goes on, and no issue is open"),
      .degraded: .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)"),
      .incomplete: .nothing("a single night without a verdict opens no issue"),
    ],
    .closedByUs: [
      .fail: .reopened(101), .pass: .nothing("nothing goes on, and no issue is open"),
      .degraded: .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)"),
      .incomplete: .nothing("a single night without a verdict opens no issue"),
    ],
    .closedByHuman: [
      .fail: .opened(after: 101), .pass: .nothing("nothing goes on, and no issue is open"),
      .degraded: .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)"),
      .incomplete: .nothing("a single night without a verdict opens no issue"),
    ],
    .closedAsNotPlanned: [
      .fail: .staysClosed(101, by: "octocat"), .pass: .nothing("nothing goes on, and no issue is open"),
      .degraded: .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)"),
      .incomplete: .nothing("a single night without a verdict opens no issue"),
    ],
    .closedLongAgo: [
      .fail: .opened(after: nil), .pass: .nothing("nothing goes on, and no issue is open"),
      .degraded: .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)"),
      .incomplete: .nothing("a single night without a verdict opens no issue"),
    ],
    .openedAgain: [
      .fail: .edited(101, commented: false), .pass: .staysOpen(101),
      .degraded: .edited(101, commented: true), .incomplete: .edited(101, commented: true),
    ],
    .harness: [
      .fail: .opened(after: nil), .pass: .nothing("nothing goes on, and no issue is open"),
      .degraded: .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)"),
      .incomplete: .edited(101, commented: false),
    ],
  ]

  /// The nights before, and the board after them.
  private func board(_ state: IssueState) throws -> (nights: [Verdict], board: PaperBoard) {
    var board = PaperBoard()
    func at(_ day: Int) -> UTCInstant { HistorySamples.night(day).startedAt }
    switch state {
    case .nothing: return ([.pass], board)
    case .foreign:
      let line = try IssueMarker(try AlertSamples.facts([.fail]), kind: .service).line("suite")
      board.add("mine", "\(line)\ntext", labels: ["load-test", "suite:suite"], author: "octocat", at: at(0))
      board.add("ours?", "no marker", labels: ["load-test", "suite:suite"], at: at(0))
      return ([.pass], board)
    case .open, .openDamaged, .closedByHuman, .closedAsNotPlanned:
      try board.tell(try AlertSamples.facts([.pass, .fail]))
      if state == .openDamaged {
        board.apply(GitHubIssueChange(body: "<!-- k6-grid:suite {} -->\nx"), 101, by: "octocat", at: at(1))
      }
      if state == .closedByHuman { board.close(101, "completed", at: at(1).advanced(bySeconds: 3600)) }
      if state == .closedAsNotPlanned { board.close(101, "not_planned", at: at(1).advanced(bySeconds: 3600)) }
      return ([.pass, .fail], board)
    case .closedByUs, .closedLongAgo, .openedAgain:
      try board.tell(try AlertSamples.facts([.fail]))
      try board.tell(try AlertSamples.facts([.fail, .pass]))
      if state == .openedAgain {
        board.apply(GitHubIssueChange(state: .open, stateReason: "reopened"), 101, by: "octocat", at: at(2))
      }
      return ([.fail] + Array(repeating: .pass, count: state == .closedLongAgo ? 16 : 2), board)
    case .harness:
      try board.tell(try AlertSamples.facts([.incomplete, .incomplete]))
      return ([.incomplete, .incomplete], board)
    }
  }

  @Test(arguments: IssueState.allCases, [Verdict.pass, .degraded, .fail, .incomplete])
  func `every verdict on every state`(state: IssueState, verdict: Verdict) throws {
    var (nights, board) = try board(state)
    let facts = try AlertSamples.facts(nights + [verdict])
    let before = board
    let course = try board.tell(facts)
    #expect(course.outcome == Self.expected[state]?[verdict])
    #expect(board.found().open.count <= 1)
    for issue in before.issues.values where issue.author != PaperBoard.login {
      #expect(board.issues[issue.number] == issue)
    }
    // Said once more, nothing is done twice.
    let after = board
    let again = try board.tell(facts)
    #expect(again.steps.isEmpty, "\(again.steps)")
    #expect(board.issues == after.issues && board.comments.count == after.comments.count)
  }

  @Test func `a fail opens with its labels, and those of the settings and of people stay`() throws {
    var board = PaperBoard()
    let settings = AlertSettings.IssueSettings(
      labels: ["team-shop", "failing"], assignees: ["octocat"], opensOnDegraded: false)
    let opening = try board.tell(try AlertSamples.facts([.pass, .fail]), settings)
    guard case .open(let draft)? = opening.steps.first else {
      Issue.record("\(opening.steps)")
      return
    }
    #expect(draft.labels == ["load-test", "suite:suite", "failing", "team-shop"])
    #expect(draft.assignees == ["octocat"])
    board.apply(
      GitHubIssueChange(labels: ["Load-Test", "suite:suite", "failing", "p1"]), 101, by: "octocat",
      at: Samples.instant(0))
    try board.tell(try AlertSamples.facts([.pass, .fail, .degraded]), settings)
    #expect(board.issues[101]?.labels == ["load-test", "suite:suite", "degraded", "p1"])
    try board.tell(try AlertSamples.facts([.pass, .fail, .degraded, .incomplete]), settings)
    #expect(board.issues[101]?.labels == ["load-test", "suite:suite", "incomplete", "p1"])
  }

  @Test func `a whole trouble has one issue and few comments`() throws {
    var board = PaperBoard()
    let nights: [Verdict] = [
      .pass, .fail, .fail, .incomplete, .incomplete, .fail, .degraded, .degraded, .fail, .pass, .pass,
    ]
    for count in 1...nights.count { try board.tell(try AlertSamples.facts(Array(nights.prefix(count)))) }
    #expect(board.issues.count == 1)
    #expect(board.issues[101]?.state == .closed && board.issues[101]?.stateReason == "completed")
    let heads = board.comments.map { $0.body.split(separator: "\n")[1].prefix(14) }
    #expect(
      heads == ["**Not judged o", "**Degraded on ", "**Fourth faili", "Recovered on 1"], "\(heads)")
    #expect(board.comments.last?.body.contains("Recovered on 18 Oct after 4 failing nights, p95") == true)
  }

  @Test func `a small breach needs two passes, and the body says so`() throws {
    var board = PaperBoard()
    try board.tell(try AlertSamples.facts([.pass, .fail], breach: 0.03))
    #expect(board.issues[101]?.body?.contains("closes itself after two passing nights") == true)
    let first = try board.tell(try AlertSamples.facts([.pass, .fail, .pass], breach: 0.03))
    #expect(first.outcome == .edited(101, commented: false))
    #expect(board.issues[101]?.title == "Nightly load test near its limit: p95 652 ms (limit 800 ms) [suite]")
    #expect(board.issues[101]?.body?.contains("after one more passing night") == true)
    let second = try board.tell(try AlertSamples.facts([.pass, .fail, .pass, .pass], breach: 0.03))
    #expect(second.outcome == .closed(101))
  }

  @Test func `what a human closed as not planned is opened anew once a pass has come since`() throws {
    var board = PaperBoard()
    try board.tell(try AlertSamples.facts([.pass, .fail]))
    board.close(101, "not_planned", at: HistorySamples.night(1, hour: 9).startedAt)
    for nights in [[Verdict.pass, .fail, .fail], [.pass, .fail, .fail, .degraded, .fail]] {
      #expect(try board.tell(try AlertSamples.facts(nights)).outcome == .staysClosed(101, by: "octocat"))
    }
    let course = try IssueCourse(
      try AlertSamples.facts([.pass, .fail, .fail]), board.found(), AlertSettings.IssueSettings())
    #expect(
      course.sentence(opened: nil)
        == "issue #101 stays closed: octocat closed it as not planned, and no run has passed since")
    let later = try board.tell(try AlertSamples.facts([.pass, .fail, .fail, .degraded, .fail, .pass, .fail]))
    #expect(later.outcome == .opened(after: 101))
    #expect(board.issues[102]?.body?.contains("It goes on from #101, which somebody has closed.") == true)
  }

  @Test func `the second night without a verdict speaks to who looks after the load test`() throws {
    var board = PaperBoard()
    let settings = AlertSettings.IssueSettings(labels: [], assignees: ["octocat"], opensOnDegraded: false)
    let course = try board.tell(try AlertSamples.facts([.pass, .incomplete, .incomplete]), settings)
    guard case .open(let draft)? = course.steps.first else {
      Issue.record("\(course.steps)")
      return
    }
    #expect(draft.title == "Nightly load test not running: 2 nights without a verdict [suite]")
    #expect(draft.labels == ["load-test", "suite:suite", "incomplete"] && draft.assignees == [])
    let judged = try board.tell(
      try AlertSamples.facts([.pass, .incomplete, .incomplete, .incomplete, .fail]), settings)
    #expect(judged.outcome == .opened(after: nil))
    #expect(
      judged.sentence(opened: 102) == "issue #102 was opened; issue #101 was closed: runs are judged again")
    #expect(board.issues[101]?.state == .closed && board.issues[102]?.state == .open)
    #expect(board.comments(on: 101).last?.contains("after 3 nights without a verdict") == true)
  }

  @Test func `of two that were opened at once the older one stays`() throws {
    var board = PaperBoard()
    let facts = try AlertSamples.facts([.pass, .fail])
    try board.tell(facts)
    let twin = try #require(board.issues[101])
    board.add(twin.title, twin.body, labels: twin.labels, at: twin.createdAt)
    let course = try board.tell(try AlertSamples.facts([.pass, .fail, .fail]))
    #expect(course.outcome == .edited(101, commented: false))
    #expect(board.issues[102]?.state == .closed && board.issues[102]?.stateReason == "not_planned")
    #expect(board.comments(on: 102).first?.contains("what #101 says") == true)
    // The duplicate is never opened again.
    try board.tell(try AlertSamples.facts([.pass, .fail, .fail, .pass]))
    let again = try board.tell(try AlertSamples.facts([.pass, .fail, .fail, .pass, .fail]))
    #expect(again.outcome == .reopened(101))
  }

  @Test func `degraded opens one only where that is asked for, and a pass closes it`() throws {
    var board = PaperBoard()
    let settings = AlertSettings.IssueSettings(labels: [], assignees: [], opensOnDegraded: true)
    let nights: [Verdict] = [.pass, .degraded, .degraded, .pass, .degraded]
    for count in 2...nights.count {
      try board.tell(try AlertSamples.facts(Array(nights.prefix(count))), settings)
    }
    #expect(
      board.outcomes == [
        .opened(after: nil), .edited(101, commented: false), .closed(101), .reopened(101),
      ])
    #expect(board.issues[101]?.labels == ["load-test", "suite:suite", "degraded"])
  }

  @Test func `a newer run, or another branch, leaves the issue alone`() throws {
    var board = PaperBoard()
    let old = try AlertSamples.facts([.pass, .fail], supersededBy: RunID("later"))
    #expect(
      try board.tell(old).outcome == .nothing("run later is newer, and speaks for the suite"))
    let other = try AlertSamples.facts([.pass, .fail], ref: "feature")
    #expect(
      try board.tell(other).outcome == .nothing("a run of another branch is nothing for the suite's issue"))
    #expect(board.issues.isEmpty)
  }

  @Test func `closing keeps what the last bad night said, and what people wrote`() throws {
    var board = PaperBoard()
    try board.tell(try AlertSamples.facts([.pass, .fail]))
    let body = try #require(board.issues[101]?.body)
    board.apply(
      GitHubIssueChange(body: body + "\nCause: the new index."), 101, by: "octocat", at: Samples.instant(0))
    try board.tell(try AlertSamples.facts([.pass, .fail, .pass]))
    let closed = try #require(board.issues[101]?.body)
    let kept = (body + "\nCause: the new index.").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(closed.hasSuffix(kept.dropFirst().joined(separator: "\n")))
    #expect(closed.contains("Recovered on 11 Oct after 1 failing night, p95 652"))
    #expect(IssueMarker.find("suite", in: closed)?.state?.isClosed == true)
  }
}
