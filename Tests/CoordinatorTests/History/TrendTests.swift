import Shared
import Testing

@testable import Coordinator

@Suite struct TrendTests {
  private func trend(_ p95s: [Double], _ sensitivity: Sensitivity = .normal) -> Trend {
    Trend(nights: HistorySamples.nights(p95s), sensitivity: sensitivity)
  }

  private static let quiet = Array(repeating: 100.0, count: 28)
  /// Median 100, median deviation 10.
  private static let noisy = (0..<28).map { $0.isMultiple(of: 2) ? 90.0 : 110 }

  @Test(arguments: [(0, nil), (13, nil), (14, 14), (27, 27), (28, 28), (29, 28), (200, 28)])
  func `what is usual is known from 14 nights before the last three, and is that of 28`(
    before: Int, nights: Int?
  ) {
    let p95s = (0..<before).map { before - $0 <= 28 ? 100.0 : 999 } + [200, 200, 200]
    let trend = trend(p95s)
    #expect(trend.range(at: p95s.count - 1)?.nights == nights)
    #expect(trend.range(at: p95s.count - 1)?.usual == nights.map { _ in 100 })
    #expect((trend.step(at: p95s.count - 1) != nil) == (nights != nil))
  }

  @Test func `noise is robust, and at least 2 percent of the usual`() {
    #expect(UsualRange(Self.quiet) == UsualRange(usual: 100, noise: 2))
    #expect(UsualRange(Self.noisy)?.noise == 1.4826 * 10)
    let outliers = Self.quiet.indices.map { $0.isMultiple(of: 3) ? 900.0 : 100 }
    #expect(UsualRange(outliers) == UsualRange(usual: 100, noise: 2), "a third of the nights may be anything")
  }

  private static let limits: [(Sensitivity, [Double], Double)] = [
    (.quiet, quiet, 108), (.normal, quiet, 108), (.keen, quiet, 105),
    (.quiet, noisy, 100 + 3 * (1.4826 * 10)),
    (.normal, noisy, 100 + 2 * (1.4826 * 10)), (.keen, noisy, 100 + 2 * (1.4826 * 10)),
  ]

  @Test(arguments: limits)
  func `a night is degraded above the sensitivity's limit, not on it`(
    sensitivity: Sensitivity, before: [Double], limit: Double
  ) {
    for (middle, isDegraded) in [(limit - 0.01, false), (limit, false), (limit + 0.01, true)] {
      let step = trend(before + [90, middle, 500], sensitivity).step(at: 30)
      #expect((step != nil) == isDegraded, "\(middle)")
      #expect(step?.middle == (isDegraded ? middle : nil))
    }
  }

  @Test(arguments: [
    ([120.0, 120, 120], 28), ([100, 120, 120], 29), ([120, 100, 120], 28), ([120, 120, 100], 28),
    ([120, 120, 101, 120, 120], 28), ([120, 100, 100, 120, 120], 31), ([100, 111, 120, 121, 121], 29),
    ([100, 109, 120, 120], 30), ([120, 100, 120, 100, 120, 120], 30),
  ])
  func `a step began where the nights rose above the middle of both levels, with one miss`(
    last: [Double], onset: Int
  ) throws {
    let trend = trend(Self.quiet + last)
    let step = try #require(trend.step(at: 27 + last.count))
    #expect(step.onset == trend.nights[onset])
    #expect(step.before == trend.nights[onset - 1])
  }

  @Test func `one night alone is never a step, however far off`() {
    let trend = trend(Self.quiet + [9000] + Self.quiet)
    #expect((0..<57).allSatisfy { trend.step(at: $0) == nil })
    #expect((0..<57).filter(trend.isSpike) == [28])
  }

  @Test func `a step is seen on its second night and is the new usual after 16`() {
    let trend = trend(Self.quiet + Array(repeating: 120, count: 40))
    #expect((0..<68).filter { trend.step(at: $0) != nil } == Array(29...43))
    #expect(trend.range(at: 67) == UsualRange(usual: 120, noise: 2.4))
    #expect((29...43).allSatisfy { trend.step(at: $0)?.onset == trend.nights[28] })
  }

  @Test(arguments: [(Sensitivity.quiet, 92.0), (.normal, 92), (.keen, 95)])
  func `faster is the rule's mirror image, and no step`(sensitivity: Sensitivity, limit: Double) {
    for (middle, isFaster) in [(limit - 0.01, true), (limit + 0.01, false)] {
      let trend = trend(Self.quiet + [80, middle, 100], sensitivity)
      #expect(trend.isFaster(at: 30) == isFaster)
      #expect(trend.step(at: 30) == nil)
    }
    #expect(!trend([80, 80, 80]).isFaster(at: 2), "of nothing")
  }

  private static let spikes: [([Double], Double, Bool)] = [
    (quiet, 125, false), (quiet, 125.1, true), (noisy, 125.1, false), (noisy, 188.9, false),
    (noisy, 189, true),
  ]

  @Test(arguments: spikes)
  func `a spike is more than six times the noise and more than a quarter above`(
    before: [Double], p95: Double, isSpike: Bool
  ) {
    #expect(trend(before + [100, 100, p95]).isSpike(at: 30) == isSpike)
  }

  @Test func `nothing is said of the first nights`() {
    let trend = trend([100, 900])
    #expect(trend.range(at: 1) == nil && trend.middle(at: 1) == nil && trend.step(at: 1) == nil)
    #expect(!trend.isSpike(at: 1) && !trend.isFaster(at: 1))
  }

  @Test func `the median of an even number lies between the two in the middle`() {
    #expect(median([4, 1, 3, 2]) == 2.5)
    #expect(median([3]) == 3)
  }
}
