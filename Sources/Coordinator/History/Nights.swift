import Shared

/// What has run, a night for every UTC date with a run: its newest complete run, or its newest if none is.
struct Nights: Sendable {
  /// Oldest first.
  let all: [HistoryRecord]
  /// Every run of the suite and its branch, oldest first.
  private let records: [HistoryRecord]

  /// - Parameter branch: runs of others are no nights; `nil` when it is not known: then of any.
  init(_ records: [HistoryRecord], suite: String, branch: String?) {
    self.records = records.filter { $0.suite == suite && (branch == nil || $0.ref == branch) }
      .sorted { $0.startedAt < $1.startedAt }
    all = Self.newestOfEachDate(self.records)
  }

  /// - Parameter records: oldest first.
  private static func newestOfEachDate(_ records: [HistoryRecord]) -> [HistoryRecord] {
    var nights: [HistoryRecord] = []
    for record in records {
      guard let last = nights.last, last.night == record.night else {
        nights.append(record)
        continue
      }
      if record.isComplete || !last.isComplete { nights[nights.count - 1] = record }
    }
    return nights
  }

  /// The newest that passed, whatever ran later on its date.
  var lastGreen: HistoryRecord? { records.last { $0.verdict == .pass } }

  /// Whatever became of it.
  var newest: HistoryRecord? { records.last }

  /// The ordinary nights of one profile: those that can be compared. Runs of other profiles, and aborted ones, take no
  /// night from them.
  func trend(of profile: String?, _ sensitivity: Sensitivity) -> Trend {
    let runs = records.filter { $0.profile == profile && $0.isOrdinary }
    return Trend(nights: Self.newestOfEachDate(runs), sensitivity: sensitivity)
  }

  /// Of every profile, in one pass.
  func trends(_ sensitivity: Sensitivity) -> [String?: Trend] {
    Dictionary(grouping: records.filter(\.isOrdinary), by: \.profile)
      .mapValues { Trend(nights: Self.newestOfEachDate($0), sensitivity: sensitivity) }
  }
}
