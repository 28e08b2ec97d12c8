import Shared
import Testing

@testable import Coordinator

private let thin = PageText.thin

@Suite struct NightsViewTests {
  private func without(_ days: Set<Int>, of count: Int) -> PageFacts {
    var facts = PageSamples.facts(count)
    facts.nights.removeAll { days.contains(PageSamples.last.days(since: $0.date)) }
    return facts
  }

  @Test func `every day of the last thirty has a row, newest first, also one on which nothing ran`() throws {
    let view = try #require(NightsView(without([3], of: 120)))
    #expect(view.rows.count == 30)
    #expect(
      view.rows.map(\.id).prefix(4) == ["n-2026-11-22", "n-2026-11-21", "n-2026-11-20", "n-2026-11-19"])
    let (tonight, gap) = (view.rows[0], view.rows[3])
    #expect(
      (gap.isRun, gap.state, gap.stateWord, gap.day, gap.weekday) == (
        false, "none", "No run", "19 Nov", "Thu"
      ))
    #expect(
      (tonight.isRun, tonight.state, tonight.stateWord, tonight.href) == (
        true, "fail", "Fail", "night/2026-11-22/"
      ))
    #expect((tonight.p95, tonight.vsUsual, tonight.errors) == ("830", "+30\(thin)%", "0.14\(thin)%"))
    #expect((tonight.rps, tonight.shardCount, tonight.commit) == ("2,050", "10/10", "0123456"))
    #expect(
      tonight.commitHref == "https://github.com/acme/checkout/commit/0123456789abcdef0123456789abcdef01234567"
    )
    #expect(tonight.hasCommit && tonight.hasCommitLink && tonight.hasRun && tonight.hasFiles)
  }

  @Test func `older nights are months that begin on a Monday, half a year of them`() throws {
    let view = try #require(NightsView(without([40], of: 500)))
    #expect(view.hasOlder)
    #expect(view.months.map(\.month).first == "October 2026")
    #expect(view.months.map(\.month).last == "May 2026")
    let october = try #require(view.months.first)
    #expect(october.days.prefix { $0.isBlank }.count == 3, "1 October 2026 is a Thursday")
    #expect(october.days.count == 3 + 23, "from the 24th on they are in the table")
    let days = october.days.dropFirst(3).map { $0.isRun ? $0.day : "-" }
    #expect(days.prefix(13).joined(separator: " ") == "1 2 3 4 5 6 7 8 9 10 11 12 -")
    #expect(october.days[3].href == "night/2026-10-01/" && october.days[3].isPass)
    #expect(view.months.flatMap(\.days).count { !$0.isBlank } == 184 - 30)
  }

  @Test func `what is not known has no link, and an address that is none is none`() throws {
    let facts = PageSamples.facts(3) { before, record in
      if before == 0 { (record.commit, record.workflowRunURL, record.artifactsURL) = (nil, nil, nil) }
      if before == 1 {
        (record.workflowRunURL, record.artifactsURL) = ("javascript:alert(1)", "https://a.b/\"><b>")
      }
      if before == 2 { (record.shardsExpected, record.requestRate, record.errorRate) = (nil, nil, nil) }
    }
    let rows = try #require(NightsView(facts)).rows
    #expect(!rows[0].hasCommit && !rows[0].hasRun && !rows[0].hasFiles)
    #expect(rows[1].hasCommit && !rows[1].hasCommitLink && !rows[1].hasRun && !rows[1].hasFiles)
    #expect((rows[2].shardCount, rows[2].rps, rows[2].errors) == ("10/–", "–", "–"))
  }

  @Test func `an incomplete night is not held against the usual`() throws {
    let facts = PageSamples.facts(40, withStep: false) { before, record in
      if before == 0 { record.verdict = .incomplete }
    }
    #expect(NightsView(facts)?.rows[0].vsUsual == "–")
    #expect(NightsView(PageSamples.facts(1))?.rows.count == 1)
    #expect(NightsView(PageSamples.facts(0)) == nil)
  }
}
