import Foundation
import Shared
import TestSupport

@testable import Coordinator

/// Stores whose texts attack the page, and whose amounts are beyond what it can show. Everything goes through the same
/// documents as in a real run.
enum HostileStore {
  /// The first three are one Character of Swift's with the quote or bracket that they touch.
  static let texts = [
    "\"\u{301} onmouseover=alert(1) x=\"", "\u{d4e}<img src=x onerror=alert(1)>", "<\u{338}b>bold</b>",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP TABLE nights; --",
    "{{#boom}}{{/boom}} {{{raw}}}", "GET /\u{202e}مرحبا/שלום", "مرحبا بالعالم /cart",
    "GET /" + String(repeating: "very-long-segment/", count: 17),
    "GET /" + String(repeating: "x", count: 295),
    "a\tb\nc\u{0}d\u{1b}[31m", "&lt;b&gt; &amp; %3Cscript%3E", "</style></script><!--", "GET /🛒/✓",
    "=cmd|' /C calc'!A0",
  ]

  /// What has to be read on its page as it is.
  static let shown = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{#boom}}{{/boom}} {{{raw}}}",
    "&lt;b&gt; &amp; %3Cscript%3E",
  ]

  /// Two hundred endpoints, of which those that attack carry a step, so that they are what moved most.
  private static let endpoints =
    texts.map { DemoEndpoint($0, share: 0.005, p95: 560, burden: 1) }
    + (0..<(200 - texts.count)).map {
      DemoEndpoint("GET /endpoint/\($0)", share: 0.005, p95: 420 + Double($0), burden: 0)
    }

  /// Ten years, and a newest night on which all is odd.
  static func write(to folder: URL, days: Int = 3650) async throws {
    var records = try (3..<days).reversed().compactMap { try line(ago: $0) }
    for ago in [2, 1, 0] {
      var night = DemoNight(ago: ago)
      if ago == 0 { (night.step, night.missing) = (0.6, [1]) }
      records.append(try await store(night, history: records, in: folder, shards: 2))
    }
    try await write(records, to: folder)
  }

  /// Ordinary nights, and then one on which not one request was sent.
  static func writeSilent(to folder: URL) async throws {
    var records: [HistoryRecord] = []
    for ago in (0..<20).reversed() {
      var night = DemoNight(ago: ago)
      if ago == 0 { night.requestRate = 0 }
      records.append(try await store(night, history: records, in: folder, shards: 3, DemoEndpoint.shop))
    }
    try await write(records, to: folder)
  }

  private static func store(
    _ night: DemoNight, history: [HistoryRecord], in folder: URL, shards: Int,
    _ endpoints: [DemoEndpoint] = Self.endpoints
  ) async throws -> HistoryRecord {
    let run = DemoRun(night: night, plan: plan(night, shards: shards), endpoints: endpoints)
    let result = try await onOwnThread { ResultDocument(try run.result(history: history.suffix(60))) }
    try await DirectoryObjectStore(folder: folder.path).putDocument(result, at: RunKeys(run.plan.run).result)
    return try HistoryRecord(result)
  }

  private static func write(_ records: [HistoryRecord], to folder: URL) async throws {
    _ = try await DirectoryObjectStore(folder: folder.path)
      .put(HistoryTable(records).bytes, at: historyKey, if: .always)
  }

  private static func plan(_ night: DemoNight, shards: Int) -> RunPlan {
    var plan = RunPlan(
      run: RunID(date: night.startAt, number: 1), nonce: "n", suite: suite, shardCount: shards,
      script: texts[3], scriptDigest: "d", createdAt: night.startAt, commit: texts[4], ref: branch,
      workflowRunURL: night.ago == 0 ? "javascript:alert(1)" : "https://x.example/\(texts[3])/actions/runs/1")
    plan.release = texts[night.ago % texts.count]
    plan.trend = TrendRules(branch: branch)
    return plan
  }

  private static let suite = String(repeating: "checkout-api.", count: 19) + "checkout"
  private static let branch = texts[0]

  /// A night's line; one in a hundred is missing, one in five hundred a spike.
  private static func line(ago: Int) throws -> HistoryRecord? {
    var random = DemoRandom(seed: ago)
    if random.unit() < 0.01 { return nil }
    let (night, isWhole) = (DemoNight(ago: ago), random.unit() > 0.008)
    var record = HistoryRecord(
      suite: suite, run: RunID(date: night.startAt, number: 1), startedAt: night.startAt,
      verdict: isWhole ? .pass : .incomplete)
    let level = 560 + 90 * sin(Double(ago) / 210)
    let p95 = level * (1 + 0.03 * random.normal()) * (random.unit() < 0.002 ? 9 : 1)
    (record.p50, record.p95, record.p99, record.p999) = (0.4 * p95, p95, 1.6 * p95, 3 * p95)
    (record.requests, record.requestRate, record.errorRate) = (1_230_000, 2050, 0.001)
    (record.shardsExpected, record.shardsReceived) = (2, isWhole ? 2 : 1)
    (record.commit, record.ref, record.reasons) = (
      texts[ago % texts.count], branch, isWhole ? [] : [texts[3]]
    )
    record.release = ago.isMultiple(of: 40) ? texts[ago / 40 % texts.count] : nil
    record.workflowRunURL = "data:text/html,\(texts[3])"
    return record
  }
}
