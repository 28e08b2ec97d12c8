import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite struct HistogramTests {
  private static func samples(_ kind: Int, _ count: Int, _ random: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in
      let uniform = Double.random(in: 0..<1, using: &random)
      switch kind {
      case 0: return exp(uniform * 12 - 6)  // times from microseconds to seconds
      case 1: return (uniform - 0.5) * 1e6  // any sign
      case 2: return Double(Int(uniform * 20) - 5)  // many equal, zero and negative ones
      default: return uniform < 0.3 ? 0 : -exp(uniform * 700 - 350)
      }
    }
  }

  @Test(arguments: 0..<4) func `a quantile is within 0.1 % of the sample of its rank`(kind: Int) throws {
    var random = SeededGenerator(seed: UInt64(kind))
    for count in [1, 2, 10, 999, 20_000] {
      let samples = Self.samples(kind, count, &random).sorted()
      var histogram = Histogram()
      for sample in samples { histogram.record(sample) }
      for quantile in [0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1] {
        let exact = samples[max(0, Int((quantile * Double(count)).rounded(.up)) - 1)]
        let shown = try #require(histogram.value(at: quantile))
        #expect(abs(shown - exact) <= 0.0005 * abs(exact), "\(quantile): \(shown) for \(exact)")
      }
    }
  }

  @Test func `a bucket holds more than 65,535 samples, however they came`() throws {
    var one = Histogram()
    for _ in 0..<70_000 { one.record(1.5) }
    one.record(-3)
    var batch = Histogram()
    batch.record(-3)
    batch.record([Double](repeating: 1.5, count: 70_000), 0..<70_000)
    var merged = Histogram()
    merged.record(1.5, count: 65_535)
    merged.merge(one)
    merged.record(1.5, count: 1 << 40)
    #expect(one == batch && one.count == 70_001)
    #expect(one.buckets.map(\.count) == [1, 70_000])
    #expect(merged.buckets.map(\.count) == [1, 135_535 + 1 << 40])
    #expect(merged.value(at: 0.5) == one.value(at: 1))
    let wire = try JSONEncoder().encode([merged])
    #expect(try JSONDecoder().decode([Histogram].self, from: wire) == [merged])
    one.record(1.5)
    #expect(one != batch)
  }

  @Test func `a merge is bit-identical in any order, and to one histogram that saw everything`() throws {
    var random = SeededGenerator(seed: 9)
    let samples = (0..<4).flatMap { Self.samples($0, 3000, &random) }
    var whole = Histogram()
    for sample in samples { whole.record(sample) }
    for _ in 0..<5 {
      var shards = [Histogram](repeating: Histogram(), count: 7)
      for sample in samples.shuffled(using: &random) {
        shards[Int.random(in: 0..<7, using: &random)].record(sample)
      }
      var merged = Histogram()
      for shard in shards.shuffled(using: &random) { merged.merge(shard) }
      #expect(merged == whole)
      #expect(try encoded(merged) == encoded(whole))
    }
  }

  @Test func `the wire brings it back, and is small`() throws {
    var random = SeededGenerator(seed: 3)
    var histogram = Histogram()
    for sample in Self.samples(0, 100_000, &random) { histogram.record(sample) }
    let bytes = try encoded(histogram)
    #expect(try decoded(Histogram.self, from: bytes, name: "wire") == histogram)
    #expect(bytes.count < 20_000)
    #expect(try decoded(Histogram.self, from: encoded(Histogram()), name: "wire") == Histogram())
  }

  @Test func `damaged wires are refused, never a crash`() throws {
    var random = SeededGenerator(seed: 4)
    var histogram = Histogram()
    for sample in Self.samples(1, 500, &random) { histogram.record(sample) }
    let text = String(decoding: try encoded(histogram), as: UTF8.self)
    for _ in 0..<500 {
      var bytes = Array(text.utf8)
      bytes[Int.random(in: 1..<(bytes.count - 2), using: &random)] = UInt8.random(
        in: 43...122, using: &random)
      _ = try? decoded(Histogram.self, from: bytes, name: "damaged")
    }
    #expect(throws: UnreadableDocument.self) {
      try decoded(Histogram.self, from: Array("\"AAAA\"".utf8), name: "x")
    }
    #expect(throws: UnreadableDocument.self) { try decoded(Histogram.self, from: Array("5".utf8), name: "x") }
  }

  @Test func `buckets keep the order of their values`() {
    let values = [
      -1e300, -5, -1, -1e-300, -0.0, 0, .leastNonzeroMagnitude, 1e-300, 0.001, 1, 1.001, 2, 1e300,
    ]
    let buckets = values.map(Histogram.bucket(of:))
    #expect(buckets == buckets.sorted())
    #expect(Histogram.value(of: Histogram.bucket(of: 0)) == 0)
  }

  @Test func `what was recorded since an earlier state is the samples in between`() {
    var random = SeededGenerator(seed: 11)
    var (whole, before, between) = (Histogram(), Histogram(), Histogram())
    for (number, sample) in Self.samples(1, 4000, &random).enumerated() {
      whole.record(sample)
      if number < 1500 { before.record(sample) } else { between.record(sample) }
    }
    let rest = whole.subtracting(before)
    #expect(rest.count == 2500)
    #expect(rest.buckets.elementsEqual(between.buckets) { $0 == $1 })
    #expect(whole.subtracting(whole).count == 0)
    #expect(before.subtracting(Histogram()) == before)
  }
}
