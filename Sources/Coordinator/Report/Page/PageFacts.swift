import Shared

/// Everything the page is drawn from.
struct PageFacts: Sendable {
  let suite: String
  /// Oldest first.
  var nights: [PageNight]
  /// Oldest first.
  var steps: [PageStep]
  /// Of the newest night whose result has any.
  var limits: PageLimits
  var issueURL: String?
  var issueNumber: Int?
  /// Shown above all; the demo says there that its data are made up.
  var notice: String?
  /// `02:14 UTC`, for a page without nights; `nil` when it is not known.
  var firstRun: String?
  var builtAt: UTCInstant
  /// `false`: the page never says that its newest night is old.
  var isStaleable = true
}

extension PageFacts {
  /// As they were known on the night of a day: for that night's page.
  func upTo(_ date: UTCDate) -> PageFacts {
    var past = self
    past.nights = Array(nights.prefix { $0.date <= date })
    past.steps = PageStep.known(steps, on: past.nights)
    past.limits = past.nights.last?.details?.limits ?? limits
    return past
  }

  /// The newest night's, or yesterday: by then it was due.
  var lastDay: UTCDate {
    let yesterday = builtAt.day.advanced(byDays: -1)
    guard let newest = nights.last?.date, isStaleable else { return nights.last?.date ?? yesterday }
    return max(newest, yesterday)
  }

  /// A night is missing: the newest is older than a day and what GitHub's schedules are late by.
  var isStale: Bool {
    guard isStaleable, let newest = nights.last else { return false }
    return builtAt.seconds(since: newest.record.startedAt) > Self.staleAfter
  }

  /// Seconds.
  static let staleAfter = 30.0 * 3600

  /// The step that holds still.
  var openStep: PageStep? { steps.last { $0.isOpen } }

  /// What the newest night is compared with: the last ordinary one before an open step, else the complete one before. Of
  /// another test none is: the figures of two tests compare with nothing.
  var reference: PageNight? {
    if let before = openStep?.before { return nights.last { $0.record.run == before.run } }
    let profile = nights.last?.record.profile
    return nights.dropLast().last { $0.isComplete && (profile == nil || $0.record.profile == profile) }
  }

  /// How many of the nights say what is usual: the ordinary ones with the newest's profile.
  var comparableCount: Int {
    let profile = nights.last { $0.record.isOrdinary }?.record.profile
    return nights.count { $0.record.isOrdinary && $0.record.profile == profile }
  }

  /// Nights until there is a usual range.
  static let usualNeeds = UsualRange.least + UsualRange.held
}

extension Sequence<PageNight> {
  /// The release that was new with a run; not the first one that was told at all.
  func release(newWith run: RunID?) -> String? {
    let releases = filter { $0.newRelease != nil }
    guard let night = releases.last(where: { $0.record.run == run }),
      night.record.run != releases.first?.record.run
    else { return nil }
    return night.newRelease
  }
}

/// The addresses of what a night is about.
extension HistoryRecord {
  /// `https://github.com/acme/checkout`; `nil` when it is not known.
  var repositoryURL: String? {
    guard let run = PageText.webAddress(workflowRunURL),
      let match = run.prefixMatch(of: #/(https?:\/\/[^\/]+\/[^\/]+\/[^\/]+)\/actions\/runs\//#)
    else { return nil }
    return String(match.1)
  }

  /// `acme/checkout`
  var repository: String? {
    repositoryURL.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
  }

  /// 7 digits; `""` when there is none, or when it is none.
  var shortCommit: String { hash.map { String($0.prefix(7)) } ?? "" }

  var commitURL: String? { hash.flatMap { hash in repositoryURL.map { "\($0)/commit/\(hash)" } } }

  private var hash: String? {
    guard let commit, (7...64).contains(commit.utf8.count), commit.utf8.allSatisfy(isHexDigit) else {
      return nil
    }
    return commit
  }

  private func isHexDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }
}

/// The page of a night from the index; without one, the file with its line.
func nightAddress(_ night: PageNight, newest: UTCDate, root: String = "") -> String {
  newest.days(since: night.date) < keptNightPages ? "\(root)night/\(night.date)/" : "\(root)history.csv"
}

/// Days, the newest night among them, whose nights have a page of their own.
let keptNightPages = 400
