import Shared
import TestSupport
import Testing

/// The claim of the product: from five numbers a shard, the decision of one k6 that saw every sample.
@Suite struct LimitCountsTests {
  private static let limits = [0.0, 1, 5, 800, -3, 0.1, 1e-9, 1e12]
  private static let percentiles = [0.0, 1, 25, 50, 90, 95, 99, 99.9, 99.99, 100]

  @Test func `the merged decision is k6's over all samples, in 40,000 cases and with every operator`() throws
  {
    var random = SeededGenerator(seed: 20_261_123)
    var decisions = 0
    for _ in 0..<40_000 {
      let limit = Self.limits.randomElement(using: &random)!
      let percentile = Self.percentiles.randomElement(using: &random)!
      let shards = Self.shards(around: limit, using: &random)
      let all = shards.flatMap(\.self)
      var merged = LimitCounts(limit: limit)
      for shard in shards.shuffled(using: &random) {
        var counts = LimitCounts(limit: limit)
        for sample in shard { counts.record(sample) }
        #expect(counts.contradiction == nil)
        merged.merge(counts)
      }
      guard !all.isEmpty else {
        #expect(merged.position(ofQuantile: percentile / 100) == nil)
        continue
      }
      let expected = k6Percentile(all, percentile / 100)
      let position = try #require(merged.position(ofQuantile: percentile / 100))
      decisions += check(position, limit, expected)
    }
    #expect(decisions > 200_000)
  }

  /// One decision for every operator.
  private func check(_ position: LimitCounts.Position, _ limit: Double, _ expected: Double) -> Int {
    for comparison in ThresholdExpression.Comparison.allCases {
      let decided: Bool
      switch position {
      case .value(let value):
        if value != expected { Issue.record("value \(value), and k6 has \(expected)") }
        decided = comparison.holds(value, limit)
      case .below: decided = comparison.holds(-1, 0)
      case .above: decided = comparison.holds(1, 0)
      }
      if decided != comparison.holds(expected, limit) {
        Issue.record("\(expected) \(comparison.rawValue) \(limit) was decided as \(decided)")
      }
    }
    return ThresholdExpression.Comparison.allCases.count
  }

  /// 1 to 50 shards of very different sizes, empty ones too, with many samples on the limit and next to it.
  private static func shards(around limit: Double, using random: inout SeededGenerator) -> [[Double]] {
    let largest = [0, 1, 2, 5, 40].randomElement(using: &random)!
    return (0..<Int.random(in: 1...50, using: &random)).map { _ in
      (0..<Int.random(in: 0...largest, using: &random)).map { _ in
        switch Int.random(in: 0..<8, using: &random) {
        case 0...1: limit
        case 2: limit.nextUp
        case 3: limit.nextDown
        case 4: limit + Double(Int.random(in: -2...2, using: &random))
        default: limit * Double.random(in: 0...2, using: &random) + Double.random(in: -1...1, using: &random)
        }
      }
    }
  }

  @Test func `nothing below, nothing above, all on the limit`() {
    var counts = LimitCounts(limit: 800)
    #expect(counts.position(ofQuantile: 0.95) == nil)
    for _ in 0..<7 { counts.record(800) }
    #expect(counts.position(ofQuantile: 0.95) == .value(800))
  }

  @Test func `the limit between the neighbours gives the interpolated value itself`() {
    var counts = LimitCounts(limit: 35)
    for sample in [10.0, 20, 30, 40] { counts.record(sample) }
    #expect(counts.position(ofQuantile: 0.95) == .value(38.5))
  }

  @Test func `counts that no samples could have given are told`() throws {
    let good = #"{"limit":5,"count":3,"below":1,"equal":1,"largest_below":4,"smallest_above":6}"#
    let bad = [
      #"{"limit":5,"count":1,"below":1,"equal":1,"largest_below":4}"#,
      #"{"limit":5,"count":3,"below":1,"equal":1,"largest_below":5,"smallest_above":6}"#,
      #"{"limit":5,"count":3,"below":1,"equal":1,"largest_below":4}"#,
      #"{"limit":5,"count":3,"below":0,"equal":1,"largest_below":4,"smallest_above":6}"#,
      #"{"limit":5,"count":3,"below":1,"equal":1,"largest_below":4,"smallest_above":5}"#,
    ]
    #expect(try decoded(LimitCounts.self, from: Array(good.utf8), name: "good").contradiction == nil)
    for text in bad {
      #expect(
        try decoded(LimitCounts.self, from: Array(text.utf8), name: "bad").contradiction != nil, "\(text)")
    }
  }
}
