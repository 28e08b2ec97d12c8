import Shared
import Testing

@testable import Coordinator

@Suite struct PageHistoryTests {
  private func history(_ records: [HistoryRecord]) -> PageHistory {
    PageHistory(Nights(records, suite: "checkout", branch: nil), .normal)
  }

  @Test func `seventeen ordinary nights say what is usual`() {
    let nights = history(NightSamples.calm(0..<17)).nights
    #expect(nights.dropLast().allSatisfy { $0.range == nil })
    #expect(nights.last?.range?.usual == 640)
    #expect(nights.last?.range?.nights == 14)
  }

  @Test func `a night that is not ordinary is shown beside what was usual`() {
    var records = NightSamples.calm(3..<30)
    records.append(NightSamples.record(2, p95: 300, .fail) { $0.stopped = "threshold" })
    records.append(NightSamples.record(1, p95: nil, .incomplete) { $0.profile = nil })
    records.append(NightSamples.record(0, p95: nil, .incomplete) { $0.profile = "other" })
    let ranges = history(records).nights.suffix(4).map(\.range)
    #expect(ranges[0] != nil && ranges[1] == ranges[0] && ranges[2] == ranges[0])
    #expect(ranges[3] == nil, "of another test nothing is usual yet")
  }

  @Test func `every profile has a usual range of its own`() {
    let records = NightSamples.calm(0..<40).map { record in
      var record = record
      let before = NightSamples.newest.days(since: record.night)
      if before < 20 { (record.profile, record.p95) = ("two", record.p95.map { $0 * 2 }) }
      return record
    }
    let nights = history(records).nights
    #expect(nights[39].range?.usual == 1280)
    #expect(nights[19].range?.usual == 640)
    #expect(nights[20...35].allSatisfy { $0.range == nil })
    #expect(nights.indices.filter { nights[$0].isTestChanged } == [20])
    #expect(history(records).steps.isEmpty, "another test is no step")
  }

  @Test func `a release is new on the first night that has it`() {
    let releases = [nil, "v1", "v1", nil, "v1", "v2", ""]
    let records = releases.enumerated().map { index, release in
      NightSamples.record(6 - index) { $0.release = release }
    }
    #expect(history(records).nights.map(\.newRelease) == [nil, "v1", nil, nil, nil, "v2", nil])
  }

  @Test func `a step has its onset, its night before, and holds while nights stay up`() throws {
    let steps = history(NightSamples.climb()).steps
    let step = try #require(steps.first)
    #expect(steps.count == 1)
    #expect(step.onset.night == NightSamples.date(2))
    #expect(step.before?.night == NightSamples.date(3))
    #expect(step.range.usual == 640 && step.middle == 840)
    #expect(step.last.night == NightSamples.newest && step.isOpen)
  }

  @Test func `a step that came down is over`() throws {
    let up = (5..<9).map { NightSamples.record($0, p95: 840, .fail) }
    let steps = history(NightSamples.calm(0..<5) + up + NightSamples.calm(9..<40)).steps
    let step = try #require(steps.first)
    #expect(steps.count == 1 && !step.isOpen)
    #expect(step.onset.night == NightSamples.date(8))
    #expect(step.last.night == NightSamples.date(4), "on the night after, two of three are still up")
  }

  @Test func `a step that stays becomes the new usual, and another one may follow`() throws {
    let records = NightSamples.calm(0..<120).map { record in
      var record = record
      let before = NightSamples.newest.days(since: record.night)
      record.p95 = record.p95.map { $0 * (before < 20 ? 2 : before < 80 ? 1.4 : 1) }
      return record
    }
    let all = history(records).steps
    #expect(all.map(\.onset.night) == [NightSamples.date(79), NightSamples.date(19)])
    let days = try #require(all.first).last.night.days(since: NightSamples.date(79))
    #expect((14...20).contains(days), "\(days)")
    #expect(all.map(\.isOpen) == [false, false])
    let past = NightSamples.facts(records).upTo(NightSamples.date(10))
    #expect(past.openStep?.range.usual == 896 && past.reference?.date == NightSamples.date(20))
  }

  @Test func `a step of a test that was changed since is over`() throws {
    let records = NightSamples.climb() + [NightSamples.record(-1) { $0.profile = "two" }]
    #expect(history(records).steps.map(\.isOpen) == [false])
  }

  @Test func `a night without a verdict leaves a step open`() {
    let unknown = NightSamples.record(-1, p95: nil, .incomplete) { $0.profile = nil }
    #expect(history(NightSamples.climb() + [unknown]).steps.map(\.isOpen) == [true])
  }

  /// What a past night's page says is what that night's index said.
  @Test func `the past looks as it looked then`() throws {
    let up = (5..<12).map { NightSamples.record($0, p95: 800 + Double($0) * 10, .fail) }
    let records = NightSamples.calm(0..<5) + up + NightSamples.calm(12..<50)
    let now = NightSamples.facts(records)
    for before in 0..<50 {
      let past = now.upTo(NightSamples.date(before))
      let then = NightSamples.facts(records.filter { $0.night <= NightSamples.date(before) })
      #expect(past.nights.map(\.record) == then.nights.map(\.record))
      #expect(past.nights.map(\.range) == then.nights.map(\.range))
      #expect(past.steps.map(\.onset) == then.steps.map(\.onset))
      #expect(past.steps.map(\.last) == then.steps.map(\.last))
      #expect(past.steps.map(\.middle) == then.steps.map(\.middle))
      #expect(past.steps.map(\.isOpen) == then.steps.map(\.isOpen))
      #expect(past.reference?.date == then.reference?.date)
    }
  }

  @Test func `a night is compared with the last usual one, and with none of another test`() {
    #expect(NightSamples.facts(NightSamples.climb()).reference?.date == NightSamples.date(3))
    #expect(NightSamples.facts(NightSamples.calm(0..<9)).reference?.date == NightSamples.date(1))
    let changed = NightSamples.calm(1..<9) + [NightSamples.record(0) { $0.profile = "two" }]
    #expect(NightSamples.facts(changed).reference == nil)
    #expect(NightSamples.facts([]).reference == nil)
    #expect(NightSamples.facts(NightSamples.calm(0..<1)).reference == nil)
  }

  @Test func `days without a run are empty`() {
    let nights = history([NightSamples.record(3), NightSamples.record(0)]).nights
    let days = PageDays(nights, upTo: NightSamples.newest, count: 5)
    #expect(days.map { $0 != nil } == [false, true, false, false, true])
    #expect(days.first == NightSamples.date(4))
    #expect(PageDays(nights, upTo: NightSamples.newest, count: 2).map { $0 != nil } == [false, true])
  }

  @Test func `old nights have no page`() {
    let nights = history([NightSamples.record(400), NightSamples.record(399)]).nights
    #expect(nightAddress(nights[0], newest: NightSamples.newest, root: "../../") == "../../history.csv")
    #expect(nightAddress(nights[1], newest: NightSamples.newest) == "night/2025-10-19/")
  }

  @Test func `what moved most weighs its change by its share`() {
    let then = NightSamples.details([("b", 0.1, 100), ("a", 0.5, 100), ("c", 0.2, 100), ("d", 0.1, 0)])
    let now = NightSamples.details([
      ("a", 0.5, 110), ("b", 0.1, 200), ("c", 0.3, 100), ("new", 0.1, 50), ("d", 0.1, 9),
    ])
    var nights = history(NightSamples.calm(0..<2)).nights
    (nights[0].details, nights[1].details) = (then, now)
    let moves = moved(nights[1], since: nights[0])
    #expect(moves.map(\.endpoint.name) == ["b", "a", "c", "d", "new"])
    #expect(moves.map(\.before?.p95) == [100, 100, 100, 0, nil])
    #expect(moves[0].change == 1 && moves[3].change == 0)
    #expect(moved(nights[1], since: nil).map(\.endpoint.name) == ["a", "b", "c", "d", "new"])
    nights[0].details = nil
    #expect(moved(nights[0], since: nights[1]).isEmpty)
  }
}
