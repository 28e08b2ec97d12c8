import Shared

/// The p95 over the ordinary nights of one profile, and the rule by which a night is degraded: the median of the last three
/// nights lies above what the nights before them say is normal. It has no state but the history: a step becomes the new
/// usual by itself after some 14 nights.
struct Trend: Sendable {
  /// Oldest first.
  let nights: [HistoryRecord]
  let sensitivity: Sensitivity
  private let p95s: [Double]

  init(nights: [HistoryRecord], sensitivity: Sensitivity) {
    (self.nights, self.sensitivity) = (nights, sensitivity)
    p95s = nights.map { $0.p95 ?? 0 }
  }

  /// What the nights before the three that end with `index` say is normal.
  func range(at index: Int) -> UsualRange? {
    UsualRange(p95s[..<max(0, index + 1 - UsualRange.held)])
  }

  /// The median of the three nights that end with `index`.
  func middle(at index: Int) -> Double? {
    index + 1 < UsualRange.held ? nil : median(p95s[(index + 1 - UsualRange.held)...index])
  }

  /// The step in which a night lies: the rule holds on it.
  func step(at index: Int) -> Step? {
    guard let range = range(at: index), let middle = middle(at: index), middle > sensitivity.limit(range)
    else { return nil }
    let onset = onset(from: index, above: (range.usual + middle) / 2)
    return Step(
      onset: nights[onset], before: onset > 0 ? nights[onset - 1] : nil, range: range, middle: middle)
  }

  /// Where it likely began: back while nights lie above the middle between the usual and the new level, with one miss.
  private func onset(from index: Int, above level: Double) -> Int {
    var onset = index
    var misses = 0
    for earlier in stride(from: index, through: 0, by: -1) {
      if p95s[earlier] > level { onset = earlier } else { misses += 1 }
      if misses > 1 { break }
    }
    return onset
  }

  /// The rule's mirror image; it is told, and never a verdict.
  func isFaster(at index: Int) -> Bool {
    guard let range = range(at: index), let middle = middle(at: index) else { return false }
    return middle < 2 * range.usual - sensitivity.limit(range)
  }

  /// One night far off; a mark on the page, and never a verdict.
  func isSpike(at index: Int) -> Bool {
    guard let range = range(at: index) else { return false }
    return p95s[index] > max(range.usual + 6 * range.noise, 1.25 * range.usual)
  }
}

/// The p95 rose and stayed up.
struct Step: Sendable, Equatable {
  /// The night on which it likely began.
  let onset: HistoryRecord
  /// The last ordinary night before it.
  let before: HistoryRecord?
  let range: UsualRange
  /// The median of the last three nights, in milliseconds.
  let middle: Double
}
