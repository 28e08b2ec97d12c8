import Shared
import TestSupport
import Testing

@Suite struct ExactSumTests {
  /// The smallest double there is.
  private static let tiny = Double.leastNonzeroMagnitude

  @Test func `the sum is the same in any order and over any shards`() {
    var random = SeededGenerator(seed: 1)
    let values = (0..<2000).map { _ in
      Double(
        sign: Bool.random(using: &random) ? .plus : .minus,
        exponent: Int.random(in: -1070...1000, using: &random),
        significand: Double.random(in: 1..<2, using: &random))
    }
    let whole = sum(values)
    for _ in 0..<5 {
      let shuffled = values.shuffled(using: &random)
      var merged = ExactSum()
      for start in stride(from: 0, to: 2000, by: 130) {
        merged.merge(sum(Array(shuffled[start..<min(start + 130, 2000)])))
      }
      #expect(merged == whole)
      #expect(merged.text == whole.text)
      #expect(merged.value == whole.value)
    }
  }

  @Test func `it is the integer sum, rounded once`() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<500 {
      // Multiples of 2^-20 below 2^60: their sum is exact in 128 bits.
      let integers = (0..<50).map { _ in Int64.random(in: -(1 << 53)...(1 << 53), using: &random) }
      let exact = integers.reduce(Int128(0)) { $0 + Int128($1) }
      let values = integers.map { Double($0) / 1_048_576 }
      #expect(sum(values).value == Double(exact) / 1_048_576)
    }
  }

  @Test func `what cancels leaves nothing behind`() {
    #expect(sum([1e300, 1, -1e300]).value == 1)
    #expect(sum([Self.tiny, -Self.tiny]) == ExactSum())
    #expect(sum([0.1, 0.2, -0.3]).value == 2.7755575615628914e-17)
    #expect(sum([.greatestFiniteMagnitude, .greatestFiniteMagnitude]).value == .infinity)
    #expect(sum([Self.tiny, Self.tiny]).value == 2 * Self.tiny)
  }

  @Test(
    arguments: [
      [], [1], [-1], [0.1, 0.7], [1e300, -1e-300], [-.leastNonzeroMagnitude], [123456.789, -0.001],
    ] as [[Double]])
  func `the text brings the sum back`(values: [Double]) throws {
    let original = sum(values)
    #expect(try #require(ExactSum(text: original.text)) == original)
  }

  @Test(arguments: [
    "", "x", "0x", "1p0", "0x1", "0x1p1", "0x1p-9999", "0xzzp+0", "--0x1p+0-", "0x1p99999",
    "0x1p9223372036854775807",
  ])
  func `other texts are refused`(text: String) { #expect(ExactSum(text: text) == nil) }

  private func sum(_ values: [Double]) -> ExactSum {
    var sum = ExactSum()
    for value in values { sum.add(value) }
    return sum
  }
}
