import Shared

/// The table of the last nights, and links to the ones before.
struct NightsView {
  /// A day, also one on which nothing ran.
  struct Row {
    /// `n-2026-11-22`: where issues and mails lead to.
    let id: String
    let day, weekday: String
    let isRun: Bool
    let state, stateWord: String
    var href = ""
    var p95 = "", vsUsual = "", errors = "", rps = "", shardCount = ""
    var hasCommit = false
    var commit = ""
    var hasCommitLink = false
    var commitHref = ""
    var hasRun = false
    var runHref = ""
    var hasFiles = false
    var filesHref = ""
  }

  struct Month {
    let month: String
    /// From Monday on.
    var days: [Day]
  }

  struct Day {
    var isRun = false
    /// Before the month's first day, or before the first night.
    var isBlank = false
    var day = "", href = ""
    var state = PageState.none.rawValue
    var isPass = false
    var stateWord = ""
  }

  /// Newest first.
  let rows: [Row]
  let hasOlder: Bool
  /// Newest first.
  let months: [Month]
}

extension NightsView {
  private static let tableDays = 30
  /// Days that the page links to; older nights are in `history.csv`.
  private static let archiveDays = 184

  /// - Returns: `nil` without nights.
  init?(_ facts: PageFacts) {
    guard let oldest = facts.nights.first?.date, let newest = facts.nights.last?.date else { return nil }
    let count = min(Self.tableDays, newest.days(since: oldest) + 1)
    let days = PageDays(facts.nights, upTo: newest, count: count)
    rows = days.indices.reversed().map { slot in
      guard let night = days[slot] else { return Row(days.date(slot)) }
      return Row(night, newest: newest, errorLimit: facts.limits.errorRate)
    }
    months = Self.months(facts.nights, from: oldest, before: days.first, newest: newest).reversed()
    hasOlder = !months.isEmpty
  }

  private static func months(
    _ nights: [PageNight], from oldest: UTCDate, before end: UTCDate, newest: UTCDate
  ) -> [Month] {
    let days = PageDays(nights, upTo: newest, count: archiveDays)
    var months: [Month] = []
    for slot in days.indices {
      let date = days.date(slot)
      guard date >= oldest, date < end else { continue }
      if months.isEmpty || date.day == 1 {
        let blanks = Array(repeating: Day(isBlank: true), count: date.weekday)
        months.append(Month(month: "\(PageText.month(date)) \(date.year)", days: blanks))
      }
      months[months.count - 1].days.append(days[slot].map { Day($0, newest: newest) } ?? Day())
    }
    return months
  }
}

extension NightsView.Row {
  /// A day without a run.
  fileprivate init(_ date: UTCDate, isRun: Bool = false, state: PageState = .none) {
    (id, day, weekday) = ("n-\(date)", PageText.shortDay(date), PageText.shortWeekday(date))
    (self.isRun, self.state, stateWord) = (isRun, state.rawValue, state.word)
  }

  fileprivate init(_ night: PageNight, newest: UTCDate, errorLimit: Double?) {
    self.init(night.date, isRun: true, state: night.state)
    let record = night.record
    href = nightAddress(night, newest: newest)
    p95 = PageText.ms(night.p95)
    vsUsual = night.isComplete ? PageText.changeText(night.p95, night.range?.usual) : PageText.unknown
    errors = PageText.rate(record.errorRate, limit: errorLimit)
    rps = PageText.perSecond(record.requestRate)
    shardCount = [record.shardsReceived, record.shardsExpected].map { $0.map { "\($0)" } ?? PageText.unknown }
      .joined(separator: "/")
    (commit, hasCommit) = (record.shortCommit, !record.shortCommit.isEmpty)
    (commitHref, hasCommitLink) = (record.commitURL ?? "", record.commitURL != nil)
    let (run, files) = (PageText.webAddress(record.workflowRunURL), PageText.webAddress(record.artifactsURL))
    (runHref, hasRun, filesHref, hasFiles) = (run ?? "", run != nil, files ?? "", files != nil)
  }
}

extension NightsView.Day {
  fileprivate init(_ night: PageNight, newest: UTCDate) {
    (isRun, day, href) = (true, "\(night.date.day)", nightAddress(night, newest: newest))
    (state, isPass, stateWord) = (night.state.rawValue, night.state == .pass, night.state.word)
  }
}
