import Shared
import Testing

@testable import Coordinator

@Suite struct ReportTests {
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
