import Shared
import Testing

@testable import Coordinator

@Suite struct StandingTests {
  private let past = HistorySamples.nights((0..<30).map { 100 + Double($0 % 3) })

  private func standing(
    _ run: HistoryRecord, after history: [HistoryRecord]? = nil, branch: String? = "main",
    _ sensitivity: String? = nil
  ) -> Standing {
    Standing(
      of: run, in: history ?? past, rules: TrendRules(branch: branch, sensitivityName: sensitivity))
  }

  private var risen: [HistoryRecord] { past + HistorySamples.nights([120, 121], from: 30) }

  @Test func `the third night of a step is degraded, and says since when`() {
    let standing = standing(HistorySamples.night(32, p95: 122), after: risen)
    #expect(standing.step?.onset == risen[30])
    #expect(standing.step?.before == risen[29])
    #expect(standing.lastThree == [120, 121, 122])
    #expect(
      standing.sentence
        == "the last three nights (p95 120, 121, 122 ms) have a median of 121 ms, 20 % above the usual 101 ms; it likely began with run night-30"
    )
    #expect(self.standing(HistorySamples.night(32, p95: 100)).sentence == nil)
  }

  @Test func `a run of another branch is shown beside the nights and is never degraded`() {
    let run = HistorySamples.night(32, p95: 500, ref: "feature")
    let standing = standing(run, after: risen)
    #expect(standing.step == nil && standing.sentence == nil && standing.lastThree == [])
    #expect(!standing.isSpike && !standing.isFaster)
    #expect(standing.range?.usual == 101)
    #expect(standing.lastGreen == risen[31])
    #expect(self.standing(HistorySamples.night(32, p95: 500), after: risen).step != nil)
  }

  @Test func `without a configured branch a run is held against those of its own`() {
    let own = risen.map { night in
      var night = night
      night.ref = "feature"
      return night
    }
    let run = HistorySamples.night(32, p95: 122, ref: "feature")
    #expect(standing(run, after: own, branch: nil).step != nil)
    #expect(standing(run, after: risen, branch: nil).range == nil)
  }

  @Test func `a second run of a date takes the place of the first`() {
    let first = HistorySamples.night(32, p95: 100)
    let second = HistorySamples.night(32, p95: 122, run: "second", hour: 5)
    let standing = standing(second, after: risen + [first])
    #expect(standing.lastThree == [120, 121, 122])
    #expect(standing.nights == 33)
    #expect(standing.step != nil && standing.lastGreen == first)
  }

  @Test func `an incomplete run is no night, and does not take a complete one's place`() {
    let run = HistorySamples.night(32, p95: 500, verdict: .incomplete)
    let alone = standing(run, after: risen)
    #expect(alone.step == nil && alone.lastThree == [] && !alone.isSpike)
    #expect(alone.range?.usual == 101)
    let first = HistorySamples.night(32, p95: 122)
    let second = HistorySamples.night(32, p95: 500, run: "second", hour: 5, verdict: .incomplete)
    #expect(standing(second, after: risen + [first]).step == nil, "degraded is the first, not the second")
  }

  @Test func `a run that was ended before its time is no night`() {
    let run = HistorySamples.night(32, p95: 500, verdict: .fail, stopped: "threshold")
    #expect(standing(run, after: risen).step == nil)
  }

  @Test func `incomplete and missing nights are passed over`() {
    var nights = risen.map { night in
      HistorySamples.night(night.night.days(since: past[0].night) * 3, p95: night.p95, run: night.run.text)
    }
    nights += (0..<32).map {
      HistorySamples.night($0 * 3 + 1, p95: $0 % 2 == 0 ? 900 : nil, run: "i\($0)", verdict: .incomplete)
    }
    let standing = standing(HistorySamples.night(96, p95: 122), after: nights)
    #expect(standing.lastThree == [120, 121, 122] && standing.range?.nights == 28)
  }

  @Test func `another profile begins anew, and is said once`() {
    let changed = HistorySamples.night(32, p95: 500, profile: "other")
    let first = standing(changed, after: risen)
    #expect(first.range == nil && first.step == nil && first.nights == 1)
    #expect(first.isOtherProfile)
    let second = HistorySamples.night(33, p95: 500, profile: "other")
    #expect(!standing(second, after: risen + [changed]).isOtherProfile)
  }

  @Test func `a night whose profile is not known is no change of it`() {
    let lost = HistorySamples.night(32, p95: nil, verdict: .incomplete, profile: nil)
    #expect(!standing(lost, after: risen).isOtherProfile)
    #expect(!standing(HistorySamples.night(33), after: risen + [lost]).isOtherProfile)
    #expect(standing(HistorySamples.night(33, profile: "other"), after: risen + [lost]).isOtherProfile)
    #expect(!standing(HistorySamples.night(0), after: []).isOtherProfile)
  }

  @Test func `what began later, and the run's own line, are not its past`() {
    let run = HistorySamples.night(32, p95: 122)
    let whole = risen + [run] + HistorySamples.nights([900, 900], from: 33)
    #expect(standing(run, after: whole) == standing(run, after: risen))
  }

  @Test(arguments: [
    (104.0, nil, false), (107, nil, false), (107, "normal", false), (107, "keen", true),
    (107, "quiet", false),
    (120, "quiet", true), (107, "another", false), (120, "another", true),
  ])
  func `the sensitivity is that of the run's rules, or normal`(
    p95: Double, sensitivity: String?, isDegraded: Bool
  ) {
    let past = HistorySamples.nights(Array(repeating: 100, count: 28) + [p95, p95])
    let standing = standing(HistorySamples.night(30, p95: p95), after: past, sensitivity)
    #expect((standing.step != nil) == isDegraded)
  }

  @Test func `a spike and faster nights are told`() {
    #expect(standing(HistorySamples.night(30, p95: 200)).isSpike)
    let faster = past + HistorySamples.nights([80, 80], from: 30)
    #expect(standing(HistorySamples.night(32, p95: 80), after: faster).isFaster)
  }

  @Test func `the first run has no past`() {
    let standing = standing(HistorySamples.night(0), after: [])
    #expect(standing.range == nil && standing.lastGreen == nil && standing.nights == 1)
    #expect(standing.lastThree == [100])
    let lost = self.standing(HistorySamples.night(0, p95: nil, verdict: .incomplete), after: [])
    #expect(lost.nights == 0 && lost.range == nil)
  }
}
