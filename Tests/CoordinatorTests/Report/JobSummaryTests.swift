import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct JobSummaryTests {
  private func result(
    shards: Int = 2, missing: Set<Int> = [],
    thresholds: [(String, String)] = [("http_req_duration", "p(95)<800")],
    suite: String = "suite"
  ) throws -> RunResult {
    let plan = RunPlan(
      run: Samples.run, nonce: "nonce", suite: suite, shardCount: shards, script: "load.js",
      scriptDigest: "digest", createdAt: Samples.instant(0),
      workflowRunURL: "https://github.com/acme/shop/actions/runs/42")
    let outcomes = try (0..<shards).map { shard -> ShardOutcome in
      missing.contains(shard)
        ? .missing("its task was stopped")
        : .complete(try MeasuredShard(Samples.summary(shard: shard, of: shards)))
    }
    return RunResult(
      plan: plan, outcomes: outcomes,
      thresholds: try thresholds.map { try Samples.threshold($0.0, $0.1) }, finishedAt: Samples.instant(120))
  }

  private let links = RunLinks(
    page: "https://acme.github.io/shop/#n-1970-01-01",
    workflowRun: "https://github.com/acme/shop/actions/runs/42",
    result: "s3://bucket/shop/2026-11-23/result.json")

  @Test func `a pass has its thresholds, its shards and its links`() throws {
    let text = JobSummary(result: try result(), links: links).text
    #expect(
      text.hasPrefix(
        """
        ### Pass: suite, run 2026-11-23

        | Threshold | Actual |  |  |
        | :-- | --: | :-- | :-- |
        | `http_req_duration p(95)<800` | 14 ms | holds | 786 ms (98.2 %) below the limit |

        <details><summary>2 of 2 shards complete</summary>

        """))
    #expect(text.contains("| 0 | complete | 100 | 14 ms | 1 % | 0 ms | 10 % |"))
    #expect(
      text.hasSuffix(
        "[Trend page](https://acme.github.io/shop/#n-1970-01-01) · [Run log](https://github.com/acme/shop/actions/runs/42) · [Artifacts](https://github.com/acme/shop/actions/runs/42#artifacts) · `s3://bucket/shop/2026-11-23/result.json`\n"
      ))
  }

  @Test func `what does not hold stands first, and is not cut`() throws {
    let many =
      (0..<300).map { ("http_req_duration{name:e\($0)}", "p(95)<800") } + [("http_req_duration", "p(95)<1")]
    let result = try result(shards: 150, missing: [149], thresholds: many)
    let text = JobSummary(result: result, links: links).text
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
    #expect(rows.count == 2 * 102)
    #expect(text.contains("201 more thresholds: all are in the run's result.json."))
    #expect(text.contains("149 of 150 shards complete") && rows.contains { $0.hasPrefix("| 149 | ") })
    #expect(text.contains("| `http_req_duration p(95)<1` | 14 ms | **crossed** |"))
    #expect(text.utf8.count < 60_000)
  }

  /// GitHub reads mentions, references and addresses out of any text, and HTML and tables out of Markdown.
  @Test func `nothing from outside is more than text`() {
    let hostile =
      "@acme/owners <img src=x> #12 | [a](http://x.example) `b` <!-- www.evil.example *bold*\n# head"
    let text = Markdown.text(hostile)
    #expect(
      text
        == "@\u{2060}acme/owners \\<img src=x\\> #\u{2060}12 \\| \\[a\\](http:\u{2060}//x.\u{2060}example) \\`b\\` \\<\\!-- www.\u{2060}evil.\u{2060}example \\*bold\\* # head"
    )
    #expect(
      ["- a", "# a", "+ a", "12. a", "1) a", "a-b 1."].map(Markdown.text) == [
        "\\- a", "\\# a", "\\+ a", "12\\. a", "1\\) a", "a-b 1.",
      ])
    #expect(
      Markdown.code("a`b|c") == "`` a`b\\|c ``" && Markdown.code("") == "` `"
        && Markdown.code("x\ny") == "`x y`")
    #expect(Array(Markdown.code("a|\u{301}").unicodeScalars) == Array("`a\\|\u{301}`".unicodeScalars))
    #expect(Markdown.code("a\\|b") == "a\\\\\\|b" && Markdown.text("a\u{202E}b") == "ab")
    #expect(Markdown.link("a", "javascript:alert(1)") == nil)
    #expect(Markdown.link("a", "https://x.example/(b)") == "[a](https://x.example/%28b%29)")
  }

  @Test func `what did not work, and what was not asked, is said`() throws {
    let text = JobSummary(result: try result(), links: links, problems: ["<b> is away"]).text
    #expect(text.hasSuffix("\n**Not everything worked**\n\n- \\<b\\> is away\n"))
    #expect(text.contains("it was not held against the nights before it."))
    #expect(JobSummary.text(problems: []) == "")
  }

  @Test func `the steps behind are told, one line a figure`() throws {
    let output = WorkflowOutput(result: try result(), links: links)
    #expect(
      output.outputs == """
        verdict=pass
        p95_ms=14
        error_rate=0.01
        rps=20
        run=2026-11-23
        report_url=https://acme.github.io/shop/#n-1970-01-01

        """)
    #expect(output.annotation == nil)
    let none = try result(shards: 1, missing: [0])
    #expect(WorkflowOutput(result: none, links: RunLinks()).outputs.contains("p95_ms=\nerror_rate=\nrps=\n"))
  }

  @Test func `an annotation is one line, whatever the reason says`() throws {
    let crossed = try result(thresholds: [("http_req_duration", "p(95)<1"), ("checks", "rate>0.9")])
    let text = try #require(WorkflowOutput(result: crossed, links: links).annotation)
    #expect(
      text.hasPrefix("::error title=Load test failed::suite: http_req_duration p(95)<1 was crossed: 14 ms"))
    #expect(text.filter { $0 == "\n" }.count == 1 && text.contains("1300 %25"))
    #expect(workflowError("t", "a\n::error::b %0A") == "::error title=t::a ::error::b %250A\n")
    let missing = try result(missing: [1])
    #expect(
      WorkflowOutput(result: missing, links: links).annotation?.hasPrefix(
        "::error title=Load test incomplete::") == true)
  }
}
