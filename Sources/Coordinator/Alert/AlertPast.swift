import Shared

/// A run among those before it.
struct AlertPast: Sendable {
  let night: PageNight
  /// `nil` for a run that is no night: of another branch, or of none where the others have one.
  let situation: Situation?
  let step: PageStep?
  let reference: HistoryRecord?
  let lastGreen: HistoryRecord?
  let lastGreenRelease: HistoryRecord?
  let usual: AlertThreshold.Usual
  let release: String?
  let supersededBy: RunID?
  let newerOfCommit: RunID?
  /// Of the same branch, the newest first.
  let runsBefore: [RunID]

  /// As far back as it is looked what people have heard.
  private static let lookedBack = 14

  /// - Parameter records: the history, the run included.
  init(_ record: HistoryRecord, _ records: [HistoryRecord], rules: TrendRules) {
    let suite = records.filter { $0.suite == record.suite }
    let branch = rules.branch ?? record.ref
    let isNight = branch != nil || suite.allSatisfy { $0.ref == nil }
    let known = suite.filter { $0.startedAt <= record.startedAt }
    let situation =
      isNight ? Situation(of: record.run, in: suite, suite: record.suite, branch: branch) : nil
    let nights = Nights(known, suite: record.suite, branch: branch)
    let history = PageHistory(nights, rules.sensitivity)
    let trend = nights.trend(of: record.profile, rules.sensitivity)
    let range = trend.range(at: trend.nights.count - 1)
    night =
      history.nights.last { $0.record.run == record.run } ?? PageNight(record: record, range: range)
    step = situation == nil ? nil : history.steps.last { $0.isOpen }
    self.situation = situation
    let before = known.filter { $0.run != record.run }.sorted { $0.startedAt > $1.startedAt }
    let earlier = Nights(before, suite: record.suite, branch: branch)
    lastGreen = earlier.lastGreen
    lastGreenRelease = before.first { $0.verdict == .pass && $0.release?.isEmpty == false }
    let failing = situation?.failing ?? situation?.recovered
    // The figures of two tests compare with nothing.
    reference = [step?.before, failing?.lastPass, earlier.lastGreen].compactMap(\.self).first {
      $0.isComplete && (record.profile == nil || $0.profile == record.profile)
    }
    usual = AlertThreshold.Usual(trend, range)
    release = history.nights.release(newWith: (step?.onset ?? failing?.first)?.run)
    let later = suite.filter { $0.startedAt > record.startedAt }.sorted { $0.startedAt > $1.startedAt }
    supersededBy = later.first { $0.ref == record.ref }?.run
    newerOfCommit = later.first { $0.commit != nil && $0.commit == record.commit }?.run
    runsBefore = before.filter { $0.ref == record.ref }.prefix(Self.lookedBack).map(\.run)
  }
}

extension AlertThreshold.Usual {
  /// Of the nights that say what is usual for the newest.
  fileprivate init(_ trend: Trend, _ range: UsualRange?) {
    guard let range else { return }
    let nights = trend.nights.dropLast(UsualRange.held).suffix(range.nights)
    p95 = range.usual
    let errors = nights.compactMap(\.errorRate)
    let rates = nights.compactMap(\.requestRate)
    errorRate = errors.isEmpty ? nil : median(errors)
    requestRate = rates.isEmpty ? nil : median(rates)
  }
}
