import Shared

extension PlotView {
  /// On the scale.
  struct Limit {
    let y, text: String
    let isLabelBelow: Bool

    init?(_ frame: PlotFrame) {
      guard let limit = frame.limit, limit < frame.scale.high else { return nil }
      let part = frame.scale.part(limit)
      y = PageText.percentText(100 * part)
      text = "limit \(PageText.msUnit(limit))"
      isLabelBelow = part < 0.07
    }
  }

  /// Beyond the scale.
  struct FarLimit {
    let text: String

    init?(_ frame: PlotFrame) {
      guard let limit = frame.limit, limit >= frame.scale.high else { return nil }
      text = "limit \(PageText.msUnit(limit)), above this scale"
    }
  }

  /// The value at the line's end.
  struct End {
    let y, text, unit, state: String

    init?(_ frame: PlotFrame) {
      guard let newest = frame.days.last ?? nil, newest.isComplete, let p95 = newest.p95 else { return nil }
      // So that the unit below it has room.
      y = PageText.percentText(min(92, 100 * frame.scale.part(p95)))
      (text, unit, state) = (PageText.ms(p95), "ms", newest.state.rawValue)
    }
  }

  /// The six highest; more have no room.
  static func beyond(_ frame: PlotFrame) -> [Label] {
    var high: [(slot: Int, p95: Double)] = []
    for (slot, night) in frame.days.enumerated() {
      if let night, night.isComplete, let p95 = night.p95, p95 > frame.scale.high { high.append((slot, p95)) }
    }
    let highest = high.sorted { $0.p95 > $1.p95 }.prefix(6).sorted { $0.slot < $1.slot }
    let labels = highest.map { slot, p95 in
      let tens = 10 * (p95 / 10).rounded(.toNearestOrEven)
      return (frame.x(slot) / 10, p95 < 100 ? PageText.ms(p95) : PageText.axisMS(tens))
    }
    return Label.keepApart(labels, 6, 16)
  }

  static func releases(_ frame: PlotFrame) -> [Label] {
    if frame.isBucketed { return [] }
    let labels = frame.days.enumerated().compactMap { slot, night in
      night?.newRelease.map { (frame.x(slot) / 10, PageText.outside($0, most: 10)) }
    }
    return Label.keepApart(labels, 7, 22)
  }

  /// Those that began within the plot and hold no more.
  static func pastSteps(_ frame: PlotFrame) -> [Label] {
    let labels = frame.facts.steps.filter { !$0.isOpen }.compactMap { step in
      frame.edge(step).map { ($0, PageText.changeText(step.middle, step.range.usual)) }
    }
    return Label.keepApart(labels, 8, 24)
  }
}

extension PlotView.Label {
  /// - Parameter labels: position in percent, and text.
  static func keepApart(_ labels: [(x: Double, text: String)], _ narrow: Double, _ wide: Double)
    -> [PlotView.Label]
  {
    zip(labels, LabelRoom.keepApart(labels.map(\.x), narrow, wide)).map { label, room in
      PlotView.Label(
        x: PageText.percentText(label.x), text: label.text, isHidden: room.isHidden, isMinor: room.isMinor)
    }
  }
}

extension PlotFrame {
  /// The left edge of the day on which a step began, in percent; `nil` when that is not within the plot.
  func edge(_ step: PageStep) -> Double? {
    let slot = step.onset.night.days(since: first)
    return slot >= 1 ? 100 * Double(slot) / Double(count) : nil
  }
}
