import Foundation
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct CondensedHistogramTests {
  private static func samples(_ kind: Int, _ count: Int, _ random: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in
      let uniform = Double.random(in: 0..<1, using: &random)
      switch kind {
      case 0: return exp(uniform * 3 + 3)  // 20 to 400 ms
      case 1: return exp(uniform * uniform * 20 - 8)  // all sizes
      case 2: return uniform < 0.2 ? 0 : Double(Int(uniform * 40))  // many equal ones, and zero
      case 3: return exp(uniform * 900 - 700)  // subnormal ones, and up to 2^288
      default: return uniform < 0.9 ? 5 + uniform : 5000 * uniform
      }
    }
  }

  @Test(arguments: 0..<5) func `counts add up, and every sample is within the error of its value`(kind: Int)
    throws
  {
    var random = SeededGenerator(seed: UInt64(kind))
    for count in [1, 2, 99, 101, 5000] {
      let samples = Self.samples(kind, count, &random).sorted()
      var histogram = Histogram()
      for sample in samples { histogram.record(sample) }
      let condensed = CondensedHistogram(histogram)
      #expect(condensed.leftOut == 0)
      #expect(condensed.values.count <= 100 && condensed.values.count == condensed.counts.count)
      #expect(condensed.counts.reduce(0, +) == UInt64(count))
      #expect(condensed.counts.allSatisfy { $0 > 0 } && condensed.values.allSatisfy { $0 >= 0 })
      let values = zip(condensed.values, condensed.counts).flatMap {
        [Double](repeating: $0, count: Int($1))
      }
      #expect(values == values.sorted())
      for (value, sample) in zip(values, samples) {
        #expect(abs(value - sample) <= condensed.greatestError * sample, "\(value) for \(sample)")
      }
    }
  }

  @Test func `few buckets stay as they are`() {
    var histogram = Histogram()
    for value in 1...100 { histogram.record(Double(value) * 1.5) }
    let condensed = CondensedHistogram(histogram)
    #expect(condensed.values.count == 100)
    #expect(condensed.greatestError < 0.0005 + 0.000005)
  }

  @Test func `the slow end is finer than the rest`() throws {
    var random = SeededGenerator(seed: 3)
    var histogram = Histogram()
    for sample in Self.samples(0, 20_000, &random) { histogram.record(sample) }
    let condensed = CondensedHistogram(histogram)
    #expect((90...100).contains(condensed.values.count), "no more than needed is given away")
    let steps = zip(condensed.values, condensed.values.dropFirst()).map { $1 / $0 - 1 }
    let tail = try #require(condensed.values.firstIndex { $0 > histogram.value(at: 0.87)! })
    #expect(steps[..<(tail / 2)].min()! > 2.5 * steps[tail..<(steps.count - 1)].max()!)
    // Three octaves and a half in a hundred values.
    #expect(condensed.greatestError < 0.04, "\(condensed.greatestError)")
  }

  @Test func `what CloudWatch cannot take is left out and counted`() {
    var histogram = Histogram()
    for value in [-1, -1e-9, 0x1p361, 0x1p1000, 3] { histogram.record(value) }
    let condensed = CondensedHistogram(histogram)
    #expect(condensed.leftOut == 4)
    #expect(condensed.counts == [1])
    #expect(CondensedHistogram(Histogram()).values.isEmpty)
  }

  @Test(
    arguments: [
      (41.029_296_875, 41.0293), (0.000_123_456_789, 0.000_123_457), (123_456_789, 123_456_789), (0, 0),
      (-2.000_000_4, -2), (1e-300, 1e-300), (9.999_999_9, 10), (0x1p360, 0x1p360),
    ])
  func `numbers are rounded to six digits`(value: Double, expected: Double) {
    #expect(rounded(value, significant: 6) == expected)
  }
}
