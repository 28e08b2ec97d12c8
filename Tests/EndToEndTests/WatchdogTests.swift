import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// `coordinator watchdog`, as a schedule of its own runs it.
struct WatchdogTests {
  private let folder: URL
  private var store: String { "file://\(folder.path)" }

  init() throws { folder = try temporaryFolder() }

  private func night(hoursAgo: Double) async throws {
    let now = CoordinatorHost.live().now()
    var record = try HistoryRecord(try await AlertMonth().run(.init(name: "usual", ago: 1)))
    record.startedAt = now.advanced(bySeconds: -hoursAgo * 3600)
    (record.run, record.finishedAt) = (
      RunID(date: record.startedAt, number: 1), record.startedAt.advanced(bySeconds: 609)
    )
    let bytes = HistoryTable([record]).bytes
    _ = try await DirectoryObjectStore(folder: folder.path).put(bytes, at: historyKey, if: .always)
  }

  private func watchdog(_ more: [String] = [], isJob: Bool = false) async throws -> Program.Ending {
    try await Program.run(
      "coordinator", ["watchdog", store] + more, environment: isJob ? ["GITHUB_ACTIONS": "true"] : [:])
  }

  @Test(
    arguments: [(5, [], 0), (40, [], 1), (40, ["--within", "48h"], 0), (5, ["--within", "4h"], 1)]
      as [(Double, [String], Int32)])
  func `the newest run is young enough, or it is said`(hoursAgo: Double, more: [String], code: Int32)
    async throws
  {
    try await night(hoursAgo: hoursAgo)
    let ending = try await watchdog(more)
    #expect(ending.code == code, "\(ending.output)\(ending.errors)")
    let said = code == 0 ? ending.output : ending.errors
    #expect(said.split(separator: "\n").count == 1, "\(said)")
    #expect(said.contains("which began \(Int(hoursAgo)) h"), "\(said)")
  }

  @Test func `in a workflow it is an annotation`() async throws {
    try await night(hoursAgo: 40)
    let ending = try await watchdog(isJob: true)
    #expect(ending.code == 1)
    #expect(
      (ending.output + ending.errors).contains("::error title=The load test did not run::"), "\(ending)")
  }

  @Test func `no run at all is one that did not come`() async throws {
    let ending = try await watchdog()
    #expect(ending.code == 1 && ending.errors.contains("is in the history yet"), "\(ending.errors)")
  }

  @Test func `a history that cannot be read is neither`() async throws {
    let store = DirectoryObjectStore(folder: folder.path)
    _ = try await store.put(Array("night,run\n\"".utf8), at: historyKey, if: .always)
    let ending = try await watchdog()
    #expect(ending.code == 2, "\(ending.output)\(ending.errors)")
    #expect(ending.errors.contains("history.csv"), "\(ending.errors)")
  }

  @Test(arguments: ["nonsense", "5s", "-1h"])
  func `what is no duration is refused in a sentence`(text: String) async throws {
    let ending = try await watchdog(["--within=\(text)"])
    #expect(ending.code == 64 && ending.errors.contains("--within"), "\(ending.errors)")
  }
}
