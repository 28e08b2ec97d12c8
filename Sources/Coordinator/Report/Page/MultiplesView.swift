import Shared

/// Error rate, throughput and tail of the last 30 nights, small, one beside the other.
struct MultiplesView {
  let charts: [SmallChart]

  /// - Returns: `nil` when nothing is known of any night.
  init?(_ facts: PageFacts) {
    guard let first = facts.nights.first?.date, let last = facts.nights.last?.date else { return nil }
    // A week at the least, so that one night is not as wide as the chart.
    let count = min(30, max(7, last.days(since: first) + 1))
    let days = PageDays(facts.nights, upTo: last, count: count)
    charts = SmallFigure.all(facts.limits).compactMap { SmallChart($0, days) }
    if charts.isEmpty { return nil }
  }
}

/// One of the small charts.
struct SmallChart {
  struct Point {
    let x, y: String
  }

  /// A class of the style sheet.
  let key: String
  let title, value, unit, state, limitText: String
  /// Complete nights alone: what others have compares with nothing.
  let linePath, dotsPath: String
  let hasLimit: Bool
  let limitY: String
  /// Nights that broke the limit.
  let bad: [Point]
  let hatches: [Hatch]
}

/// What a small chart shows.
private struct SmallFigure {
  let key, title: String
  let value: @Sendable (HistoryRecord) -> Double?
  /// With its unit, U+202F between them.
  let text: @Sendable (Double) -> String
  var limit: Double?
  var limitText = "no limit"
  var isFloor = false

  static func all(_ limits: PageLimits) -> [SmallFigure] {
    let perSecond: @Sendable (Double) -> String = { "\(PageText.perSecond($0))\(PageText.thin)/s" }
    return [
      SmallFigure(
        key: "errors", title: "Error rate", value: \.errorRate,
        text: { PageText.rate($0, limit: limits.errorRate) }, limit: limits.errorRate,
        limitText: limits.errorRate.map { "limit \(PageText.limitRate($0))" } ?? "no limit"),
      SmallFigure(
        key: "rate", title: "Throughput", value: \.requestRate, text: perSecond, limit: limits.requestRate,
        limitText: limits.requestRate.map { "floor \(perSecond($0))" } ?? "no floor", isFloor: true),
      SmallFigure(key: "tail", title: "Tail, p99", value: \.p99, text: { PageText.msUnit($0) }),
    ]
  }

  /// A complete night broke its limit.
  func isBad(_ night: PageNight) -> Bool {
    guard let limit, night.isComplete, let value = value(night.record) else { return false }
    return isFloor ? night.isUnder(value, limit) : night.isOver(value, limit)
  }

  /// A floor always, a ceiling when it does not press the line onto the ground.
  func nearLimit(_ known: [Double]) -> Double? {
    limit.flatMap { isFloor || $0 <= 12 * max(known.max() ?? 0, 1e-9) ? $0 : nil }
  }

  /// One night far off does not flatten the others.
  func scale(_ known: [Double]) -> Linear {
    let near = [nearLimit(known)].compactMap(\.self)
    let cap = max(known.sorted()[Int(0.9 * Double(known.count - 1))] * 2.2, limit ?? 0)
    let shown = known.map { min($0, cap) } + near
    var scale = Linear(shown, wanted: 2)
    // As tight as the values are: it has no ticks.
    let room = 0.12 * (scale.high - scale.low)
    scale.low = max(0, (known + near).min().map { $0 - room } ?? 0)
    scale.high = (shown.max() ?? 0) + 0.12 * (scale.high - scale.low)
    return scale
  }
}

extension SmallChart {
  fileprivate init?(_ figure: SmallFigure, _ days: PageDays) {
    let values = days.map { night in
      night.flatMap { $0.isComplete ? figure.value($0.record) : nil }
    }
    let known = values.compactMap(\.self)
    guard !known.isEmpty, let newest = days.last ?? nil else { return nil }
    let scale = figure.scale(known)
    let points = values.enumerated().map { slot, value in
      value.map {
        PagePoint(x: 1000 * (Double(slot) + 0.5) / Double(values.count), y: 1000 * scale.part($0))
      }
    }
    (key, title, limitText) = (figure.key, figure.title, figure.limitText)
    let parts = figure.value(newest.record).map { figure.text($0).split(separator: PageText.thin) } ?? []
    (value, unit) = (
      parts.first.map(String.init) ?? PageText.unknown, parts.dropFirst().first.map(String.init) ?? ""
    )
    state = (figure.isBad(newest) ? PageState.fail : .pass).rawValue
    (linePath, dotsPath) = (PagePath.polyline(points), PagePath.dots(points.compactMap(\.self)))
    let near = figure.nearLimit(known)
    (hasLimit, limitY) = (near != nil, PageText.percentText(100 * (near.map(scale.part) ?? 0)))
    bad = zip(days, points).compactMap { night, point in
      guard let night, let point, figure.isBad(night) else { return nil }
      return Point(x: PageText.percentText(point.x / 10), y: PageText.percentText(point.y / 10))
    }
    hatches = Hatch.columns(days)
  }
}
