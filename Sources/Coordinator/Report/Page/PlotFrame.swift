import Shared

/// What every part of a plot is computed from: its days, and its two scales.
struct PlotFrame {
  let facts: PageFacts
  let days: PageDays
  let count: Int
  let last: UTCDate
  /// How many days a point of the line stands for.
  let size: Int
  let scale: Linear

  /// - Parameter count: of days up to the newest night.
  init(_ facts: PageFacts, count: Int) {
    let last = facts.nights.last?.date ?? facts.builtAt.day
    let days = PageDays(facts.nights, upTo: last, count: count)
    (self.facts, self.days, self.count, self.last) = (facts, days, count, last)
    size = Self.bucketSize(count)
    scale = Self.scale(days, facts.limits.p95)
  }

  var first: UTCDate { days.first }
  var limit: Double? { facts.limits.p95 }
  var isBucketed: Bool { size > 1 }

  /// Over a year, 180 points at the most: a line has not more pixels.
  static func bucketSize(_ days: Int) -> Int { days <= 366 ? 1 : (days + 179) / 180 }

  /// The middle of a slot, of 1000.
  func x(_ slot: Int) -> Double { 1000 * (Double(slot) + 0.5) / Double(count) }

  /// Of 1000.
  func y(_ value: Double) -> Double { 1000 * scale.part(value) }

  func point(_ slot: Int, _ value: Double) -> PagePoint { PagePoint(x: x(slot), y: y(value)) }

  private static func scale(_ days: PageDays, _ limit: Double?) -> Linear {
    var (complete, unsure, bands): ([Double], [Double], [Double]) = ([], [], [])
    for case let night? in days {
      if let p95 = night.p95, p95.isFinite {
        if night.isComplete { complete.append(p95) } else { unsure.append(p95) }
      }
      if let range = night.range {
        bands += [range.usual - 2 * range.noise, range.usual + 2 * range.noise]
      }
    }
    let values = complete.isEmpty ? unsure : complete
    return scale((values.isEmpty ? [limit ?? 100] : values) + bands, limit)
  }

  /// The limit is on the scale when it is within reach; one night far above it does not flatten the others.
  static func scale(_ values: [Double], _ limit: Double?) -> Linear {
    let ordered = values.sorted()
    let reach = ordered[min(ordered.count - 1, Int(0.97 * Double(ordered.count)))]
    let near = limit.flatMap { $0 < 1.7 * reach ? $0 : nil }
    let cap = 1.6 * max(reach, near ?? 0)
    // With some room above the limit, and with the limit itself where all nights lie above it.
    return Linear(ordered.map { min($0, cap) } + (near.map { [$0, $0 * 1.04] } ?? []))
  }
}
