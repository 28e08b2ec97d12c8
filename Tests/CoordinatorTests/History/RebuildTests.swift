import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct RebuildTests {
  private let store: DirectoryObjectStore
  private var history: History { History(store: store, wait: { _ in }) }

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func line(_ day: Int, p95: Double = 843.2) -> HistoryRecord {
    var record = HistoryRecord(
      suite: "suite", run: RunID("day-\(day)")!, startedAt: Samples.instant(Double(day) * 86_400),
      verdict: .pass)
    record.p95 = p95
    return record
  }

  private func write(_ bytes: [UInt8]) async throws {
    _ = try await store.put(bytes, at: historyKey, if: .always)
  }

  private func text(_ key: ObjectKey = historyKey) async throws -> String {
    String(decoding: try #require(try await store.get(key)).bytes, as: UTF8.self)
  }

  /// A stored run without a line.
  private func store(_ run: RunResult) async throws {
    try await store.putDocument(ResultDocument(run), at: RunKeys(run.plan.run).result)
  }

  private func run() throws -> RunResult {
    RunResult(
      plan: Samples.plan(), outcomes: [.complete(try MeasuredShard(Samples.summary()))], thresholds: [],
      finishedAt: Samples.instant(120))
  }

  @Test func `lines of stored runs come back, those whose result is gone stay, and nothing is written twice`()
    async throws
  {
    try await store(try run())
    let before = HistoryTable([line(1), line(2)]).bytes
    try await write(before)
    let rebuilt = try await history.rebuild()
    #expect(rebuilt.runs == 3 && rebuilt.kept == 2 && rebuilt.problems.isEmpty)
    #expect(try await store.get(try #require(rebuilt.backup))?.bytes == before)
    let records = try HistoryTable(Array(try await text().utf8)).records
    #expect(records.map(\.run.text) == ["2026-11-23", "day-1", "day-2"])
    #expect(
      try records[0]
        == HistoryTable(HistoryTable([HistoryRecord(ResultDocument(try run()))]).bytes).records[0])
    let again = try await history.rebuild()
    #expect(again.backup == nil && again.runs == 3)
    #expect(
      try await store.list("").map(\.text).filter { $0.hasPrefix("history") } == [
        "history.csv", "history.csv.before-rebuild",
      ])
  }

  /// What is damaged is left out and named, never kept with another figure.
  @Test func `a line that was cut or lost a field is left out, and a second copy does not replace the first`()
    async throws
  {
    let good = String(decoding: HistoryTable([line(1), line(2)]).bytes, as: UTF8.self)
    let cut = try #require(good.range(of: "843.2", options: .backwards))
    for damaged in [
      String(good[..<good.index(before: cut.upperBound)]),
      good.replacingOccurrences(of: ",day-2,1,", with: ",day-2,"),
    ] {
      try await write(Array(damaged.utf8))
      let rebuilt = try await history.rebuild()
      #expect(rebuilt.runs == 1 && rebuilt.problems.count == 1, "\(rebuilt)")
      #expect(rebuilt.problems.first?.hasPrefix("line 3") == true)
      #expect(try await text(try #require(rebuilt.backup)) == damaged)
    }
    #expect(try await store.list("").contains("history.csv.before-rebuild.2"))
  }

  @Test func `columns of a later version, and nothing to make it of, are refused`() async throws {
    let later = String(decoding: HistoryTable([line(1)]).bytes, as: UTF8.self)
      .replacingOccurrences(of: ",breach\r\n", with: ",breach,later\r\n")
    try await write(Array(later.utf8))
    let refusal = await #expect(throws: HistoryError.self) { try await history.rebuild() }
    #expect(refusal?.description.contains("does not know (later)") == true)
    #expect(try await text() == later)
    try await store.delete(historyKey)
    await #expect(throws: HistoryError.self) { try await history.rebuild() }
  }

  @Test func `a result that cannot be read is named, and the others are taken`() async throws {
    try await store(try run())
    _ = try await store.put(Array("{".utf8), at: "2026-11-24/result.json", if: .always)
    let rebuilt = try await history.rebuild()
    #expect(rebuilt.runs == 1 && rebuilt.problems.count == 1)
    #expect(rebuilt.problems[0].hasPrefix("2026-11-24/result.json is left out: "))
  }
}
