import Shared

extension PlotView {
  /// What is usual, night by night: ± 2 times the noise. Another test begins another band.
  struct Band {
    let path, middle: String
    let hasLabel: Bool
    let labelX, labelY: String
  }
}

extension PlotView.Band {
  /// - Returns: `nil` when nothing is known of any night.
  init?(_ frame: PlotFrame) {
    let parts = Self.parts(frame)
    guard let first = parts.first, let start = first.upper.first else { return nil }
    path = parts.map { PagePath.area($0.upper, $0.lower) }.joined()
    middle = parts.map { PagePath.polyline($0.middle) }.joined()
    hasLabel = !frame.isBucketed
    labelX = PageText.percentText(start.x / 10)
    // Below the lower edge, as long as the label is.
    let edge = first.lower.prefix(4)
    labelY = PageText.percentText(max(edge.first?.y ?? 0, edge.last?.y ?? 0) / 10)
  }

  private typealias Known = (slot: Int, range: UsualRange)

  /// Nights with a range, apart where the test changed; of many, some, but always the newest.
  private static func parts(_ frame: PlotFrame) -> [Edges] {
    var parts: [[Known]] = [[]]
    for (slot, night) in frame.days.enumerated() {
      guard let night else { continue }
      if night.isTestChanged { parts.append([]) }
      if let range = night.range { parts[parts.count - 1].append((slot, range)) }
    }
    let every = max(1, parts.map(\.count).reduce(0, +) / 120)
    return parts.filter { !$0.isEmpty }.map { part in
      let some = part.enumerated().filter { (part.count - 1 - $0.offset).isMultiple(of: every) }
      return Edges(some.map(\.element), frame)
    }
  }

  private struct Edges {
    private(set) var upper: [PagePoint] = []
    private(set) var middle: [PagePoint] = []
    private(set) var lower: [PagePoint] = []

    init(_ nights: [Known], _ frame: PlotFrame) {
      // The first day and the last are drawn to the plot's edges.
      if let first = nights.first, first.slot == 0 { add(first.range, 0, frame) }
      for night in nights { add(night.range, frame.x(night.slot), frame) }
      if let last = nights.last, last.slot == frame.count - 1 { add(last.range, 1000, frame) }
    }

    private mutating func add(_ range: UsualRange, _ x: Double, _ frame: PlotFrame) {
      upper.append(PagePoint(x: x, y: frame.y(range.usual + 2 * range.noise)))
      middle.append(PagePoint(x: x, y: frame.y(range.usual)))
      lower.append(PagePoint(x: x, y: frame.y(range.usual - 2 * range.noise)))
    }
  }
}
