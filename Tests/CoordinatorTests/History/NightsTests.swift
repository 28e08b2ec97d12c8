import Shared
import Testing

@testable import Coordinator

@Suite struct NightsTests {
  private func runs(_ records: [HistoryRecord], branch: String? = "main") -> [String] {
    Nights(records, suite: "suite", branch: branch).all.map(\.run.text)
  }

  private func run(_ name: String, _ hour: Double, _ verdict: Verdict = .pass, p95: Double? = 100)
    -> HistoryRecord
  {
    HistorySamples.night(0, p95: p95, run: name, hour: hour, verdict: verdict)
  }

  @Test func `of a date's runs the newest complete one is its night`() {
    #expect(runs([run("a", 2), run("b", 9, .fail)]) == ["b"])
    #expect(runs([run("b", 9, .fail), run("a", 2)]) == ["b"], "wherever the lines stand")
    #expect(runs([run("a", 2), run("b", 9, .incomplete)]) == ["a"])
    #expect(runs([run("a", 2, .incomplete), run("b", 9), run("c", 23, .incomplete)]) == ["b"])
    #expect(runs([run("a", 2, .incomplete), run("b", 9, .incomplete)]) == ["b"])
    #expect(runs([run("a", 2), run("b", 9, .pass, p95: nil)]) == ["a"], "without a p95 it is not complete")
  }

  @Test func `a night is a date in UTC`() {
    let records = [
      HistorySamples.night(0, run: "a", hour: 23.99), HistorySamples.night(1, run: "b", hour: 0),
    ]
    #expect(runs(records) == ["a", "b"])
  }

  @Test func `other suites and other branches have no nights here`() {
    let records = [
      HistorySamples.night(0), HistorySamples.night(1, suite: "other"),
      HistorySamples.night(2, ref: "feature"),
      HistorySamples.night(3, ref: nil),
    ]
    #expect(runs(records) == ["night-0"])
    #expect(runs(records, branch: nil) == ["night-0", "night-2", "night-3"])
  }

  @Test func `only ordinary nights of one profile make the trend`() {
    let records = [
      HistorySamples.night(0), HistorySamples.night(1, profile: "other"),
      HistorySamples.night(2, verdict: .fail),
      HistorySamples.night(3, verdict: .fail, stopped: "threshold"),
      HistorySamples.night(4, verdict: .incomplete),
      HistorySamples.night(5, verdict: .degraded), HistorySamples.night(6, p95: nil),
    ]
    let nights = Nights(records, suite: "suite", branch: "main")
    #expect(nights.trend(of: "profile", .normal).nights.map(\.run.text) == ["night-0", "night-2", "night-5"])
    #expect(nights.trend(of: "other", .normal).nights.map(\.run.text) == ["night-1"])
    #expect(nights.all.count == 7, "the page shows them all")
  }

  @Test func `the last green night is the newest that passed before`() {
    let records = [
      HistorySamples.night(0), HistorySamples.night(1), HistorySamples.night(2, verdict: .degraded),
      HistorySamples.night(3, verdict: .fail), HistorySamples.night(4, verdict: .incomplete),
      HistorySamples.night(5),
    ]
    let nights = Nights(records, suite: "suite", branch: "main")
    #expect(nights.lastGreen?.run.text == "night-5")
    #expect(
      Nights(Array(records.dropLast()), suite: "suite", branch: "main").lastGreen?.run.text == "night-1")
    #expect(Nights(Array(records[2...3]), suite: "suite", branch: "main").lastGreen == nil)
  }

  /// Somebody tries another load, or a run is aborted, later on the same date.
  @Test func `runs of another profile and aborted ones take no night from a trend`() {
    let nights = (0..<20).flatMap { day -> [HistoryRecord] in
      var (other, aborted) = (HistorySamples.night(day), HistorySamples.night(day, verdict: .fail))
      (other.run, other.profile) = (RunID("other-\(day)")!, "other")
      (aborted.run, aborted.stopped) = (RunID("aborted-\(day)")!, "threshold")
      other.startedAt = other.startedAt.advanced(bySeconds: 3600)
      aborted.startedAt = aborted.startedAt.advanced(bySeconds: 7200)
      return [HistorySamples.night(day), other, aborted]
    }
    let all = Nights(nights, suite: "suite", branch: "main")
    for trend in [all.trend(of: "profile", .normal), all.trends(.normal)["profile"]] {
      #expect(trend?.nights.map(\.run.text) == (0..<20).map { "night-\($0)" })
      #expect(trend?.range(at: 19) != nil)
    }
    #expect(all.all.count == 20 && all.lastGreen?.run.text == "other-19")
    #expect(PageHistory(all, .normal).nights.allSatisfy { $0.record.run.text.hasPrefix("aborted") })
  }

  @Test func `nights on which nothing answered are no measure`() {
    #expect(UsualRange([Double](repeating: 0, count: 28)) == nil)
    #expect(UsualRange([Double](repeating: 0, count: 6) + [Double](repeating: 500, count: 8))?.usual == 500)
  }
}
