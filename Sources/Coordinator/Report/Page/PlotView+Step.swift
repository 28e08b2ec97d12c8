import Shared

extension PlotView {
  /// The step that holds still: a line, and what is known of it beside it.
  struct StepMark {
    let x: String
    /// The text stands left of the line.
    let isLeft: Bool
    let y, title, size, cause: String
  }
}

extension PlotView.StepMark {
  init?(_ frame: PlotFrame) {
    guard let step = frame.facts.openStep, let edge = frame.edge(step) else { return nil }
    let corner = Corner.freest(beside: edge, frame.points)
    x = PageText.percentText(edge)
    (isLeft, y) = (corner.isLeft, corner.isTop ? "0" : "68")
    title = "Step since \(PageText.shortDay(step.onset.night))"
    let change = PageText.changeText(step.middle, step.range.usual)
    size = "\(change) on the usual \(PageText.msUnit(step.range.usual))"
    cause = PageText.outside(frame.facts.nights.release(newWith: step.onset.run), most: 16)
  }
}

extension PlotFrame {
  /// The complete nights, in percent.
  fileprivate var points: [PagePoint] {
    days.enumerated().compactMap { slot, night in
      guard let night, night.isComplete, let p95 = night.p95 else { return nil }
      return PagePoint(x: x(slot) / 10, y: y(p95) / 10)
    }
  }
}

/// Where a text may stand beside a vertical line.
private struct Corner {
  let isLeft, isTop: Bool

  /// Where fewest points lie in what the text covers, 24 x 26 %; left and top win ties.
  static func freest(beside x: Double, _ points: [PagePoint]) -> Corner {
    let corners = [(true, true), (true, false), (false, true), (false, false)].map(Corner.init)
    let free = corners.filter { $0.isLeft ? x >= 24 : x <= 76 }
    return free.min { $0.cost(x, points) < $1.cost(x, points) } ?? corners[0]
  }

  private func cost(_ x: Double, _ points: [PagePoint]) -> Double {
    let columns = isLeft ? x - 24...x : x...x + 24
    let rows = isTop ? 0.0...26 : 66.0...92
    let covered = points.count { columns.contains($0.x) && rows.contains($0.y) }
    return Double(covered) + (isTop ? 0 : 0.5) + (isLeft ? 0 : 0.25)
  }
}
