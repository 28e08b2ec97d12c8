import Shared

/// A night on the page: a UTC date with a run.
struct PageNight: Sendable {
  /// The date's newest complete run, else its newest.
  let record: HistoryRecord
  /// What the nights before with the same profile say is usual. A night that is not ordinary has that of the latest
  /// ordinary one.
  let range: UsualRange?
  /// Of its `result.json`; `nil` when that is gone or was not read.
  var details: NightDetails?
  /// The release that the nights before did not have.
  var newRelease: String?
  /// The night before had another profile: its figures and this one's cannot be compared.
  var isTestChanged = false
}

extension PageNight {
  var date: UTCDate { record.night }
  var isComplete: Bool { record.isComplete }
  var state: PageState { PageState(record.verdict) }
  var p95: Double? { record.p95 }
}

/// How a night ended; a class of the style sheet and a symbol's name.
enum PageState: String, Sendable, CaseIterable {
  case pass, degraded, fail, incomplete
  /// Nothing ran.
  case none
  /// Earlier than the first night.
  case before

  init(_ verdict: Verdict) {
    self =
      switch verdict {
      case .pass: .pass
      case .degraded: .degraded
      case .fail: .fail
      case .incomplete: .incomplete
      }
  }

  var word: String {
    switch self {
    case .pass: "Pass"
    case .degraded: "Degraded"
    case .fail: "Fail"
    case .incomplete: "Incomplete"
    case .none, .before: "No run"
    }
  }
}

/// A window of nights with one slot for every UTC date up to `last`: `nil` where nothing ran.
struct PageDays: RandomAccessCollection {
  let first: UTCDate
  private let nights: ArraySlice<PageNight>
  /// By slot, into `nights`; -1 for none.
  private let positions: [Int]

  init(_ nights: [PageNight], upTo last: UTCDate, count: Int) {
    first = last.advanced(byDays: 1 - count)
    self.nights = nights.suffix(count)
    var positions = Array(repeating: -1, count: count)
    for index in self.nights.indices {
      let slot = nights[index].date.days(since: first)
      if positions.indices.contains(slot) { positions[slot] = index }
    }
    self.positions = positions
  }

  var startIndex: Int { 0 }
  var endIndex: Int { positions.count }
  subscript(slot: Int) -> PageNight? { positions[slot] < 0 ? nil : nights[positions[slot]] }

  func date(_ slot: Int) -> UTCDate { first.advanced(byDays: slot) }
}
