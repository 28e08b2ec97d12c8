import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct HistoryColumnTests {
  private func returned(_ record: HistoryRecord) throws -> HistoryRecord {
    try #require(try HistoryTable(HistorySamples.file([record])).records.first)
  }

  private func field(_ name: String, of record: HistoryRecord) throws -> String {
    try #require(HistoryColumn.byName[name]).write(record)
  }

  @Test func `the columns are those of the contract, in its order`() {
    let contract =
      "schema,suite,run_id,attempt,started_at,finished_at,verdict,reasons,commit,ref,release,workflow_run_url,artifacts_url,issue_number,profile_id,k6_version,shards_expected,shards_received,vus_max,duration_s,window_s,stagger_s,requests,iterations,dropped_iterations,rps,rps_wall,error_count,error_rate,checks_passed,checks_failed,dur_avg_ms,dur_p50_ms,dur_p90_ms,dur_p95_ms,dur_p99_ms,dur_p999_ms,dur_max_ms,shard_p95_min_ms,shard_p95_max_ms,gen_cpu_max_pct,usual_p95_ms,usual_sd_ms,step,stopped,breach"
    #expect(HistoryColumn.names.joined(separator: ",") == contract)
  }

  @Test func `every column comes back`() throws {
    let record = HistorySamples.full
    for column in HistoryColumn.all { #expect(column.write(record) != "", "\(column.name)") }
    #expect(try returned(record) == record)
  }

  @Test func `what is not known is empty, and comes back as unknown`() throws {
    var record = HistorySamples.night(0, p95: nil, profile: nil, ref: nil)
    let empty = HistoryColumn.all.filter { $0.write(record) == "" }.count
    #expect(empty == HistoryColumn.all.count - 6)
    #expect(try returned(record) == record)
    (record.commit, record.reasons) = ("", ["", ""])
    #expect(try returned(record).commit == nil)
    #expect(try returned(record).reasons == [])
  }

  private static let hostile = [
    "=cmd|' /C calc'!A0", "'=1", "''@x", "+1", "-2", "@SUM(1)", "\t=1", "\r=1", "a,b", "\"", "a\"\u{301}b",
    "\"\"",
    "<script>alert(1)</script>", "\u{202E}abc", "line\r\nbreak", "a\u{0}b", "1E5", "8.71E+13", "'8.71E+13",
    "日本",
    "\u{2028}", "| `x` @team #1 <!--", "::error::x", String(repeating: "é\"", count: 5000), "'", "\u{FEFF}x",
    " x ",
  ]

  @Test(arguments: hostile) func `a hostile text comes back as its one printable line`(text: String) throws {
    var record = HistorySamples.night(0, profile: text, ref: text)
    (record.commit, record.release, record.k6Version) = (text, text, text)
    (record.workflowRunURL, record.artifactsURL, record.stopped) = (text, text, text)
    record.reasons = [text, text]
    let file = HistorySamples.file([record, record])
    #expect(file.count { $0 == 10 } == 3, "a row is a line")
    let read = try #require(try HistoryTable(file).records.last)
    let expected = Array(printable(text).utf8)
    for text in [
      read.ref, read.profile, read.commit, read.release, read.k6Version, read.workflowRunURL,
      read.artifactsURL,
      read.stopped, read.reasons.first, read.reasons.last,
    ] {
      #expect(text.map { Array($0.utf8) } == expected)
    }
    #expect(read.reasons.count == 2)
  }

  @Test func `a reason with what separates reasons stays one`() throws {
    var record = HistorySamples.night(0)
    record.reasons = ["it rose; it likely began with run 2026-11-19", "b"]
    #expect(try returned(record).reasons == ["it rose, it likely began with run 2026-11-19", "b"])
  }

  @Test(arguments: [
    (843.25, "843.2"), (843.26, "843.3"), (0, "0"), (0.04, "0.04"), (0.24172, "0.2417"), (1.23456, "1.235"),
    (14.0249, "14.02"), (0.00001, "0"), (1e14, "100000000000000"), (-1, ""),
    (.infinity, ""), (.nan, ""), (1e15, ""), (1e300, ""), (0.1 + 0.2, "0.3"),
  ])
  func `numbers have a decimal point and no exponent, or are unknown`(value: Double, text: String) throws {
    var record = HistorySamples.night(0, p95: value)
    #expect(try field("dur_p95_ms", of: record) == text)
    record = try returned(record)
    #expect(record.p95 == Double(text))
    #expect(try field("dur_p95_ms", of: record) == text)
  }

  @Test func `whatever numbers it has, a record is written so that it is read`() throws {
    var record = HistorySamples.full
    (record.attempt, record.issue, record.maxVUs) = (-1, -7, .min)
    (record.staggerSeconds, record.errorRate) = (-0.001, 1e-9)
    record.finishedAt = UTCInstant(nanoseconds: -1)
    let last = try returned(record)
    #expect((last.attempt, last.issue, last.maxVUs) == (1, nil, nil))
    #expect((last.staggerSeconds, last.errorRate) == (nil, 0))
    #expect(last.finishedAt == UTCInstant(nanoseconds: -1_000_000_000))
  }

  /// A good row with this field in place of the column's own.
  private func read(_ name: String, _ text: String) throws -> HistoryRecord? {
    let fields = HistoryColumn.all.map { $0.name == name ? text : $0.write(HistorySamples.full) }
    let text = CSV.line(HistoryColumn.names) + CSV.line(fields)
    return try HistoryTable(Array(text.utf8)).records.first
  }

  @Test(arguments: [
    ("schema", "2"), ("schema", "1.0"), ("schema", ""), ("suite", ""), ("suite", "a b"), ("run_id", ""),
    ("run_id", "../x"), ("run_id", "23.11.2026 "), ("started_at", ""), ("started_at", "2026-11-23 02:14"),
    ("started_at", "23.11.2026 02:14:00"), ("started_at", "2026-11-23T02:14Z"), ("started_at", "46349.09"),
    ("started_at", "2026-02-30T02:14:00Z"), ("finished_at", "11/23/2026"), ("verdict", ""),
    ("verdict", "Pass"),
    ("verdict", "ok"), ("attempt", "0"), ("attempt", "1.0"), ("attempt", "+1"), ("commit", "8.71E+13"),
    ("commit", "8,71E+13"), ("commit", "1E5"), ("profile_id", "1.23457E+11"), ("dur_p95_ms", "843,2"),
    ("dur_p95_ms", "1'204.5"), ("dur_p95_ms", "8.4E+2"), ("dur_p95_ms", "1e3"), ("dur_p95_ms", "-1"),
    ("dur_p95_ms", "nan"), ("dur_p95_ms", "inf"), ("dur_p95_ms", "0x10"), ("dur_p95_ms", "."),
    ("dur_p95_ms", "1.2.3"), ("dur_p95_ms", " 1"), ("dur_p95_ms", String(repeating: "9", count: 400)),
    ("requests", "1.5"), ("requests", "-1"), ("requests", "+1"), ("requests", "1.2E+06"),
    ("requests", "1,200,000"),
    ("requests", "18446744073709551616"), ("issue_number", "#17"), ("step", "19 Nov"),
  ])
  func `what a spreadsheet or a hand has damaged is refused with its place`(name: String, text: String) throws
  {
    let error = try #require(throws: HistoryError.self) { try read(name, text) }
    let index = try #require(HistoryColumn.names.firstIndex(of: name))
    #expect(error.line == 2 && error.column == "\(index + 1) (\(name))")
    #expect(error.what.hasPrefix("'\(text.prefix(60))', expected "))
  }

  @Test(arguments: [
    ("started_at", "2026-11-23T03:14:00+01:00"), ("dur_p95_ms", "0843.20"), ("commit", "8714e10"),
    ("commit", "'1E5"), ("finished_at", ""), ("requests", ""), ("step", ""),
  ])
  func `what means the same is read`(name: String, text: String) throws {
    #expect(try read(name, text) != nil)
  }
}
