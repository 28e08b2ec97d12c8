import Shared

/// What is to be done with the suite's issue after a run: decided from what is found on GitHub and from the facts alone.
struct IssueCourse: Sendable {
  /// In an order in which each may be repeated: the edit of a body, which says that all is done, comes last.
  enum Step: Sendable, Equatable {
    case open(GitHubIssueDraft)
    case comment(Int, IssueComment)
    case change(Int, GitHubIssueChange)
  }

  enum Outcome: Sendable, Equatable {
    case opened(after: Int?)
    case edited(Int, commented: Bool)
    case reopened(Int)
    case closed(Int)
    /// This run's state is there already.
    case known(Int)
    /// Somebody does not want it.
    case staysClosed(Int, by: String?)
    /// Somebody has opened it again after we closed it.
    case staysOpen(Int)
    case nothing(String)
  }

  private(set) var steps: [Step] = []
  private(set) var outcome: Outcome
  /// What was done besides, as sentences.
  private(set) var besides: [String] = []

  private let facts: AlertFacts
  private let found: FoundIssues
  private let settings: AlertSettings.IssueSettings

  /// Seconds after its closing in which an issue is opened again.
  static let memory = 14.0 * 86_400

  init(_ facts: AlertFacts, _ found: FoundIssues, _ settings: AlertSettings.IssueSettings) throws {
    (self.facts, self.found, self.settings) = (facts, found, settings)
    if let reason = facts.silence {
      outcome = .nothing(reason)
      return
    }
    outcome = .nothing("nothing goes on, and no issue is open")
    for (newer, older) in found.duplicates { try merge(newer, into: older) }
    if facts.verdict == .incomplete { try unjudged() } else { try judged() }
  }

  // MARK: - by the verdict

  private mutating func unjudged() throws {
    let (service, harness) = (found.open(.service), found.open(.harness))
    if let harness { try edit(harness, comment: nil) }
    if let service {
      if let harness { besides.append("issue #\(harness.number) says the same") }
      try edit(service, comment: service.marker?.verdict == .incomplete ? nil : .unjudged)
    }
    guard service == nil, harness == nil else { return }
    if (facts.situation?.incompleteNights ?? 0) >= 2 { return try begin(.harness) }
    outcome = .nothing("a single night without a verdict opens no issue")
  }

  private mutating func judged() throws {
    try endHarness()
    guard let open = found.open(.service) else {
      let isTrouble = facts.verdict == .fail || facts.verdict == .degraded && settings.opensOnDegraded
      if isTrouble { return try begin(.service) }
      outcome = withoutIssue
      return
    }
    switch facts.verdict {
    case .fail: try edit(open, comment: news(open))
    case .degraded: try edit(open, comment: open.marker?.verdict == .degraded ? nil : .degraded)
    case .pass where facts.situation?.failing != nil: try edit(open, comment: nil)
    case .pass: try recover(open)
    case .incomplete: break
    }
  }

  /// Runs are judged again.
  private mutating func endHarness() throws {
    guard let open = found.open(.harness), open.marker?.run != facts.plan.run else { return }
    if open.marker?.isClosed == true {
      besides.append("issue #\(open.number) stays open, as somebody has opened it again")
      return
    }
    let nights = facts.situation?.incompleteNightsBefore ?? 0
    try close(open, comment: .running(nights: max(nights, open.marker?.nights ?? 0)))
    besides.append("issue #\(open.number) was closed: runs are judged again")
  }

  private var withoutIssue: Outcome {
    if let last = found.closed.first(where: { $0.marker?.run == facts.plan.run }) {
      return .known(last.number)
    }
    if facts.verdict == .degraded {
      return .nothing("a degraded run opens no issue (alert.issue.open_on_degraded)")
    }
    return outcome
  }

  private func news(_ open: FoundIssues.Ours) -> IssueComment? {
    guard let told = open.marker?.told else { return nil }
    let sentences = IssueNews(facts: facts, told: told).sentences
    return sentences.isEmpty ? nil : .news(sentences)
  }

  private mutating func recover(_ open: FoundIssues.Ours) throws {
    if open.marker?.run == facts.plan.run {
      outcome = .known(open.number)
    } else if open.marker?.isClosed == true {
      outcome = .staysOpen(open.number)
    } else {
      let nights = facts.situation?.recovered?.nights ?? open.marker?.nights ?? 0
      try close(open, comment: .recovered(nights: nights))
      outcome = .closed(open.number)
    }
  }
}

// MARK: - steps

extension IssueCourse {
  /// - Parameter comment: `nil` where nothing has changed since people were told last.
  private mutating func edit(_ open: FoundIssues.Ours, comment: IssueComment?) throws {
    guard open.marker?.run != facts.plan.run else {
      outcome = .known(open.number)
      return
    }
    if let comment { steps.append(.comment(open.number, comment)) }
    // That nothing is known takes nothing back of what was told.
    let wasTold = comment != nil && comment != .unjudged
    steps.append(.change(open.number, try latest(open, wasTold: wasTold)))
    outcome = .edited(open.number, commented: comment != nil)
  }

  private func latest(_ ours: FoundIssues.Ours, wasTold: Bool) throws -> GitHubIssueChange {
    let isOpen = ours.issue.state == .open
    // Of a marker that cannot be read nobody knows what was told: this counts from now on.
    let told = wasTold ? nil : ours.marker?.told
    var marker = IssueMarker(facts, kind: ours.kind, told: told)
    // Somebody has opened it again, and nothing has failed since.
    marker.isClosed = ours.marker?.isClosed == true && facts.situation?.failing == nil && isOpen
    let labels = IssueLabels(suite: facts.plan.suite).labels(facts.verdict, keeping: ours.issue.labels)
    var change = GitHubIssueChange()
    change.title = IssueTitle(facts: facts, kind: ours.kind).text
    change.body = try IssueText(facts: facts, kind: ours.kind).body(marker)
    if Set(labels) != Set(ours.issue.labels) { change.labels = labels }
    return change
  }

  /// The body keeps what the last run before said, below a line that says how it ended: it is what people look for later.
  private mutating func close(_ open: FoundIssues.Ours, comment: IssueComment) throws {
    var marker = IssueMarker(facts, kind: open.kind, told: open.marker?.told)
    (marker.isClosed, marker.since, marker.nights) = (true, open.marker?.since, open.marker?.nights ?? 0)
    let head =
      "\(try marker.line(facts.plan.suite))\n\(comment.words(facts)) What follows is as it was before.\n"
    var change = GitHubIssueChange()
    change.body = HiddenMarker.replaced(facts.plan.suite, in: open.issue.body ?? "", with: head)
    (change.state, change.stateReason) = (.closed, "completed")
    steps += [.comment(open.number, comment), .change(open.number, change)]
  }

  private mutating func merge(_ newer: FoundIssues.Ours, into older: FoundIssues.Ours) throws {
    steps += try Self.closing(newer, asDuplicateOf: older.number, facts)
    besides.append("issue #\(newer.number) was closed: it says what #\(older.number) says")
  }

  static func closing(
    _ newer: FoundIssues.Ours, asDuplicateOf older: Int, _ facts: AlertFacts
  ) throws -> [Step] {
    var marker = newer.marker ?? IssueMarker(facts, kind: newer.kind)
    (marker.isClosed, marker.duplicateOf) = (true, older)
    var change = GitHubIssueChange()
    change.body = HiddenMarker.replaced(
      facts.plan.suite, in: newer.issue.body ?? "", with: try marker.line(facts.plan.suite))
    (change.state, change.stateReason) = (.closed, "not_planned")
    return [.comment(newer.number, .duplicate(of: older)), .change(newer.number, change)]
  }
}

// MARK: - a trouble without an open issue

extension IssueCourse {
  private mutating func begin(_ kind: IssueMarker.Kind) throws {
    guard let last = found.lastClosed(kind) else { return try open(kind) }
    if last.marker?.run == facts.plan.run, last.marker?.isClosed != true {
      // It was told, and somebody has closed it since.
      outcome = .known(last.number)
      return
    }
    let isByUs = last.isClosed(by: found.login)
    let closedAt = last.issue.closedAt ?? last.issue.createdAt
    let isUnwanted = ["not_planned", "duplicate"].contains(last.issue.stateReason)
    if !isByUs, isUnwanted, closedAt >= facts.began(kind) {
      outcome = .staysClosed(last.number, by: last.issue.closedBy)
      return
    }
    let isRecent = facts.record.startedAt.seconds(since: closedAt) <= Self.memory
    if isByUs, isRecent { return try reopen(last) }
    try open(kind, after: isRecent ? last.number : nil)
  }

  private mutating func reopen(_ last: FoundIssues.Ours) throws {
    var change = try latest(last, wasTold: true)
    (change.state, change.stateReason) = (.open, "reopened")
    steps += [.comment(last.number, .reopened(last.issue.closedAt)), .change(last.number, change)]
    outcome = .reopened(last.number)
  }

  private mutating func open(_ kind: IssueMarker.Kind, after: Int? = nil) throws {
    let text = IssueText(facts: facts, kind: kind, follows: after)
    let labels = IssueLabels(suite: facts.plan.suite).labels(facts.verdict, keeping: settings.labels)
    steps.append(
      .open(
        GitHubIssueDraft(
          title: IssueTitle(facts: facts, kind: kind).text,
          body: try text.body(IssueMarker(facts, kind: kind)),
          labels: labels, assignees: kind == .service ? settings.assignees : [])))
    outcome = .opened(after: after)
  }
}

extension AlertFacts {
  /// Why the issue hears nothing of the run; `nil` when it does.
  var silence: String? {
    if let supersededBy { return "run \(supersededBy) is newer, and speaks for the suite" }
    return situation == nil ? "a run of another branch is nothing for the suite's issue" : nil
  }

  /// When the trouble that goes on began: whoever closed an issue after that has seen it.
  func began(_ kind: IssueMarker.Kind) -> UTCInstant {
    let run = record.startedAt
    guard let situation else { return run }
    if kind == .harness { return situation.incompleteSince?.startedAt ?? run }
    if let failing = situation.failing { return failing.first.startedAt }
    return (onset ?? situation.degradedSince)?.startedAt ?? run
  }
}
