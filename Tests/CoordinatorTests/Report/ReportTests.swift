import Shared
import Testing

@testable import Coordinator

@Suite struct ReportTests {
  @Test func `a lean run says so, and what its summaries are without`() throws {
    func text(_ change: (inout ShardSummary) -> Void) throws -> String {
      var summary = Samples.summary()
      change(&summary)
      let result = RunResult(
        plan: Samples.plan(), outcomes: [.complete(try MeasuredShard(summary))], thresholds: [],
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
    let text = RunReport(result: result, store: .folder("/tmp/out")).text
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "INCOMPLETE  run 2026-11-23, suite suite")
    #expect(lines[1] == "  shard 1 is missing: it was killed")
    #expect(lines[2].hasPrefix("  http_req_duration p(95)<1 was crossed: 14 ms against 1 ms"))
    #expect(
      text.contains("NO SAMPLES") && text.contains("check the metric and the tags of http_reqs{name:x}"))
    #expect(text.contains("/tmp/out/2026-11-23/result.json"))
  }
}
