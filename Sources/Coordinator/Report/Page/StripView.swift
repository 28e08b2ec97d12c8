import Shared

/// The last 30 nights, a cell each.
struct StripView {
  struct Cell {
    let isRun: Bool
    let state: String
    /// Of its row in the table of nights.
    let href: String
    /// Its tip opens to the left.
    let isRight: Bool
    let tip: String
  }

  struct Key {
    let state, text: String
  }

  static let count = 30

  let cells: [Cell]
  /// Labels of the ends.
  let first, last: String
  /// The states that occur.
  let legend: [Key]

  /// - Parameter day: the last cell's: nights that never came are cells, too.
  init(_ nights: [PageNight], upTo day: UTCDate) {
    guard let begun = nights.first, let newest = nights.last else {
      let none = Cell(isRun: false, state: PageState.before.rawValue, href: "", isRight: false, tip: "")
      (cells, first, last, legend) = (Array(repeating: none, count: Self.count), "", "", [])
      return
    }
    let end = max(day, newest.date)
    let days = PageDays(nights, upTo: end, count: Self.count)
    cells = days.indices.map { slot in
      let date = days.date(slot)
      let state = days[slot]?.state ?? (date > begun.date ? PageState.none : .before)
      return Cell(
        isRun: days[slot] != nil, state: state.rawValue, href: "#n-\(date)", isRight: 2 * slot >= Self.count,
        tip: days[slot].map(Self.tip) ?? "")
    }
    first = PageText.shortDay(days.first)
    last =
      PageText.shortDay(end) + (end == newest.date ? ", \(PageText.time(newest.record.startedAt))" : "")
    legend = Self.legend(cells)
  }

  private static func tip(_ night: PageNight) -> String {
    let p95 = night.p95.map { ["p95\t\(PageText.msUnit($0))"] } ?? []
    return (NightTip.head(night) + p95 + NightTip.change(night)).joined(separator: "\n")
  }

  private static func legend(_ cells: [Cell]) -> [Key] {
    let words: [(PageState, String)] = [
      (.pass, "passed"), (.degraded, "degraded"), (.fail, "failed"), (.incomplete, "incomplete"),
      (.none, "not run"),
    ]
    return words.compactMap { state, word in
      let count = cells.count { $0.state == state.rawValue }
      return count > 0 ? Key(state: state.rawValue, text: "\(count) \(word)") : nil
    }
  }
}

/// Lines of what is shown when a night is pointed at: night and verdict, then label, tab, value.
enum NightTip {
  static func head(_ night: PageNight) -> [String] {
    ["\(PageText.shortDay(night.date)): \(night.state.word)"]
  }

  static func change(_ night: PageNight) -> [String] { night.isTestChanged ? ["test\tchanged"] : [] }

  /// - Parameter isLong: with the median and the tail.
  static func text(_ night: PageNight, _ limits: PageLimits, isLong: Bool) -> String {
    let record = night.record
    var lines = head(night)
    if let p95 = night.p95 {
      lines.append("p95\t\(PageText.msUnit(p95))")
      if let range = night.range, night.isComplete {
        lines.append("vs usual\t\(PageText.changeText(p95, range.usual))")
      }
      if isLong { lines.append("p50 / p99\t\(PageText.ms(record.p50)) / \(PageText.ms(record.p99))") }
    }
    lines.append("errors\t\(PageText.rate(record.errorRate, limit: limits.errorRate))")
    lines.append("rate\t\(PageText.perSecond(record.requestRate))\(record.requestRate == nil ? "" : "/s")")
    if let got = record.shardsReceived, let want = record.shardsExpected, got != want {
      lines.append("shards\t\(got) of \(want)")
    }
    if let release = night.newRelease { lines.append("release\t\(PageText.outside(release, most: 16))") }
    return (lines + change(night)).joined(separator: "\n")
  }
}
