import Shared

/// A plot of the trend: the p95 of a number of days.
struct PlotView {
  /// A label that is left out where there is no room.
  struct Label {
    let x, text: String
    let isHidden, isMinor: Bool
  }

  struct Mark {
    let x, y, state: String
  }

  let id, label: String
  /// The one shown at first.
  let isFirst: Bool
  let isBucketed: Bool
  let yTicks: [YTick]
  let xTicks: [XTick]
  /// Nights that follow each other are joined.
  let linePath, passPath: String
  let marks: [Mark]
  /// Only when bucketed: lowest to highest, and the highest bad night of each bucket.
  let ribbonPath, degradedPath, failPath: String
  /// Columns of incomplete nights.
  let hatches: [Hatch]
  let band: Band?
  let limit: Limit?
  let farLimit: FarLimit?
  /// Nights above the scale.
  let beyond: [Label]
  let step: StepMark?
  let pastSteps, releases: [Label]
  let end: End?
  let hits: [Hit]

  init(_ frame: PlotFrame, id: String, label: String) {
    (self.id, self.label, isFirst, isBucketed) = (id, label, id == "30", frame.isBucketed)
    yTicks = frame.scale.yTicks
    xTicks = XTick.days(from: frame.first, count: frame.count)
    let line = PlotLine(frame)
    (linePath, passPath, marks) = (line.path, line.passPath, line.marks)
    (ribbonPath, degradedPath, failPath) = (line.ribbonPath, line.degradedPath, line.failPath)
    hatches = frame.isBucketed ? [] : Hatch.columns(frame.days)
    band = Band(frame)
    (limit, farLimit) = (Limit(frame), FarLimit(frame))
    beyond = Self.beyond(frame)
    step = StepMark(frame)
    pastSteps = Self.pastSteps(frame)
    releases = Self.releases(frame)
    end = End(frame)
    hits = Hit.all(frame)
  }
}

/// The column of an incomplete night.
struct Hatch {
  let x, width: String

  static func columns(_ days: PageDays) -> [Hatch] {
    let width = 100 / Double(days.count)
    return days.indices.filter { days[$0]?.state == .incomplete }.map { slot in
      Hatch(x: PageText.percentText(Double(slot) * width), width: PageText.percentText(width))
    }
  }
}
