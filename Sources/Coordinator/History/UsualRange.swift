import Shared

/// What recent nights say is normal for the p95, in milliseconds.
struct UsualRange: Sendable, Equatable {
  /// The median.
  let usual: Double
  /// A robust standard deviation from night to night, at least 2 % of ``usual``.
  let noise: Double
  /// Of how many nights.
  let nights: Int

  /// The most, and the least nights that say something; and the last ones, which are held against them.
  static let (most, least, held) = (28, 14, 3)

  /// - Parameter p95s: of ordinary nights, oldest first, without those that are held against them.
  /// - Returns: `nil` when there are too few.
  init?(_ p95s: some BidirectionalCollection<Double>) {
    let recent = p95s.suffix(Self.most)
    guard recent.count >= Self.least else { return nil }
    usual = median(recent)
    // Nights on which nothing answered have durations of 0, on which no share can be built.
    guard usual > 0 else { return nil }
    // 1.4826: from the median absolute deviation to the standard deviation of normal noise.
    noise = max(1.4826 * median(recent.map { [usual] in abs($0 - usual) }), 0.02 * usual)
    nights = recent.count
  }

  init(usual: Double, noise: Double, nights: Int = most) {
    (self.usual, self.noise, self.nights) = (usual, noise, nights)
  }
}

/// - Parameter values: at least one.
func median(_ values: some Collection<Double>) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// How far the last nights may lie above what is usual.
enum Sensitivity: String, Sendable, CaseIterable {
  case quiet, normal, keen

  /// How many times the noise, and which share of the usual. Measured: docs/trend.md.
  private var limits: (noise: Double, share: Double) {
    switch self {
    case .quiet: (3, 1.08)
    case .normal: (2, 1.08)
    case .keen: (2, 1.05)
    }
  }

  /// Above it the median of the last three nights is degraded.
  func limit(_ range: UsualRange) -> Double {
    max(range.usual + limits.noise * range.noise, limits.share * range.usual)
  }
}
