import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct DemoStoreTests {
  private static let demo = Result { try DemoStore(days: 120) }
  private let records: [HistoryRecord]
  private let results: [ResultDocument]

  init() throws {
    let demo = try Self.demo.get()
    (records, results) = (demo.records, demo.results)
  }

  private func verdicts(_ ago: ClosedRange<Int>) -> [Verdict] {
    records.filter { ago.contains(DemoNight.newest.days(since: $0.night)) }.map(\.verdict)
  }

  @Test func `the newest night is the second that fails, in a step that the rule of the trend found`() throws
  {
    let last = try #require(records.last)
    #expect(last.night.description == "2026-11-22")
    #expect(verdicts(0...3) == [.pass, .degraded, .fail, .fail])
    #expect(last.step?.text == "2026-11-19")
    #expect(last.reasons.first?.hasPrefix("http_req_duration p(95)<800 was crossed: 8") == true)
    #expect(last.usual.map { (620...660).contains($0) } == true)
    #expect(last.issue == 482)
  }

  @Test func `a step two months before was degraded for two weeks, and is usual by now`() throws {
    #expect(Set(verdicts(57...68)) == [.degraded])
    #expect(Set(verdicts(46...55)) == [.pass])
    let (before, after) = (records.first { $0.night.description == "2026-09-10" }?.usual, records.last?.usual)
    #expect(try #require(after) > 1.1 * #require(before))
  }

  @Test func `everything else happens once or twice, and most nights pass`() {
    #expect(verdicts(37...37) == [.fail] && verdicts(32...36) == Array(repeating: .pass, count: 5))
    #expect(verdicts(31...31) == [.fail])
    #expect(records.filter { $0.verdict == .incomplete }.map(\.shardsReceived) == [9, 7])
    #expect(records.count == 116)
    #expect(records.filter { $0.verdict == .pass }.count > 90)
    #expect(records.compactMap(\.release).last == "v2.41" && records.compactMap(\.release).count > 10)
    #expect(records.allSatisfy { $0.shardsExpected == 10 && $0.ref == "main" })
    #expect(Set(records.compactMap(\.profile)).count == 1)
  }

  @Test func `the newest forty days have a result, from which their lines can be made again`() throws {
    #expect(results.count == 39)
    #expect(results.first?.plan.run.text == "2026-10-14")
    for (result, record) in zip(results, records.suffix(results.count)) {
      var again = try HistoryRecord(decoded(ResultDocument.self, from: encoded(result), name: "result.json"))
      again.issue = record.issue
      #expect(again == record)
    }
    let names = Set(try #require(results.last).metrics.compactMap { $0.tags["name"] })
    #expect(names == Set(DemoEndpoint.shop.map(\.name)))
  }

  @Test func `the figures of the older lines are of the same load`() throws {
    for figure in [\HistoryRecord.p50, \.p90, \.p95, \.p99, \.p999, \.average, \.requestRate] {
      let (lines, runs) = (records[60..<75], records[90..<105])
      let ratio =
        median(lines.compactMap { $0[keyPath: figure] }) / median(runs.compactMap { $0[keyPath: figure] })
      #expect((0.95...1.05).contains(ratio), "\(figure)")
    }
  }

  @Test func `the same nights are made up every time, however many`() throws {
    let (once, again) = (try DemoStore(days: 3).objects(), try DemoStore(days: 3).objects())
    #expect(
      once.map(\.key.text) == [
        "2026-11-20/result.json", "2026-11-21/result.json", "2026-11-22/result.json", "history.csv",
      ])
    #expect(once.map(\.bytes) == again.map(\.bytes))
    #expect(try DemoStore(days: 3).records.map(\.p95) == records.suffix(3).map(\.p95))
    #expect(try HistoryTable(try #require(once.last).bytes).records.count == 3)
    #expect(try DemoStore(days: 0).records.isEmpty)
  }
}
