import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct IssueColumnTests {
  private let head = "schema,suite,run_id,started_at,verdict"

  private func row(_ run: String) -> String { "1,suite,\(run),2026-11-23T02:14:00Z,fail" }

  private func set(_ text: String, _ run: String = "b") throws -> String? {
    let run = try #require(RunID(run))
    return try HistoryTable(Array(text.utf8)).settingIssue(412, of: run).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func `the row gets the number, all else stays byte for byte`() throws {
    let file = "\(head),note,issue_number\n\(row("a")),\"x, y\",\n\n\(row("b")),z,7\r\n\(row("c")),,9\n"
    #expect(
      try set(file)
        == "\(head),note,issue_number\n\(row("a")),\"x, y\",\n\(row("b")),z,412\r\n\(row("c")),,9\n",
      "an empty line before the row is no row")
  }

  @Test func `a short row is filled, quotes and guards come through`() throws {
    #expect(
      try set("\(head),issue_number\n\(row("b"))\n\(row("c")),1\n")
        == "\(head),issue_number\n\(row("b")),412\r\n\(row("c")),1\n")
    let guarded = "\(head),release,issue_number\n\(row("b")),\"'=1+1, \"\"x\"\"\",\n"
    #expect(try set(guarded) == "\(head),release,issue_number\n\(row("b")),\"'=1+1, \"\"x\"\"\",412\r\n")
  }

  @Test func `there may be nothing to do`() throws {
    #expect(try set("\(head),issue_number\n\(row("b")),412\n") == nil)
    #expect(try set("\(head),issue_number\n\(row("a")),1\n") == nil)
    #expect(try set("\(head)\n\(row("b"))\n") == nil, "a file of an earlier version has no such column")
    #expect(try set("") == nil)
  }

  @Test func `the whole of a real file reads as before`() throws {
    let records = [HistorySamples.night(0), HistorySamples.full, HistorySamples.night(2)]
    let table = try HistoryTable(HistorySamples.file(records))
    let changed = try #require(table.settingIssue(412, of: HistorySamples.full.run))
    var expected = table.records
    expected[1].issue = 412
    #expect(try HistoryTable(changed).records == expected)
  }
}
