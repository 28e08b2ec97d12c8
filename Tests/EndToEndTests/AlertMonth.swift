import Foundation
import Shared
import TestSupport

@testable import Coordinator

/// A made-up month of a suite, night by night, as coordinators would have left it in a store.
final class AlertMonth {
  struct Night {
    let name: String
    /// Days before 22 November 2026.
    let ago: Int
    var level = 1.0
    var step = 0.0
    var errorRate = 0.0014
    var missing: [Int] = []
    var release: String?
  }

  let folder: URL
  let store: DirectoryObjectStore
  private var records: [HistoryRecord] = []

  init() throws {
    folder = try temporaryFolder()
    store = DirectoryObjectStore(folder: folder.path)
  }

  /// Ordinary nights up to this one, of which the newest has a result.
  func begin(before ago: Int, nights: Int = 24) async throws {
    let newest = try await run(Night(name: "usual", ago: ago + 1, release: "v2.40"))
    let ordinary = try HistoryRecord(newest)
    var random = SeededGenerator(seed: 7)
    for day in (1..<nights).reversed() {
      var record = ordinary
      let date = ordinary.startedAt.advanced(bySeconds: -86_400 * Double(day))
      (record.run, record.startedAt) = (RunID(date: date, number: 1), date)
      record.finishedAt = date.advanced(bySeconds: 609)
      record.p95 = ordinary.p95.map { $0 * Double.random(in: 0.985...1.015, using: &random) }
      record.commit = Self.commit(ago + 1 + day)
      records.append(record)
    }
    records.append(ordinary)
    try await write()
  }

  /// A night, recorded as a run records itself.
  @discardableResult func run(_ night: Night) async throws -> ResultDocument {
    var demo = DemoNight(ago: night.ago)
    (demo.level, demo.step, demo.errorRate, demo.missing) = (
      night.level, night.step, night.errorRate, night.missing
    )
    var plan = RunPlan(
      run: RunID(date: demo.startAt, number: 1), nonce: "nonce-\(night.ago)", suite: "checkout-api",
      shardCount: 10, script: "load/shop.js", scriptDigest: String(repeating: "5e", count: 32),
      createdAt: demo.startAt.advanced(bySeconds: -51), commit: Self.commit(night.ago), ref: "main",
      workflowRunURL: "https://github.com/acme/checkout/actions/runs/\(9_100_000_000 - night.ago)")
    (plan.release, plan.trend) = (night.release, TrendRules(branch: "main"))
    let (run, history) = (DemoRun(night: demo, plan: plan), records)
    let result = try await onOwnThread { ResultDocument(try run.result(history: history)) }
    try await store.putDocument(result, at: RunKeys(plan.run).result)
    if !records.isEmpty {
      records.append(try HistoryRecord(result))
      try await write()
    }
    return result
  }

  /// As people have left the history: with numbers of issues in it.
  func refresh() async throws { records = try await History(store: store, wait: { _ in }).records() }

  private func write() async throws {
    _ = try await store.put(HistoryTable(records).bytes, at: historyKey, if: .always)
  }

  /// 40 hexadecimal digits, the same for the same night.
  static func commit(_ ago: Int) -> String {
    String(String(repeating: String(format: "%02x", (ago * 37 + 11) % 256), count: 20).prefix(38))
      + String(format: "%02x", ago % 256)
  }
}
