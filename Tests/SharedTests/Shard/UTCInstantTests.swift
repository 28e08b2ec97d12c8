import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite struct UTCInstantTests {
  private func read(_ text: String) -> UTCInstant? { UTCInstant(rfc3339: Array(text.utf8).span) }

  @Test func `it agrees with Foundation, both ways`() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<2000 {
      let seconds = Int64.random(in: -2_000_000_000...6_000_000_000, using: &random)
      let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
      let instant = UTCInstant(nanoseconds: seconds * 1_000_000_000)
      #expect(instant.description == expected)
      #expect(read(expected) == instant)
    }
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000000001Z", 1), ("1970-01-01T05:30:00+05:30", 0),
      ("1969-12-31T23:59:59.5Z", -500_000_000), ("2026-11-23T14:49:28.030264008Z", 1_795_445_368_030_264_008),
      ("1969-12-31T19:00:00-05:00", 0),
    ] as [(String, Int64)])
  func `fractions and offsets`(text: String, nanoseconds: Int64) {
    #expect(read(text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "", "2026-11-23", "2026-11-23T14:49:28", "2026-11-23 14:49:28Z", "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-11-23T24:00:00Z", "2026-11-23T00:60:00Z", "2026-11-23T00:00:00.Z",
    "2026-11-23T00:00:00.1234567890Z",
    "2026-11-23T00:00:00+5:30", "2026-11-23T00:00:00Zx", "9999-01-01T00:00:00Z", "2026-11-23T00:00:00+24:00",
  ])
  func `anything else is refused`(text: String) { #expect(read(text) == nil) }

  @Test func `distances saturate instead of overflowing`() {
    let (early, late) = (read("1680-01-01T00:00:00Z")!, read("2260-01-01T00:00:00Z")!)
    #expect(late.nanoseconds(since: early) == .max)
    #expect(early.nanoseconds(since: late) == .min)
    #expect(late.advanced(bySeconds: 1e300).nanoseconds == .max)
    #expect(early.advanced(bySeconds: -.infinity).nanoseconds == .min)
    #expect(early.advanced(bySeconds: .nan) == early)
  }

  @Test func `run ids and segments`() {
    #expect(RunID(date: read("2026-11-23T02:14:00Z")!, number: 1).text == "2026-11-23")
    #expect(RunID(date: read("2026-11-23T02:14:00Z")!, number: 2).text == "2026-11-23.2")
    for bad in ["", "..", ".x", "a/b", "a b", "-x", "é", String(repeating: "a", count: 101)] {
      #expect(RunID(bad) == nil)
    }
    let segment = ExecutionSegment(index: 1, count: 3)
    #expect(segment?.segment == "1/3:2/3")
    #expect(segment?.sequence == "0,1/3,2/3,1")
    #expect(ExecutionSegment(index: 0, count: 1)?.segment == "0:1")
    #expect(ExecutionSegment(index: 3, count: 3) == nil)
    #expect(ExecutionSegment(index: 0, count: 0) == nil)
    #expect(ExecutionSegment(index: -1, count: 2) == nil)
  }
}
