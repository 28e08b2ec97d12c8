import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// A run whose thresholds hold, held against the nights before it: the samples' p95 is 14 ms.
@Suite struct DegradedRunTests {
  private let store: DirectoryObjectStore

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  /// A run of the branch main, with its shards' summaries.
  private func handIn(ref: String = "main", rules: TrendRules = TrendRules(branch: "main", profile: "p"))
    async throws
  {
    let sample = Samples.plan()
    var plan = RunPlan(
      run: sample.run, nonce: sample.nonce, suite: sample.suite, shardCount: 1, script: sample.script,
      scriptDigest: sample.scriptDigest, createdAt: sample.createdAt, ref: ref)
    plan.trend = rules
    let keys = RunKeys(Samples.run)
    try await store.putDocument(plan, at: keys.plan)
    try await Samples.started(store)
    try await store.putDocument(Samples.Document(grid: Samples.summary()), at: keys.summary(0))
  }

  /// The nights before, the last one a day ago.
  private func write(p95s: [Double], profile: String = "p", ref: String = "main") async throws {
    let records = p95s.enumerated().map { index, p95 in
      var record = HistoryRecord(
        suite: "suite", run: RunID("night-\(index)")!,
        startedAt: Samples.instant(Double(index - p95s.count) * 86_400), verdict: .pass)
      (record.p95, record.profile, record.ref) = (p95, profile, ref)
      return record
    }
    _ = try await store.put(HistoryTable(records).bytes, at: historyKey, if: .always)
  }

  private func judged() async throws -> RunResult {
    try await StoredRun(store: store, run: Samples.run).judged(flags: [], now: Samples.instant(200))
  }

  private let usual = [Double](repeating: 10, count: 14)

  @Test func `the third night above the usual is degraded, and says since when`() async throws {
    try await handIn()
    try await write(p95s: usual + [14, 13.8])
    let result = try await judged()
    #expect(result.decision.verdict == .degraded)
    #expect(
      result.decision.reasons == [
        "the last three nights (p95 14, 14, 14 ms) have a median of 14 ms, 40 % above the usual 10 ms; it likely began with run night-14"
      ])
    let document = ResultDocument(result)
    #expect(document.trend?.usual == 10 && document.trend?.noise == 0.2 && document.trend?.nights == 14)
    #expect(document.trend?.onset == RunID("night-14") && document.trend?.beforeOnset == RunID("night-13"))
    let line = try HistoryRecord(document)
    #expect(line.usual == 10 && line.noise == 0.2 && line.step == RunID("night-14"))
    #expect(line.verdict == .degraded && line.profile == "p" && line.ref == "main")
    #expect(RunReport(result: result, store: nil).text.contains("the p95 is 40 % above the usual 10 ms"))
  }

  @Test func `one night above the usual passes, and a missed one is no night`() async throws {
    try await handIn()
    try await write(p95s: usual + [10, 10])
    let result = try await judged()
    #expect(result.decision.verdict == .pass && result.standing?.isSpike == true)
    #expect(result.standing?.lastGreen?.run == RunID("night-15"))
  }

  @Test func `too few nights, another profile or another branch say nothing`() async throws {
    try await handIn()
    try await write(p95s: usual.dropLast() + [14, 14])
    #expect(try await judged().decision.verdict == .pass)
    #expect(try await judged().standing?.range == nil)
    #expect(
      RunReport(result: try await judged(), store: nil).text
        .contains("what is usual is known from 17 complete nights on: 16 like this one so far"))
    for (profile, ref) in [("other", "main"), ("p", "feature")] {
      try await write(p95s: usual + [14, 14], profile: profile, ref: ref)
      let result = try await judged()
      #expect(result.decision.verdict == .pass && result.standing?.nights == 1)
      #expect(result.standing?.isOtherProfile == (profile == "other"))
    }
  }

  @Test func `a run of another branch is shown beside the nights, and is never degraded`() async throws {
    try await handIn(ref: "feature")
    try await write(p95s: usual + [14, 14])
    let result = try await judged()
    #expect(result.decision.verdict == .pass)
    #expect(result.standing?.range?.usual == 10)
  }

  @Test func `the configured sensitivity counts, and a breach stays a fail`() async throws {
    try await write(p95s: usual + [14, 14])
    try await handIn(rules: TrendRules(branch: "main", sensitivityName: "quiet", profile: "p"))
    #expect(try await judged().decision.verdict == .degraded)
    let slight = [Double](repeating: 13.2, count: 14) + [14, 14]
    try await write(p95s: slight)
    #expect(try await judged().decision.verdict == .pass)
    try await handIn(rules: TrendRules(branch: "main", sensitivityName: "keen", profile: "p"))
    #expect(try await judged().decision.verdict == .degraded)
    let strict = try await StoredRun(store: store, run: Samples.run).judged(
      flags: ["http_req_duration=p(95)<13"], now: Samples.instant(200))
    #expect(strict.decision.verdict == .fail && strict.standing?.step != nil)
  }

  @Test func `a damaged history does not keep a run from being judged`() async throws {
    try await handIn()
    _ = try await store.put(Array("schema;suite\r\n".utf8), at: historyKey, if: .always)
    let result = try await judged()
    #expect(result.decision.verdict == .pass && result.standing == nil)
    #expect(
      RunReport(result: result, store: nil).text.contains("it was not held against the nights before it"))
  }
}
