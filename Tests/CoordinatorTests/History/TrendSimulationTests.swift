import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// The rule on nights as they are: heavy tails, memory, weekends and outliers. `Benchmarks/trend` has more of them, and
/// other rules beside it.
@Suite struct TrendSimulationTests {
  private static let (warmUp, observed) = (70, 90)

  /// p95s around 520 ms: Student's t with 4 degrees of freedom and 3.5 % of standard deviation, of which .3 stays for
  /// the next night; weekends 5 % lower; 2 % of the nights 20 to 90 % higher.
  private func mix(weekday: Int, nights: Int, stepBy step: Double, _ random: inout SeededGenerator) -> Trend {
    var deviation = 0.0
    let p95s = (0..<nights).map { night -> Double in
      let fresh = 0.035 * student4(&random) / 2.0.squareRoot()
      deviation = night == 0 ? fresh : 0.3 * deviation + (1 - 0.09).squareRoot() * fresh
      let isWeekend = (night + weekday) % 7 >= 5
      let isOutlier = Double.random(in: 0..<1, using: &random) < 0.02
      return 520 * exp(deviation) * (isWeekend ? 0.95 : 1)
        * (isOutlier ? .random(in: 1.2..<1.9, using: &random) : 1) * (night >= Self.warmUp ? 1 + step : 1)
    }
    return Trend(nights: HistorySamples.nights(p95s), sensitivity: .normal)
  }

  /// A normal deviate over the root of a quarter of a chi square of 4, which is a sum of two exponential ones.
  private func student4(_ random: inout SeededGenerator) -> Double {
    func uniform() -> Double { .random(in: .leastNonzeroMagnitude..<1, using: &random) }
    let normal = (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
    return normal / (-2 * log(uniform() * uniform()) / 4).squareRoot()
  }

  @Test func `it cries wolf at most every second quarter of a year`() {
    var random = SeededGenerator(seed: 90)
    var episodes = 0
    for series in 0..<200 {
      let trend = mix(weekday: series, nights: Self.warmUp + Self.observed, stepBy: 0, &random)
      var last = -9
      for night in Self.warmUp..<(Self.warmUp + Self.observed) where trend.step(at: night) != nil {
        // Alarms within three nights are one.
        if night - last > 3 { episodes += 1 }
        last = night
      }
    }
    let rate = Double(episodes) / 200
    #expect(rate <= 0.5, "\(rate) episodes in 90 nights")
    #expect(rate > 0.1, "as many as are published, not none: the noise is there")
  }

  @Test(arguments: [(0.1, 0.65), (0.2, 0.98)])
  func `it sees a step within three nights`(step: Double, share: Double) {
    var random = SeededGenerator(seed: 3)
    // As many that begin on each day of the week: one before a weekend is seen later.
    let count = 1400
    let seen = (0..<count).filter { series in
      let trend = mix(weekday: series, nights: Self.warmUp + 3, stepBy: step, &random)
      return (Self.warmUp..<(Self.warmUp + 3)).contains { trend.step(at: $0) != nil }
    }
    let found = Double(seen.count) / Double(count)
    #expect(found >= share, "\(found)")
  }
}
