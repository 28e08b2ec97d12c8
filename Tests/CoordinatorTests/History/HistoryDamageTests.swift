import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct HistoryDamageTests {
  /// Few columns, so that ten thousand of them are read in seconds.
  private static let file = Array(
    #"""
    schema,suite,run_id,started_at,verdict,reasons,ref,later,requests,dur_p95_ms
    1,suite,2026-11-22,2026-11-22T02:14:00Z,pass,,main,x,1200000,640.1
    1,suite,2026-11-23,2026-11-23T02:14:00Z,fail,"p(95)<800 was 843, ""rate""",'=main,"a
    b",1200000,843.2

    """#.replacing("\n", with: "\r\n").utf8)

  private static func damaged(_ random: inout SeededGenerator) -> [UInt8] {
    var file = file
    for _ in 0..<Int.random(in: 1...3, using: &random) where !file.isEmpty {
      let index = Int.random(in: 0..<file.count, using: &random)
      let telling: [UInt8] = [0, 9, 10, 13, 34, 39, 44, 46, 48, 59, 61, 69, 0xEF, 0xFF]
      let byte =
        Bool.random(using: &random)
        ? telling.randomElement(using: &random)! : .random(in: 0...255, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1: file[index] = byte
      case 2: file.insert(byte, at: index)
      case 3: file.remove(at: index)
      case 4: file.removeLast(Int.random(in: 0..<min(40, file.count), using: &random))
      default: file.replaceSubrange(index..<index, with: file[index..<min(file.count, index + 30)])
      }
    }
    return file
  }

  @Test func `a file that is damaged anywhere is refused with a place, or read and safely appended to`()
    throws
  {
    var random = SeededGenerator(seed: 33)
    let night = HistorySamples.night(0)
    var refused = 0
    for _ in 0..<10_000 {
      let file = Self.damaged(&random)
      do {
        let table = try HistoryTable(file)
        let longer = try HistoryTable(table.appending(night))
        #expect(longer.records == table.records + [night], "\(String(decoding: file, as: UTF8.self))")
      } catch {
        refused += 1
        let lines = file.count { $0 == 10 } + 1
        #expect((1...lines).contains(error.line ?? 0), "\(error)")
      }
    }
    #expect((2000...9500).contains(refused), "\(refused)")
  }
}
