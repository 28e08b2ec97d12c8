import Shared

extension PlotView {
  /// Where a night, or a group of them, is pointed at.
  struct Hit {
    let isRun: Bool
    /// The page of the night, of a group that of its worst.
    let href: String
    let state: String
    /// Its tip opens to the left.
    let isRight: Bool
    let tip: String
  }
}

extension PlotView.Hit {
  /// Up to 100 one a day, else some 60.
  static func all(_ frame: PlotFrame) -> [PlotView.Hit] {
    let size = frame.count <= 100 ? 1 : (frame.count + 59) / 60
    return stride(from: 0, to: frame.count, by: size).map { start in
      let nights = frame.days[start..<min(start + size, frame.count)].compactMap { $0 }
      let isRight = Double(start) + Double(size) / 2 > Double(frame.count) / 2
      guard let worst = PageState.worstFirst.first(where: { state in nights.contains { $0.state == state } }),
        let target = highest(nights.filter { $0.state == worst })
      else {
        return PlotView.Hit(isRun: false, href: "", state: PageState.none.rawValue, isRight: isRight, tip: "")
      }
      return PlotView.Hit(
        isRun: true, href: nightAddress(target, newest: frame.last), state: worst.rawValue, isRight: isRight,
        tip: size == 1
          ? NightTip.text(target, frame.facts.limits, isLong: frame.count <= 45) : tip(nights, frame))
    }
  }

  /// The first of the highest.
  private static func highest(_ nights: [PageNight]) -> PageNight? {
    var highest = nights.first
    for night in nights where night.p95 ?? 0 > highest?.p95 ?? 0 { highest = night }
    return highest
  }

  private static func tip(_ nights: [PageNight], _ frame: PlotFrame) -> String {
    let days = [nights.first, nights.last].compactMap { $0?.date }
    let ends = days.map { PageText.shortDay($0) + (frame.count > 366 ? " \($0.year)" : "") }
    var lines = [ends.first == ends.last ? ends[0] : ends.joined(separator: " – ")]
    let p95s = nights.filter(\.isComplete).compactMap(\.p95)
    if let highest = p95s.max() {
      lines += ["median\t\(PageText.msUnit(median(p95s)))", "highest\t\(PageText.msUnit(highest))"]
    }
    for state in PageState.worstFirst {
      let count = nights.count { $0.state == state }
      if count > 0 { lines.append("\(state.word.lowercased())\t\(count)") }
    }
    return (lines + (nights.first(where: \.isTestChanged).map(NightTip.change) ?? [])).joined(separator: "\n")
  }
}

extension PageState {
  static let worstFirst: [PageState] = [.fail, .degraded, .incomplete, .pass]
}
