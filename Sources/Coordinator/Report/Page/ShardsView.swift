/// The shards' p95s beside each other: whether the load generators, or what they were served, were alike.
struct ShardsView {
  struct Dot {
    /// Percent of the axis.
    let x: String
  }

  let title, text: String
  let dots: [Dot]
  /// The axis's ends.
  let low, high: String
  let hasLimit: Bool
  let limitX, limitText: String
}

extension ShardsView {
  /// Dots; of more shards, evenly chosen ones are shown.
  private static let mostDots = 100
  private static let mostSentences = 3
  /// Percent of what its limit allows; from there on a generator may have been short of breath.
  private static let calmCPU = 80.0

  /// - Returns: `nil` when no shard's p95 is known.
  init?(_ night: PageNight, limit: Double?) {
    let p95s = (night.details?.shardP95s ?? []).compactMap(\.self).sorted()
    guard let least = p95s.first, let most = p95s.last else { return nil }
    let limit = limit.flatMap { 0.7 * least < $0 && $0 < 1.4 * most ? $0 : nil }
    let scale = Linear(p95s + [limit].compactMap(\.self), wanted: 3)
    func place(_ value: Double) -> String { PageText.percentText(100 * (1 - scale.part(value))) }
    dots = Self.shown(p95s).map { Dot(x: place($0)) }
    (low, high) = (PageText.axisMS(scale.low), PageText.axisMS(scale.high))
    (hasLimit, limitX) = (limit != nil, limit.map(place) ?? "0")
    limitText = limit.map { PageText.ms($0) } ?? ""
    (title, text) = Self.said(night, p95s)
  }

  /// The lowest, the highest, and evenly between.
  private static func shown(_ sorted: [Double]) -> [Double] {
    guard sorted.count > mostDots else { return sorted }
    return (0..<mostDots).map { sorted[$0 * (sorted.count - 1) / (mostDots - 1)] }
  }

  private static func said(_ night: PageNight, _ p95s: [Double]) -> (title: String, text: String) {
    let reported = night.record.shardsReceived ?? p95s.count
    let expected = night.record.shardsExpected ?? night.details?.shardP95s.count ?? p95s.count
    let got = "\(PageText.grouped(Double(reported))) of \(PageText.grouped(Double(expected))) reported"
    let cut = p95s.count > mostDots ? " \(mostDots) dots stand for all." : ""
    if reported < expected {
      return ("Shards are missing", "\(got); without the others there is no verdict.\(cut)")
    }
    if expected == 1 { return ("One shard", "It reported; there is no other to compare it with.") }
    let middle = median(p95s)
    let spread = middle > 0 ? (p95s[p95s.count - 1] - p95s[0]) / middle : 0
    let wide = "\(got), spread \(PageText.grouped(100 * spread))\(PageText.thin)%."
    if let outliers = night.details?.outliers, !outliers.isEmpty {
      return (
        outliers.count == 1 ? "A shard stands apart" : "Shards stand apart", "\(wide) \(list(outliers))\(cut)"
      )
    }
    // Too few requests each to say that one stands apart, but not alike.
    if spread > 0.3 { return ("Shards differ", wide + cut) }
    return ("Shards agree", wide + excuse(night) + cut)
  }

  private static func list(_ outliers: [String]) -> String {
    let shown = outliers.prefix(mostSentences).map { PageText.outside($0, most: 200) + "." }
    let rest = outliers.count - shown.count
    return (shown + (rest > 0 ? ["\(PageText.plural(rest, "other")) too."] : [])).joined(separator: " ")
  }

  /// Said only when it is known, and when there is something to look for.
  private static func excuse(_ night: PageNight) -> String {
    guard night.state != .pass, let cpu = night.record.highestCPU, cpu < calmCPU else { return "" }
    return " The load generators are not the cause."
  }
}
