import Shared
import Testing

@testable import Coordinator

@Suite struct StatusTextTests {
  @Test func `a fail says its figure, the others, and which night it is`() throws {
    let facts = try AlertSamples.facts([.pass, .fail, .fail])
    let text = StatusText(facts: facts)
    #expect(text.line == "p95 960 ms > 800 ms · errors 0.31 % · night 2")
    #expect(text.state == .failure)
    #expect(StatusText(facts: facts, release: "v2.40").line.hasPrefix("since v2.40 · p95 960 ms > 800 ms · "))
  }

  @Test func `a floor that is not reached is below it`() throws {
    let floor = AlertSamples.threshold("http_reqs", "rate", "≥ 2000/s", "1871/s", breach: 0.06)
    let facts = try AlertSamples.facts([.fail], thresholds: [floor, AlertSamples.p95])
    #expect(StatusText(facts: facts).line == "1,871 rps < 2,000 rps · p95 652 ms · night 1")
  }

  @Test(arguments: [
    (Verdict.pass, "success"), (.degraded, "success"), (.incomplete, "error"), (.fail, "failure"),
  ])
  func `every verdict has a state`(verdict: Verdict, state: String) throws {
    #expect(StatusText(facts: try AlertSamples.facts([verdict])).state.rawValue == state)
  }

  @Test func `one that was not judged says why`() throws {
    let facts = try AlertSamples.facts([.incomplete], reasons: ["shard 3 is missing", "more"])
    #expect(StatusText(facts: facts).line == "not judged: 1 of 1 shard complete · shard 3 is missing")
  }
}
