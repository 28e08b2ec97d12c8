import Foundation

/// A night's latencies by percentile, over those of the night that it is compared with.
struct CurveView {
  let title, sentence: String
  let name, thenName: String
  let state: String
  /// In a box of 1000 x 1000.
  let path, thenPath, areaPath: String
  let hasThen: Bool
  /// By 5 % and more.
  let isSlower: Bool
  let yTicks: [YTick]
  let xTicks: [XTick]
  let hasLimit: Bool
  let limitY: String
  /// Where the p95 is.
  let x, y, p95: String
  let thenY, thenP95: String
  /// The night's label stands above its dot, the other's below.
  let isAbove: Bool
  let nameY, thenNameY: String
  /// Curves with the same one can be laid over each other.
  let scaleKey: String
}

extension CurveView {
  /// - Parameters:
  ///   - facts: up to the night, which is their newest.
  ///   - name: what the night is called.
  /// - Returns: `nil` without samples, or without the run's result.
  init?(_ facts: PageFacts, scale: Octaves, name: String) {
    guard let night = facts.nights.last, let p95 = night.p95, let curve = Curve(night, scale) else {
      return nil
    }
    (self.name, state, self.scaleKey) = (name, night.state.rawValue, scale.key)
    (path, self.p95) = (PagePath.polyline(curve.points), PageText.ms(p95))
    (x, y) = (PageText.percentText(100 * Self.nines(0.95)), PageText.percentText(100 * scale.part(p95)))
    yTicks = scale.yTicks
    xTicks = Self.marks.map {
      XTick(x: PageText.percentText(100 * Self.nines($0.quantile)), text: $0.text, isMinor: $0.isMinor)
    }
    let limit = facts.limits.p95.flatMap { scale.holds($0) ? $0 : nil }
    (hasLimit, limitY) = (limit != nil, PageText.percentText(100 * scale.part(limit ?? scale.base)))
    guard let then = facts.reference, let thenP95 = then.p95, let other = Curve(then, scale) else {
      title = "\(name), by percentile"
      sentence = "Each line reads: so many percent of requests were at most this slow."
      (thenName, thenPath, areaPath, thenY, self.thenP95, thenNameY) = ("", "", "", "0", "", "0")
      (hasThen, isSlower, isAbove, nameY) = (false, false, true, PageText.percentText(curve.end))
      return
    }
    title = "\(name) against \(PageText.longDay(then.date))"
    sentence = Self.sentence(night, then, isBeforeStep: facts.openStep?.before?.run == then.record.run)
    thenName = PageText.shortDay(then.date)
    (thenPath, areaPath) = (PagePath.polyline(other.points), PagePath.area(curve.points, other.points))
    (thenY, self.thenP95) = (PageText.percentText(100 * scale.part(thenP95)), PageText.ms(thenP95))
    (hasThen, isSlower, isAbove) = (true, (Self.change(p95, thenP95) ?? 0) >= 0.05, p95 >= thenP95)
    let ends = Self.apart(curve.end, other.end)
    (nameY, thenNameY) = (PageText.percentText(ends.0), PageText.percentText(ends.1))
  }

  private struct Curve {
    let points: [PagePoint]
    /// Of the line's end, in percent of the plot.
    let end: Double

    init?(_ night: PageNight, _ scale: Octaves) {
      guard let curve = night.details?.curve, let last = curve.last else { return nil }
      points = curve.map { PagePoint(x: 1000 * nines($0.quantile), y: 1000 * scale.part($0.value)) }
      end = 100 * scale.part(last.value)
    }
  }

  private static let marks: [(quantile: Double, text: String, isMinor: Bool)] = [
    (0.5, "p50", false), (0.9, "p90", true), (0.95, "p95", false), (0.99, "p99", false),
    (0.999, "p99.9", false),
  ]

  /// 0 to 1 over three nines: p0 at 0, p90 at 1/3, p99 at 2/3, p99.9 at 1.
  private static func nines(_ quantile: Double) -> Double { min(1, -log10(1 - quantile) / 3) }

  /// Labels at the lines' ends need room for one line of text: 9 %.
  private static func apart(_ now: Double, _ then: Double) -> (Double, Double) {
    let gap = max(0, (9 - abs(now - then)) / 2)
    return now <= then ? (now - gap, then + gap) : (now + gap, then - gap)
  }

  private static func change(_ now: Double?, _ then: Double?) -> Double? {
    guard let now, let then, then > 0 else { return nil }
    return now / then - 1
  }

  private static func sentence(_ night: PageNight, _ then: PageNight, isBeforeStep: Bool) -> String {
    let (now, before) = (night.record, then.record)
    return "\(isBeforeStep ? "The last usual night" : "The complete night before"). "
      + "The median moved \(PageText.changeText(now.p50, before.p50)), "
      + "p95 moved \(PageText.changeText(now.p95, before.p95)): \(meaning(night, then))."
  }

  private static func meaning(_ night: PageNight, _ then: PageNight) -> String {
    guard night.isComplete else { return "the night is incomplete, so this says little" }
    guard let tail = change(night.p95, then.p95), let middle = change(night.record.p50, then.record.p50)
    else {
      return "there is nothing to compare"
    }
    if abs(tail) < 0.05 { return "as alike as nights are" }
    if tail < 0 { return "faster" }
    return middle > 0.7 * tail
      ? "everything slower alike, which points to a host or the network" : "a slow path, not a slow host"
  }
}

extension Octaves {
  /// Of the newest nights, from their p10 to their p99.9; the curve and the heat map are read together.
  init(_ facts: PageFacts) {
    let curves = facts.nights.suffix(30).compactMap { $0.details?.curve }
    self = .around(facts.limits.p95, curves.joined().filter { $0.quantile >= 0.1 }.map(\.value))
  }

  /// The same for all nights' pages, so that any two curves can be laid over each other.
  static func ofEveryNight(_ facts: PageFacts) -> Octaves { Octaves(facts.limits.p95, -4, 3) }

  fileprivate var key: String {
    "\(base)/\(low)/\(high)"
  }

  func holds(_ value: Double) -> Bool { value > 0 && (low...high).contains(log2(value / base)) }
}
