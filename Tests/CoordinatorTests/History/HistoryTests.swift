import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct HistoryTests {
  private func record() throws -> HistoryRecord {
    try HistoryRecord(
      ResultDocument(
        RunResult(
          plan: Samples.plan(), outcomes: [.complete(try MeasuredShard(Samples.summary()))],
          thresholds: [try Samples.threshold("http_req_duration", "p(95)<1")], problem: nil,
          finishedAt: Samples.instant(120.7))))
  }

  private func store() throws -> DirectoryObjectStore {
    DirectoryObjectStore(folder: try temporaryFolder().path)
  }

  @Test func `a row has a field for every column, and says what was measured`() throws {
    let record = try record()
    let values = Dictionary(uniqueKeysWithValues: HistoryColumn.all.map { ($0.name, $0.write(record)) })
    #expect(HistoryColumn.names.count == 46)
    #expect(values["verdict"] == "fail")
    #expect(values["requests"] == "100")
    #expect(values["rps"] == "10")
    #expect(values["error_rate"] == "0.01")
    #expect(values["dur_max_ms"] == "14")
    #expect(values["finished_at"] == "1970-01-01T00:02:00Z")
    #expect(values["usual_p95_ms"] == "", "unknown is empty, not 0")
  }

  /// A line of a run of that name.
  private func record(run: String) -> HistoryRecord {
    record(run: run, suite: "suite")
  }

  private func record(run: String, suite: String) -> HistoryRecord {
    var record = HistoryRecord(
      suite: suite, run: RunID(run)!, startedAt: Samples.instant(0), verdict: .pass)
    record.reasons = ["a, b"]
    return record
  }

  private func rows(_ store: any ObjectStore) async throws -> [String] {
    let text = String(decoding: try #require(try await store.get(historyKey)).bytes, as: UTF8.self)
    return text.components(separatedBy: "\r\n")
  }

  @Test func `no row is lost when several append at once, and none is there twice`() async throws {
    let store = try store()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask {
          try await History(store: store, wait: liveHistoryWait).append(
            record(run: "2026-11-\(10 + number / 2)"))
        }
      }
      try await group.waitForAll()
    }
    let rows = try await rows(store)
    #expect(rows.count == 10 && rows.last == "")
    #expect(rows[0] == HistoryColumn.names.joined(separator: ","))
    #expect(Set(rows[1...8]).count == 8)
  }

  @Test func `a run is told from others by its whole id and its suite`() async throws {
    let store = try store()
    let history = History(store: store) { _ in }
    for run in ["2026-11-23", "2026-11-23.2", "2026-11-2", "2026-11-23"] {
      try await history.append(record(run: run))
    }
    try await history.append(record(run: "2026-11-23", suite: "other"))
    #expect(try await rows(store).count == 6)
  }

  /// A store that carries out the first put and says that nobody knows.
  private struct ForgetfulStore: ObjectStore {
    let store: any ObjectStore

    func get(_ key: ObjectKey) async throws -> StoredObject? { try await store.get(key) }
    func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome {
      let outcome = try await store.put(bytes, at: key, if: condition)
      throw AWSError(call: "s3:PutObject", code: nil, message: "\(outcome)", mayHaveBeenCarriedOut: true)
    }
    func list(_ prefix: String) async throws -> [ObjectKey] { try await store.list(prefix) }
    func delete(_ key: ObjectKey) async throws { try await store.delete(key) }
  }

  @Test func `an append of which nobody heard again is looked for, not repeated`() async throws {
    let store = try store()
    let history = History(store: ForgetfulStore(store: store)) { _ in }
    try await history.append(record(run: "2026-11-23"))
    try await history.append(record(run: "2026-11-24"))
    #expect(try await rows(store).count == 4)
  }

  /// A store to which somebody else always writes first, or that has no say.
  private struct StubbornStore: ObjectStore {
    let error: AWSError?
    func get(_ key: ObjectKey) async throws -> StoredObject? { nil }
    func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome {
      if let error { throw error }
      return .conditionFailed
    }
    func list(_ prefix: String) async throws -> [ObjectKey] { [] }
    func delete(_ key: ObjectKey) async throws {}
  }

  @Test func `tries and waits are bounded, and a refusal is final`() async throws {
    let waits = Waits()
    let (record, other) = (record(run: "2026-11-23"), StubbornStore(error: nil))
    await #expect(throws: HistoryError.self) {
      try await History(store: other, wait: { await waits.add($0) }).append(record)
    }
    #expect(await waits.all.count == 99)
    #expect(await waits.all.prefix(3) == [0.04, 0.08, 0.16])
    #expect(await waits.all.max() == 2)
    for (code, count) in [("AccessDenied", 0), ("InternalError", 10)] {
      let waits = Waits()
      let store = StubbornStore(
        error: AWSError(call: "s3:PutObject", code: code, message: "", status: count == 0 ? 403 : 500))
      await #expect(throws: AWSError.self) {
        try await History(store: store, wait: { await waits.add($0) }).append(record)
      }
      #expect(await waits.all.count == count)
    }
  }

  private actor Waits {
    private(set) var all: [Double] = []
    func add(_ seconds: Double) { all.append(seconds) }
  }

  @Test func `a file without its last line end is not glued to the new row`() async throws {
    let store = try store()
    _ = try await store.put(
      Array(HistoryColumn.names.joined(separator: ",").utf8), at: historyKey, if: .always)
    try await History(store: store, wait: liveHistoryWait).append(record())
    let text = String(decoding: try #require(try await store.get(historyKey)).bytes, as: UTF8.self)
    #expect(text.components(separatedBy: "\r\n").count == 3)
  }

  @Test func `a header that is not ours is left alone`() async throws {
    let store = try store()
    _ = try await store.put(Array("schema;suite;run_id\r\n".utf8), at: historyKey, if: .always)
    let record = try record()
    await #expect(throws: HistoryError.self) {
      try await History(store: store, wait: liveHistoryWait).append(record)
    }
    #expect(try await store.get(historyKey)?.bytes == Array("schema;suite;run_id\r\n".utf8))
  }
}
