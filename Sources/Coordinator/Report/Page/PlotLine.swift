import Shared

/// The line of a plot, with its nights; over a year, with a point for some days each.
struct PlotLine {
  private(set) var path = ""
  private(set) var passPath = ""
  private(set) var marks: [PlotView.Mark] = []
  private(set) var ribbonPath = ""
  private(set) var degradedPath = ""
  private(set) var failPath = ""

  init(_ frame: PlotFrame) {
    if frame.isBucketed { addBuckets(frame) } else { addNights(frame) }
  }

  private mutating func addNights(_ frame: PlotFrame) {
    var line: [PagePoint?] = []
    var passed: [PagePoint] = []
    for (slot, night) in frame.days.enumerated() {
      guard let night, let p95 = night.p95 else {
        line.append(nil)
        continue
      }
      let point = frame.point(slot, p95)
      line.append(night.isComplete ? point : nil)
      if night.state == .pass {
        passed.append(point)
      } else {
        marks.append(
          PlotView.Mark(
            x: PageText.percentText(point.x / 10), y: PageText.percentText(point.y / 10),
            state: night.state.rawValue))
      }
    }
    path = PagePath.polyline(line)
    // Further out dots would touch.
    passPath = frame.count <= 45 ? PagePath.dots(passed) : ""
  }

  private mutating func addBuckets(_ frame: PlotFrame) {
    var line: [PagePoint?] = []
    var ribbons: [(upper: [PagePoint], lower: [PagePoint])] = [([], [])]
    var (degraded, failed): ([PagePoint], [PagePoint]) = ([], [])
    for start in stride(from: 0, to: frame.count, by: frame.size) {
      let end = min(start + frame.size, frame.count)
      let x = 1000 * Double(start + end) / 2 / Double(frame.count)
      let nights = frame.days[start..<end].compactMap { $0 }.filter(\.isComplete)
      let p95s = nights.compactMap(\.p95)
      guard let low = p95s.min(), let high = p95s.max() else {
        line.append(nil)
        ribbons.append(([], []))
        continue
      }
      func at(_ value: Double) -> PagePoint { PagePoint(x: x, y: frame.y(value)) }
      line.append(at(median(p95s)))
      ribbons[ribbons.count - 1].upper.append(at(high))
      ribbons[ribbons.count - 1].lower.append(at(low))
      degraded += [Self.worst(nights, .degraded)].compactMap { $0.map(at) }
      failed += [Self.worst(nights, .fail)].compactMap { $0.map(at) }
    }
    path = PagePath.polyline(line)
    ribbonPath = ribbons.map { PagePath.area($0.upper, $0.lower) }.joined()
    (degradedPath, failPath) = (PagePath.dots(degraded), PagePath.dots(failed))
  }

  private static func worst(_ nights: [PageNight], _ state: PageState) -> Double? {
    nights.filter { $0.state == state }.compactMap(\.p95).max()
  }
}
