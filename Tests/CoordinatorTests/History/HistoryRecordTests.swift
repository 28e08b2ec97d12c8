import Shared
import Testing

@testable import Coordinator

@Suite struct HistoryRecordTests {
  private func result(history: [HistoryRecord]? = nil, threshold: String = "p(95)<800") throws -> RunResult {
    var plan = RunPlan(
      run: Samples.run, nonce: "nonce", suite: "suite", shardCount: 2, script: "load.js",
      scriptDigest: "digest",
      createdAt: Samples.instant(0), commit: "c4d8e1a", ref: "main",
      workflowRunURL: "https://github.com/acme/shop/actions/runs/1")
    plan.trend = TrendRules(branch: "main")
    return RunResult(
      plan: plan,
      outcomes: [
        .complete(try MeasuredShard(Samples.summary(shard: 0, of: 2))),
        .complete(
          try MeasuredShard(Samples.summary(shard: 1, of: 2, startAt: Samples.instant(100.25), seconds: 12))),
      ],
      thresholds: [try Samples.threshold("http_req_duration", threshold)], history: history,
      finishedAt: Samples.instant(120.7))
  }

  @Test func `a line says what the run itself says`() throws {
    let result = try result()
    let record = try HistoryRecord(ResultDocument(result))
    guard case .trend(let durations)? = result.summary.metric("http_req_duration") else {
      Issue.record("no durations")
      return
    }
    #expect(record.p95 == durations.displayed(quantile: 0.95))
    #expect((record.average, record.highest) == (durations.average, durations.max))
    #expect(record.requestRate == result.summary.requestRate)
    #expect(record.wallRate == result.summary.wallRate)
    #expect(record.windowSeconds == result.summary.window?.seconds)
    #expect(record.staggerSeconds == 0.25)
    #expect((record.requests, record.failedRequests) == (220, 2))
    #expect(record.errorRate == 2.0 / 220)
    #expect((record.verdict, record.reasons) == (result.decision.verdict, result.decision.reasons))
    #expect(
      (record.suite, record.run, record.ref, record.commit) == ("suite", Samples.run, "main", "c4d8e1a"))
    #expect((record.shardsExpected, record.shardsReceived, record.k6Version) == (2, 2, "1.1.0"))
    #expect(record.profile == result.profile && record.profile != nil)
    #expect(record.highestCPU == 10)
    #expect(record.startedAt == result.summary.startAt)
    #expect((record.usual, record.noise, record.step) == (nil, nil, nil))
  }

  @Test func `result json that is written and read again makes the same line`() throws {
    let document = ResultDocument(try result())
    let read = try decoded(ResultDocument.self, from: encoded(document), name: "result.json")
    #expect(try HistoryRecord(read) == HistoryRecord(document))
  }

  /// A past of which the run of these samples, 14 ms, is the third night of a step.
  private func past(_ profile: String?) -> [HistoryRecord] {
    (0..<30).map { day in
      var night = HistorySamples.night(day, p95: day < 28 ? 10 : 14, profile: profile)
      night.startedAt = Samples.instant(Double(day - 40) * 86_400)
      return night
    }
  }

  @Test func `a line says what the gate believed of the nights before`() throws {
    let profile = try result().profile
    let result = try result(history: past(profile))
    let standing = try #require(result.standing)
    #expect(result.decision.verdict == .degraded)
    let document = ResultDocument(result)
    for document in [document, try decoded(ResultDocument.self, from: encoded(document), name: "it")] {
      let record = try HistoryRecord(document)
      #expect((record.usual, record.noise) == (10, 0.2))
      #expect(record.step == RunID("night-28") && record.step == standing.step?.onset.run)
      #expect(record.verdict == .degraded)
      // Held against the same past, the line comes to what was decided.
      #expect(Standing(of: record, in: past(profile) + [record], rules: document.plan.trend!) == standing)
    }
  }

  @Test func `a fail stays a fail inside a step, which is recorded`() throws {
    let profile = try result().profile
    let record = try HistoryRecord(ResultDocument(try result(history: past(profile), threshold: "p(95)<5")))
    #expect(record.verdict == .fail && record.step == RunID("night-28"))
  }

  @Test func `of a run without a summary only the plan is known`() throws {
    let result = RunResult(
      plan: Samples.plan(), outcomes: [.missing("shard 0 is missing: it was killed")], thresholds: [],
      finishedAt: Samples.instant(120))
    let record = try HistoryRecord(ResultDocument(result))
    #expect(record.verdict == .incomplete)
    #expect((record.p95, record.requests, record.profile, record.k6Version) == (nil, nil, nil, nil))
    #expect((record.shardsExpected, record.shardsReceived) == (1, 0))
    #expect(record.startedAt == Samples.instant(0))
    #expect(try HistoryTable(HistorySamples.file([record])).records == [record])
  }
}
