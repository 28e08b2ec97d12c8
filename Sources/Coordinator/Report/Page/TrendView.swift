import Shared

/// The p95 over the nights: the last 30, from 31 days on all, from 91 days on the last 90 between them.
struct TrendView {
  struct Footnote {
    let text: String
  }

  /// What the band is, or how many nights are missing for it.
  let note: String
  let hasBand, hasRanges: Bool
  let plots: [PlotView]
  /// Cuts that were made.
  let footnotes: [Footnote]
  /// For readers of screens.
  let alternative: String

  /// - Returns: `nil` before the first night.
  init?(_ facts: PageFacts) {
    guard let first = facts.nights.first?.date, let last = facts.nights.last?.date else { return nil }
    let total = last.days(since: first) + 1
    plots = Self.ranges(total).map { range in
      PlotView(PlotFrame(facts, count: range.count), id: range.id, label: range.label)
    }
    hasRanges = plots.count > 1
    hasBand = plots.contains { $0.band != nil }
    note = hasBand ? "usual range: median of the 28 nights before, ± 2 robust sd" : Self.lack(facts)
    footnotes = plots.last?.isBucketed == true ? [Footnote(text: Self.cut(total))] : []
    alternative =
      "p95 latency of the last \(PageText.plural(facts.nights.count, "night")); "
      + "the same figures are in the table of nights."
  }

  private static func ranges(_ days: Int) -> [(id: String, label: String, count: Int)] {
    // A week at the least, so that one night is not as wide as the plot.
    [("30", "30", min(max(days, 7), 30))] + (days > 90 ? [("90", "90", 90)] : [])
      + (days > 30 ? [("all", "All", days)] : [])
  }

  private static func lack(_ facts: PageFacts) -> String {
    "usual range needs \(PageFacts.usualNeeds) complete nights, \(facts.comparableCount) so far"
      + (facts.hasOtherTests ? " since the test changed" : "")
  }

  private static func cut(_ days: Int) -> String {
    "All: \(PageText.grouped(Double(days))) days in steps of \(PlotFrame.bucketSize(days)), median as the line, "
      + "lowest to highest as the ribbon."
  }
}
