import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct HistoryTests {
  private func record() throws -> HistoryRecord {
    HistoryRecord(
      RunResult(
        plan: Samples.plan(), outcomes: [.complete(try MeasuredShard(Samples.summary()))],
        thresholds: [try Samples.threshold("http_req_duration", "p(95)<1")], problem: nil,
        finishedAt: Samples.instant(120.7)))
  }

  private func store() throws -> DirectoryObjectStore {
    DirectoryObjectStore(folder: try temporaryFolder().path)
  }

  @Test func `a row has a field for every column, and says what was measured`() throws {
    let values = try record().values
    #expect(try record().fields.count == HistoryRecord.columns.count)
    #expect(HistoryRecord.columns.count == 44)
    #expect(Set(values.keys).isSubset(of: HistoryRecord.columns))
    #expect(values["verdict"] == "fail")
    #expect(values["requests"] == "100")
    #expect(values["rps"] == "10")
    #expect(values["error_rate"] == "0.01")
    #expect(values["dur_max_ms"] == "14")
    #expect(values["finished_at"] == "1970-01-01T00:02:00Z")
    #expect(values["usual_p95_ms"] == nil, "unknown is empty, not 0")
  }

  @Test func `no row is lost when several append at once`() async throws {
    let store = try store()
    let record = try record()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { try await History(store: store).append(record) } }
      try await group.waitForAll()
    }
    let text = String(decoding: try #require(try await store.get(historyKey)).bytes, as: UTF8.self)
    let rows = text.components(separatedBy: "\r\n")
    #expect(rows.count == 10 && rows.last == "")
    #expect(rows[0] == HistoryRecord.columns.joined(separator: ","))
    #expect(Set(rows[1...8]).count == 1)
  }

  @Test func `a file without its last line end is not glued to the new row`() async throws {
    let store = try store()
    _ = try await store.put(
      Array(HistoryRecord.columns.joined(separator: ",").utf8), at: historyKey, if: .always)
    try await History(store: store).append(record())
    let text = String(decoding: try #require(try await store.get(historyKey)).bytes, as: UTF8.self)
    #expect(text.components(separatedBy: "\r\n").count == 3)
  }

  @Test func `a header that is not ours is left alone`() async throws {
    let store = try store()
    _ = try await store.put(Array("schema;suite;run_id\r\n".utf8), at: historyKey, if: .always)
    let record = try record()
    await #expect(throws: HistoryError.self) { try await History(store: store).append(record) }
    #expect(try await store.get(historyKey)?.bytes == Array("schema;suite;run_id\r\n".utf8))
  }

  @Test func `fields are quoted as RFC 4180 has it, and formulas are guarded`() {
    #expect(CSV.line(["a", "b,c", "d\"e", "f\r\ng", ""]) == "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\r\n")
    #expect(["=1+1", "+1", "-1", "@x", "\tx", "\rx"].map(CSV.guarded).allSatisfy { $0.hasPrefix("'") })
    #expect(CSV.guarded("main") == "main")
  }
}
