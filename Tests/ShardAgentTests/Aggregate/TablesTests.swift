import TestSupport
import Testing

@testable import ShardAgent

@Suite struct TablesTests {
  @Test func `bytes keep their numbers while the table grows`() {
    var table = ByteTable()
    var random = SeededGenerator(seed: 12)
    var known: [[UInt8]: Int] = [:]
    for _ in 0..<5000 {
      // Alike but for a byte, of lengths around 8 and 16, where the comparison changes its way.
      var bytes = [UInt8](repeating: 97, count: Int.random(in: 0...40, using: &random))
      for _ in 0..<2 where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 97...99, using: &random)
      }
      #expect(table.find(bytes.span) == known[bytes])
      let number = table.insert(bytes.span)
      #expect(known[bytes] ?? known.count == number)
      known[bytes] = number
    }
    #expect(table.count == known.count)
    for (bytes, number) in known { #expect(table.string(number) == String(decoding: bytes, as: UTF8.self)) }
  }

  @Test func `series keep their numbers while the table grows`() {
    var table = SeriesTable(width: 3)
    for number in 0..<3000 as Range<Int32> {
      let key = [number % 7, number / 7, -1]
      #expect(table.find(key) == nil)
      #expect(table.insert(key) == Int(number))
    }
    for number in 0..<3000 as Range<Int32> {
      #expect(table.find([number % 7, number / 7, -1]) == Int(number))
    }
  }
}
