import Shared

/// What has run, a night for every UTC date with a run: its newest complete run, or its newest if none is.
struct Nights: Sendable {
  /// Oldest first.
  let all: [HistoryRecord]

  /// - Parameter branch: runs of others are no nights; `nil` when it is not known: then of any.
  init(_ records: [HistoryRecord], suite: String, branch: String?) {
    var nights: [UTCDate: HistoryRecord] = [:]
    let own = records.filter { $0.suite == suite && (branch == nil || $0.ref == branch) }
    for record in own.sorted(by: { $0.startedAt < $1.startedAt }) {
      let isLess = nights[record.night].map { $0.isComplete && !record.isComplete } ?? false
      if !isLess { nights[record.night] = record }
    }
    all = nights.values.sorted { $0.startedAt < $1.startedAt }
  }

  /// The newest that passed, before a run began.
  func lastGreen(before instant: UTCInstant) -> HistoryRecord? {
    all.last { $0.verdict == .pass && $0.startedAt < instant }
  }

  /// The ordinary nights of one profile: those that can be compared.
  func trend(of profile: String?, _ sensitivity: Sensitivity) -> Trend {
    Trend(nights: all.filter { $0.profile == profile && $0.isOrdinary }, sensitivity: sensitivity)
  }
}
