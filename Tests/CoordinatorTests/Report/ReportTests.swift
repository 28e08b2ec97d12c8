import Shared
import Testing

@testable import Coordinator

@Suite struct ReportTests {
  private func progress(
    _ index: Int, at: Double, requests: Double, phase: ShardProgress.Phase = .running
  ) -> ShardProgress {
    var durations = Histogram()
    for value in 1...100 { durations.record(Double(value)) }
    return ShardProgress(
      shard: ShardIdentity(
        run: Samples.run, nonce: "nonce", index: index, count: 3, attempt: 1, task: "pid-1"),
      at: Samples.instant(at), startedAt: Samples.instant(100), phase: phase,
      loadStartedAt: phase == .setup ? nil : Samples.instant(101), vus: 4, requests: 50, failedRequests: 1,
      iterations: 50,
      requestsPerSecond: [requests, requests, 1], durations: durations)
  }

  private func table(now: Double = 106) -> ProgressTable {
    ProgressTable(
      run: Samples.run, shards: [progress(0, at: 105, requests: 10), progress(1, at: 98, requests: 20), nil],
      startAt: Samples.instant(100), planned: 15, now: Samples.instant(now))
  }

  @Test func `the live table shows every shard, the silent and the absent too, and all together`() {
    #expect(
      table().lines() == [
        "run 2026-11-23  5 of 15 s, 10 s left  [##########--------------------]",
        "  shard  state        VUs  req/s  p95 ms  errors",
        "  0      running      4    10     95      2 %",
        "  1      silent 8 s   4    20     95      2 %",
        "  2      no word yet  -    -      -       -",
        "  all                 8    30     95      2 %",
      ])
  }

  @Test func `a log gets one line`() {
    #expect(
      table().line
        == "5 of 15 s, 10 s left: 8 VUs, 30 req/s, p95 95 ms, errors 2 %, 2 of 3 shards without word")
  }

  @Test func `a shard that has ended is not silent, and makes no load any more`() {
    let table = ProgressTable(
      run: Samples.run,
      shards: [progress(0, at: 102, requests: 10, phase: .ended), progress(1, at: 112, requests: 20)],
      startAt: Samples.instant(100), planned: 15, now: Samples.instant(113))
    #expect(table.lines()[2] == "  0      ended    0    0      95      2 %")
    #expect(table.lines()[4] == "  all             4    20     95      2 %")
    #expect(table.line.contains("12 of 15 s, 3 s left: 4 VUs, 20 req/s"))
  }

  @Test func `while setup runs no time is gone`() {
    let table = ProgressTable(
      run: Samples.run, shards: [progress(0, at: 112, requests: 0, phase: .setup)],
      startAt: Samples.instant(100),
      planned: 15, now: Samples.instant(113))
    #expect(table.lines()[0].hasPrefix("run 2026-11-23  0 of 15 s, 15 s left  [-----"))
    #expect(table.lines()[2].hasPrefix("  0      setup "))
  }

  @Test func `on a small terminal the merged row stays, and no line wraps`() {
    let shards = (0..<12).map { progress($0, at: 105, requests: 1) }
    let table = ProgressTable(
      run: Samples.run, shards: shards, startAt: Samples.instant(100), planned: 15, now: Samples.instant(106))
    let lines = table.lines(fitting: (rows: 12, columns: 40))
    #expect(lines.count == 11)
    #expect(lines.allSatisfy { $0.count <= 39 })
    #expect(lines[lines.count - 2] == "  ... and 5 more shards")
    #expect(lines[lines.count - 3].hasPrefix("  6 "))
    #expect(lines.last?.hasPrefix("  all ") == true)
    #expect(table.lines(fitting: (rows: 40, columns: 200)) == table.lines())
  }

  @Test func `a lean run says so, and what its summaries are without`() throws {
    func text(_ change: (inout ShardSummary) -> Void) throws -> String {
      var summary = Samples.summary()
      change(&summary)
      let result = RunResult(
        plan: Samples.plan(), outcomes: [.complete(try MeasuredShard(summary))], thresholds: [], problem: nil,
        finishedAt: Samples.instant(120))
      return RunReport(result: result, store: nil).text
    }
    #expect(try !text { _ in }.contains("lean"))
    #expect(try text { $0.lean = true }.contains("the run was lean: k6 made no summary"))
    #expect(
      try text { $0.stream.checksLeftOut = 7 }.contains("7 samples of checks and groups are in no summary"))
  }

  @Test func `a summary from before there were lean runs is read as one that is not`() throws {
    let document = try encoded(Samples.summary())
    #expect(!String(decoding: document, as: UTF8.self).contains("\"lean\""))
    #expect(try decoded(ShardSummary.self, from: document, name: "it").lean == nil)
  }

  @Test func `the report says the verdict first, then why, and what to do`() throws {
    let result = RunResult(
      plan: Samples.plan(shards: 2),
      outcomes: [
        .complete(try MeasuredShard(Samples.summary(of: 2))), .missing("shard 1 is missing: it was killed"),
      ],
      thresholds: [
        try Samples.threshold("http_req_duration", "p(95)<1"),
        try Samples.threshold("http_reqs{name:x}", "rate>1"),
      ],
      problem: nil, finishedAt: Samples.instant(120))
    let text = RunReport(result: result, store: StoreLocation(folder: "/tmp/out")).text
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "INCOMPLETE  run 2026-11-23, suite suite")
    #expect(lines[1] == "  shard 1 is missing: it was killed")
    #expect(lines[2].hasPrefix("  http_req_duration p(95)<1 was crossed: 14 ms against 1 ms"))
    #expect(
      text.contains("NO SAMPLES") && text.contains("check the metric and the tags of http_reqs{name:x}"))
    #expect(text.contains("/tmp/out/2026-11-23/result.json"))
  }
}
