/// Endpoints by what moved most between two nights.
struct EndpointsView {
  struct Row {
    let name, share: String
    /// Of the p95 over 30 nights, in a box of 100 x 20.
    let spark: String
    let then, now, change: String
    /// By 8 % and more.
    let isSlower: Bool
    /// In percent of a bar that begins in its middle.
    let barX, barWidth: String
    let errors: String
  }

  let thenName, nowName: String
  let rows: [Row]
  let hasMore: Bool
  /// What was cut off.
  let more: String
}

extension EndpointsView {
  private static let days = 30

  /// - Parameters:
  ///   - facts: up to the night, which is their newest.
  ///   - most: rows.
  /// - Returns: `nil` without endpoints, or without the run's result.
  init?(_ facts: PageFacts, nowName: String, most: Int) {
    guard let night = facts.nights.last else { return nil }
    let then = facts.reference
    let moves = moved(night, since: then)
    guard !moves.isEmpty else { return nil }
    self.nowName = nowName
    thenName = then.map { PageText.shortDay($0.date) } ?? "before"
    let series = Self.series(facts.nights, upTo: night)
    // Half a bar is the largest change, and at least 25 %.
    let largest = moves.reduce(0.25) { max($0, abs($1.change)) }
    let isKnown = then?.details?.endpoints.isEmpty == false
    rows = moves.prefix(most).map { move in
      Row(
        move, spark: Self.spark(series.map { $0[move.endpoint.name] }), largest: largest, isKnown: isKnown,
        limit: facts.limits.errorRate)
    }
    let rest = moves.dropFirst(most)
    (hasMore, more) = (!rest.isEmpty, Self.more(rest))
  }

  private static func more(_ rest: ArraySlice<EndpointMove>) -> String {
    guard !rest.isEmpty else { return "" }
    let largest = rest.reduce(0) { max($0, abs($1.change)) }
    return
      "\(PageText.plural(rest.count, "more endpoint")) \(rest.count == 1 ? "weighs" : "weigh") less; the "
      + "largest change among them is \(PageText.grouped(100 * largest))\(PageText.thin)%. "
      + "All are in the run’s files."
  }

  /// A night each: p95s by endpoint.
  private static func series(_ nights: [PageNight], upTo night: PageNight) -> [[String: Double]] {
    PageDays(nights, upTo: night.date, count: days).map { night in
      guard let night, night.isComplete, let endpoints = night.details?.endpoints else { return [:] }
      return endpoints.reduce(into: [:]) { $0[$1.name] = $1.p95 }
    }
  }

  private static func spark(_ p95s: [Double?]) -> String {
    let known = p95s.compactMap(\.self)
    guard let low = known.min(), let high = known.max() else { return "" }
    let span = max(high - low, 0.25 * high, 1e-9)
    return PagePath.polyline(
      p95s.enumerated().map { slot, p95 in
        p95.map { PagePoint(x: 100 * Double(slot) / Double(days - 1), y: 18 - 16 * ($0 - low) / span) }
      })
  }
}

extension EndpointsView.Row {
  /// - Parameter isKnown: endpoints of the night before are known, so that one that it has not is new.
  fileprivate init(_ move: EndpointMove, spark: String, largest: Double, isKnown: Bool, limit: Double?) {
    let half = 50 * abs(move.change) / largest
    name = PageText.outside(move.endpoint.name)
    share = PageText.grouped(100 * move.endpoint.share, digits: 1) + PageText.thin + "%"
    self.spark = spark
    (then, now) = (PageText.ms(move.before?.p95), PageText.ms(move.endpoint.p95))
    change =
      move.before == nil && isKnown ? "new" : PageText.changeText(move.endpoint.p95, move.before?.p95)
    isSlower = move.change >= 0.08
    barX = PageText.percentText(move.change < 0 ? 50 - half : 50)
    barWidth = PageText.percentText(max(0.8, half))
    errors = PageText.rate(move.endpoint.errorRate, limit: limit)
  }
}
