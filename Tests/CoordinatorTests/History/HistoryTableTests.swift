import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct HistoryTableTests {
  private let night = HistorySamples.night(0)

  private func refusal(_ text: String) throws -> HistoryError {
    try #require(throws: HistoryError.self) { try HistoryTable(Array(text.utf8)) }
  }

  /// A file by hand: the least of columns.
  private let head = "schema,suite,run_id,started_at,verdict"
  private let row = "1,suite,2026-11-23,2026-11-23T02:14:00Z,pass"

  @Test func `a file that is empty or blank has no run, and the header is made`() throws {
    for text in ["", "\u{FEFF}", "\r\n\r\n", "\n"] {
      let table = try HistoryTable(Array(text.utf8))
      #expect(table.records.isEmpty)
      #expect(table.appending(night) == HistorySamples.file([night]))
    }
  }

  @Test func `columns are found by their names, wherever they stand`() throws {
    let text =
      "dur_p95_ms,verdict,mine,started_at,run_id,suite,schema\n843.2,fail,x,2026-11-23T02:14:00Z,r,s,1\n"
    let record = try #require(try HistoryTable(Array(text.utf8)).records.first)
    #expect((record.p95, record.verdict, record.run.text, record.suite) == (843.2, .fail, "r", "s"))
  }

  @Test(arguments: [
    ("\u{FEFF}{head},note\n", "{row},\"=a, \"\"b\"\"\"\n\n{row},'x\r\n"), ("{head},note\n", "{row},x"),
    ("\r\n\n{head},\"no\nte\"\r\n", "{row},\"c\r\nd\"\n"), ("{head},note\r\n", ""), ("{head},note", ""),
    ("{head}\n", "{row}\n"),
  ])
  func `a row is appended behind the rows as they are, byte for byte`(header: String, rows: String) throws {
    func filled(_ text: String) -> String {
      text.replacing("{head}", with: head).replacing("{row}", with: row)
    }
    let table = try HistoryTable(Array(filled(header + rows).utf8))
    let all = table.columns + HistoryColumn.names.filter { !head.split(separator: ",").contains($0[...]) }
    let line = CSV.line(all.map { HistoryColumn.byName[$0]?.write(night) ?? "" })
    let end = rows.isEmpty || rows.utf8.last == 10 ? "" : "\r\n"
    let file = table.appending(night)
    #expect(file == Array((CSV.line(all) + filled(rows) + end + line).utf8))
    let read = try HistoryTable(file)
    #expect(read.records == table.records + [night])
    #expect(read.appending(HistorySamples.night(1)).starts(with: file), "the header has all columns now")
  }

  @Test func `a header of an earlier version gets the new columns at its end`() async throws {
    let folder = try temporaryFolder()
    let store = DirectoryObjectStore(folder: folder.path)
    let old = HistoryColumn.names.dropLast(3)
    let fields = HistoryColumn.all.dropLast(3).map { $0.write(HistorySamples.full) }
    let file = Array((CSV.line(Array(old)) + CSV.line(fields)).utf8)
    _ = try await store.put(file, at: historyKey, if: .always)
    let history = History(store: store) { _ in }
    try await history.append(HistorySamples.night(1, stopped: "cancelled"))
    try await history.append(HistorySamples.night(2))
    let bytes = try #require(try await store.get(historyKey)).bytes
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    #expect(lines[0] == HistoryColumn.names.joined(separator: ","))
    #expect(lines[1] == CSV.line(fields).dropLast())
    let records = try await history.records()
    var first = HistorySamples.full
    (first.step, first.stopped, first.breach) = (nil, nil, nil)
    #expect(records == [first, HistorySamples.night(1, stopped: "cancelled"), HistorySamples.night(2)])
  }

  @Test func `columns of a later version are kept, and stay empty in ours`() throws {
    let text = "\(head),later,\"a \"\"b\"\"\"\n\(row),1,2\n"
    let file = try HistoryTable(Array(text.utf8)).appending(night)
    let lines = String(decoding: file, as: UTF8.self).split(whereSeparator: \.isNewline)
    #expect(lines[0].hasPrefix("\(head),later,\"a \"\"b\"\"\",attempt,"))
    #expect(lines[1] == "\(row),1,2")
    #expect(lines[2].contains(",pass,,,1,"))
  }

  @Test func `a row may be shorter than the header, but no shorter than one before`() throws {
    let table = try HistoryTable(Array("\(head),dur_p95_ms\n\(row)\n\(row),1\n".utf8))
    #expect(table.records.map(\.p95) == [nil, 1])
    let error = try refusal("\(head),dur_p95_ms\n\(row),1\n\(row)\n")
    #expect((error.line, error.column) == (3, "5"))
    #expect(error.what == "5 fields: expected 6, as a row before has")
  }

  @Test func `a file that was cut off in a row is refused, one without its last line end is not`() throws {
    let error = try refusal("\(head),dur_p95_ms,dur_p99_ms\n\(row),84")
    #expect((error.line, error.column) == (2, "6"))
    #expect(error.what == "the file ends in the middle of a row: expected 7 fields, found 6")
    #expect(try HistoryTable(Array("\(head)\n\(row)".utf8)).records.count == 1)
  }

  @Test func `a row with more fields than the header is refused`() throws {
    let error = try refusal("\(head)\n\(row)\n\n\(row),2\n")
    #expect((error.line, error.column) == (4, "6"))
    #expect(error.what == "6 fields: expected at most 5, as many as the header has")
  }

  @Test(arguments: [
    (
      "schema,suite,run_id,started_at\n", 1,
      "the header has no column verdict: expected 'schema,suite,run_id,attempt...', found 'schema,suite,run_id,started_at'"
    ),
    (
      "\n\nschema;suite;run_id;started_at;verdict\n", 3,
      "the header has no column schema, suite, run_id, started_at, verdict: expected 'schema,suite,run_id,attempt...', found 'schema;suite;run_id;started_at;verdict'"
    ),
    ("schema,suite,run_id,started_at,verdict,ref,ref\n", 1, "the header has the column 'ref' twice"),
    ("schema,suite,run_id,started_at,verdict,,\n", 1, "the header has the column '' twice"),
    (
      "Schema,suite,run_id,started_at,verdict\n", 1,
      "the header has no column schema: expected 'schema,suite,run_id,attempt...', found 'Schema,suite,run_id,started_at,verdict'"
    ),
    (
      "\u{1B}[31m\n", 1,
      "the header has no column schema, suite, run_id, started_at, verdict: expected 'schema,suite,run_id,attempt...', found ' [31m'"
    ),
  ])
  func `a header that is not ours is refused`(text: String, line: Int, what: String) throws {
    let error = try refusal(text)
    #expect(error.line == line && error.what == what)
  }

  @Test func `a file of another schema is refused, whatever else it says`() throws {
    let error = try refusal("\(head)\n2\(row.dropFirst())\n")
    #expect(
      error.description
        == "history.csv line 2, column 1 (schema): '2', expected 1, the version that this program knows. Nothing was changed; mend the line, or have the file made again from the stored runs: coordinator history rebuild"
    )
  }

  @Test func `an error of the text says where in the line`() throws {
    #expect(
      try refusal("\(head)\n\(row)\n1,su\"ite\n").description
        == "history.csv line 3, column 5 (in bytes): a quote inside a field that does not begin with one. Nothing was changed; mend the line, or have the file made again from the stored runs: coordinator history rebuild"
    )
    #expect(HistoryError(what: "it is gone").description == "it is gone")
  }

  @Test func `what a sentence shows of a damaged field is short and printable`() throws {
    let field = "\u{1B}]0;x\u{7}" + String(repeating: "a\u{301}", count: 1000)
    let error = try refusal("\(head)\n1,suite,r,\(field),pass\n")
    #expect(error.what.hasPrefix("' ]0;x a\u{301}"))
    #expect(error.what.utf8.count < 200)
  }

  @Test func `of a damaged file, what can be read is`() throws {
    let good = HistorySamples.file([night, HistorySamples.night(1)])
    let (records, problems) = HistoryTable.readable(good + Array("1,suite,x\"y\r\n".utf8) + [0xFF, 13, 10])
    #expect(records == [night, HistorySamples.night(1)])
    #expect(
      problems == [
        "line 4, column 10 (in bytes) of history.csv is left out: a quote inside a field that does not begin with one",
        "line 5, column 1 (in bytes) of history.csv is left out: bytes that are no UTF-8",
      ])
    #expect(HistoryTable.readable(Array("a;b\r\n".utf8)).problems.count == 1)
  }
}
