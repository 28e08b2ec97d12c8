import Foundation
import Shared

/// Where the requests of each of the last nights landed: a column a night, stronger where more of them did.
struct HeatView {
  struct Path {
    /// Rows as strokes of width 1, equal neighbours in one.
    let path, opacity: String
  }

  let sentence: String
  /// The box of `paths`.
  let columnCount, rowCount: String
  let paths: [Path]
  /// In a box of 1000 x 1000.
  let p95Path, p50Path: String
  let p95Y, p50Y: String
  let yTicks: [YTick]
  let xTicks: [XTick]
  let hasLimit: Bool
  let limitY: String
  let hatches: [Hatch]
}

extension HeatView {
  private static let rows = 44

  /// - Returns: `nil` when of none of the nights the result is there.
  init?(_ facts: PageFacts, scale: Octaves) {
    guard let oldest = facts.nights.first, let newest = facts.nights.last else { return nil }
    let count = min(30, max(7, newest.date.days(since: oldest.date) + 1))
    let days = PageDays(facts.nights, upTo: newest.date, count: count)
    let columns = days.map { $0.flatMap { Self.shares($0, scale) } ?? [] }
    guard let peak = columns.joined().max(), peak > 0 else { return nil }
    paths = Self.paths(columns.map { $0.map { Self.level($0 / peak) } })
    (columnCount, rowCount) = ("\(count)", "\(Self.rows)")
    p95Path = Self.line(days, scale, \.p95)
    p50Path = Self.line(days, scale, \.record.p50)
    let complete = days.last { $0?.isComplete ?? false }.flatMap(\.self)
    p95Y = Self.percent(complete?.p95, scale)
    p50Y = Self.percent(complete?.record.p50, scale)
    yTicks = scale.yTicks
    xTicks = XTick.days(from: days.first, count: count)
    let limit = facts.limits.p95.flatMap { scale.holds($0) ? $0 : nil }
    (hasLimit, limitY) = (limit != nil, Self.percent(limit, scale))
    hatches = Hatch.columns(days)
    sentence = Self.sentence(facts, days, p95: complete?.p95)
  }

  private static func sentence(_ facts: PageFacts, _ days: PageDays, p95: Double?) -> String {
    let reading = "Each column is a night; stronger colour, more requests."
    guard let onset = facts.openStep?.onset.night, onset >= days.first else { return reading }
    let isOver = facts.limits.p95.map { $0 <= p95 ?? 0 } ?? false
    return
      "\(reading) From \(PageText.longDay(onset)) the upper edge climbs\(isOver ? " past the limit" : "")."
  }

  private static func percent(_ value: Double?, _ scale: Octaves) -> String {
    value.map { PageText.percentText(100 * scale.part($0)) } ?? "0"
  }

  private static func line(
    _ days: PageDays, _ scale: Octaves, _ value: (PageNight) -> Double?
  ) -> String {
    PagePath.polyline(
      days.enumerated().map { slot, night in
        guard let night, night.isComplete, let value = value(night) else { return nil }
        return PagePoint(x: 1000 * (Double(slot) + 0.5) / Double(days.count), y: 1000 * scale.part(value))
      })
  }

  /// Of the night's requests in equal rows of the logarithmic axis, the top row first.
  private static func shares(_ night: PageNight, _ scale: Octaves) -> [Double]? {
    guard let buckets = night.details?.buckets, night.p95 != nil else { return nil }
    let total = buckets.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    var shares = [Double](repeating: 0, count: rows)
    for bucket in buckets {
      let (top, bottom) = (Double(rows) * scale.part(bucket.high), Double(rows) * scale.part(bucket.low))
      guard bottom > top else { continue }
      for row in Int(top)..<min(rows, Int(bottom.rounded(.up))) {
        // One that lies over a row's edge is split.
        let inside = min(bottom, Double(row + 1)) - max(top, Double(row))
        shares[row] += bucket.count / total * inside / (bottom - top)
      }
    }
    return shares
  }

  /// 0 to 12. The power lifts what is rare; less than a third of a step is nothing.
  private static func level(_ share: Double) -> Int { Int(ceil(12 * pow(share, 0.7) - 0.35)) }

  private static func paths(_ columns: [[Int]]) -> [Path] {
    var paths = [String](repeating: "", count: 13)
    for row in 0..<rows {
      var column = 0
      while column < columns.count {
        let level = columns[column].isEmpty ? 0 : columns[column][row]
        let run = columns[column...].prefix { ($0.isEmpty ? 0 : $0[row]) == level }.count
        if level > 0 { paths[level] += "M\(column) \(row)h\(run)" }
        column += run
      }
    }
    return (1...12).filter { !paths[$0].isEmpty }.map {
      Path(path: paths[$0], opacity: PageText.percentText(Double($0) / 12))
    }
  }
}
