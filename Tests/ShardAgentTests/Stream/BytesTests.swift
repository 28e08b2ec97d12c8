import TestSupport
import Testing

@testable import ShardAgent

/// Eight bytes at once against one at a time.
@Suite struct BytesTests {
  /// Mostly bytes at the edges of what counts as a digit or as plain.
  private func word(using random: inout SeededGenerator) -> [UInt8] {
    let edges: [UInt8] = [0, 31, 32, 33, 34, 35, 47, 48, 57, 58, 91, 92, 93, 127, 128, 176, 185, 255]
    return (0..<8).map { _ in
      switch Int.random(in: 0..<3, using: &random) {
      case 0: edges.randomElement(using: &random)!
      case 1: UInt8.random(in: 48...57, using: &random)
      default: UInt8.random(in: 0...255, using: &random)
      }
    }
  }

  @Test func `leading digits, their number, and leading plain bytes`() {
    var random = SeededGenerator(seed: 50)
    for _ in 0..<50_000 {
      let bytes = word(using: &random)
      let word = bytes.span.word(at: 0)
      let digits = bytes.prefix { (48...57).contains($0) }
      let plain = bytes.prefix { (32..<128).contains($0) && $0 != 34 && $0 != 92 }
      if word.leadingDigits != digits.count || word.leadingPlain != plain.count {
        Issue.record("\(bytes): \(word.leadingDigits) digits, \(word.leadingPlain) plain")
      }
      guard !digits.isEmpty else { continue }
      let number = UInt64(String(decoding: digits, as: UTF8.self))
      if word.number(ofDigits: digits.count) != number { Issue.record("\(bytes)") }
    }
  }

  @Test func `tails, copies, searches and comparisons stay inside`() {
    let bytes = Array("0123456789abcdef\n".utf8)
    for start in 0..<bytes.count {
      for count in 0...min(8, bytes.count - start) {
        let expected = bytes[start..<(start + count)].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        #expect(bytes.span.tail(start..<(start + count)) == expected)
      }
      #expect(bytes.span.firstIndex(of: 10, from: start) == 16)
      #expect(bytes.span.firstIndex(of: 48, from: start) == (start == 0 ? 0 : nil))
      let (isSame, fits) = (
        bytes.span.hasBytes(of: bytes.span, in: start..<bytes.count, at: start),
        bytes.span.hasBytes(of: bytes.span, in: 0..<bytes.count, at: start)
      )
      #expect(isSame && fits == (start == 0))
      var copy = [UInt8](repeating: 1, count: bytes.count)
      bytes.span.copy(start..<bytes.count, to: &copy, at: start)
      #expect(copy == [UInt8](repeating: 1, count: start) + bytes[start...])
    }
  }

  @Test func `outside is a trap, not a read`() async {
    await #expect(processExitsWith: .failure) { _ = [1, 2, 3, 4, 5, 6, 7].span.word(at: 0) }
    await #expect(processExitsWith: .failure) { _ = [1, 2].span.firstIndex(of: 1, from: 3) }
    await #expect(processExitsWith: .failure) { _ = [1, 2].span.hasBytes(of: [1].span, in: 0..<2, at: 0) }
    await #expect(processExitsWith: .failure) {
      var target: [UInt8] = [0]
      [1, 2].span.copy(0..<2, to: &target, at: 0)
    }
  }
}
