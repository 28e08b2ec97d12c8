import Shared
import Synchronization
import Testing

@testable import Coordinator

@Suite struct TextDisplayTests {
  private final class Page: Sendable {
    private let text = Mutex("")
    func write(_ more: String) { text.withLock { $0 += more } }
    var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }
    var all: String { text.withLock(\.self) }
  }

  private let page = Page()

  private func display(_ medium: TextDisplay.Medium) -> TextDisplay {
    let page = page
    return TextDisplay(medium) { page.write($0) }
  }

  private func progress(_ now: Double) throws -> GridProgress {
    try Samples.progress([try ShardSamples(at: now).standing()], at: now, planned: 100)
  }

  @Test func `on GitHub there is a line every 30 s, in a group that closes with the load`() throws {
    let display = display(.workflowLog)
    display.launched(Samples.plan(shards: 3))
    display.ready(3, of: 3)
    display.started(at: Samples.instant(100))
    for now in stride(from: 100.0, through: 165, by: 1) { display.progress(try progress(now)) }
    display.ended()
    display.ended()
    #expect(
      page.lines == [
        "run 2026-11-23: suite suite, 3 shards of load.js",
        "3 of 3 shards are ready",
        "all shards start at 1970-01-01T00:01:40Z",
        "::group::The load, every 30 s",
        "30 of 100 s, 70 s left: 4 VUs, 10 req/s, p95 95 ms, errors 1 %",
        "60 of 100 s, 40 s left: 4 VUs, 10 req/s, p95 95 ms, errors 1 %",
        "65 of 100 s, 35 s left: 4 VUs, 10 req/s, p95 95 ms, errors 1 %",
        "::endgroup::",
      ])
  }

  @Test func `a run that never loaded opens no group`() {
    let display = display(.workflowLog)
    display.launched(Samples.plan())
    display.started(at: Samples.instant(100))
    display.ended()
    #expect(!page.all.contains("group"))
  }

  @Test func `elsewhere there is a line every 10 s, and the last one`() throws {
    let display = display(.log)
    display.started(at: Samples.instant(100))
    for now in stride(from: 100.0, through: 112, by: 1) { display.progress(try progress(now)) }
    display.ended()
    #expect(page.lines.dropFirst().map { $0.prefix(12) } == ["10 of 100 s,", "12 of 100 s,"])
  }

  @Test func `on a terminal the table is redrawn in its place, and a shorter one leaves nothing behind`()
    throws
  {
    let display = display(.terminal { (24, 80) })
    display.started(at: Samples.instant(100))
    let two = try (0..<2).map { try ShardSamples(index: $0).standing() }
    display.progress(try Samples.progress(two, at: 101))
    display.progress(try Samples.progress(Array(two.prefix(1)), at: 102))
    #expect(page.all.contains("\u{1B}[5A\u{1B}[2Krun"))
    #expect(page.all.hasSuffix("\n\u{1B}[J"))
  }

  @Test func `no name gives GitHub's runner a command`() throws {
    let display = display(.workflowLog)
    let plan = RunPlan(
      run: Samples.run, nonce: "nonce", suite: "s", shardCount: 1,
      script: "a.js\n::set-env name=A::b\r::error::x\u{2028}##[add-mask]1", scriptDigest: "d",
      createdAt: Samples.instant(0))
    display.launched(plan)
    let name = "checks{check:\n::stop-commands::x ##[command]y}"
    let shard = try ShardSamples(at: 130, submetrics: [(name, Samples.rate(1, of: 2), nil)]).standing()
    display.progress(try Samples.progress([shard], [(name, "rate>0.9")], at: 130))
    display.ended()
    #expect(page.lines.count == 4, "\(page.lines)")
    #expect(page.lines[0].hasSuffix("of a.js : :set-env name=A: :b : :error: :x ## [add-mask]1"))
    #expect(
      page.lines[2].hasSuffix("checks{check: : :stop-commands: :x ## [command]y} rate>0.9: CROSSED, 50 %"))
    let others = [page.lines[0], page.lines[2]]
    #expect(others.allSatisfy { !$0.contains("::") && !$0.contains("##[") })
  }

  @Test(arguments: [
    ("plain", "plain"), ("::error::x", ": :error: :x"), (":::", ": : :"), ("##[group]", "## [group]"),
    ("###[x", "### [x"), ("a\n::b", "a\n: :b"), (":\u{308}:", ":\u{308}:"), ("#[x]", "#[x]"),
  ])
  func `what begins a command is broken apart, and nothing else`(text: String, expected: String) {
    #expect(inert(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    #expect(inert(inert(text)) == inert(text))
  }
}
