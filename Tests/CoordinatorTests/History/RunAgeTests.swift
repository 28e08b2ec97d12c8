import Shared
import Testing

@testable import Coordinator

@Suite struct RunAgeTests {
  private func sentence(_ hours: Double?, within: Double = 30) -> String {
    let records = hours.map { _ in [HistorySamples.night(0)] } ?? []
    let now = HistorySamples.night(0).startedAt.advanced(bySeconds: (hours ?? 0) * 3600)
    let age = RunAge(Nights(records, suite: "suite", branch: "main"), now: now)
    return age.sentence(suite: "suite", within: within * 3600)
  }

  @Test func `a night that never came is told by the age of the one before`() {
    #expect(sentence(29) == "the newest run of suite suite is night-0, pass, which began 29 h ago")
    #expect(
      sentence(52.5)
        == "the newest run of suite suite is night-0, pass, which began 2 d 4 h ago, more than 30 h: the night after it never came"
    )
    #expect(sentence(1.25, within: 1).contains("1 h 15 min ago, more than 1 h"))
    #expect(sentence(nil) == "no run of suite suite is in the history yet")
  }

  @Test func `a clock that is behind makes no run old`() {
    let run = HistorySamples.night(1)
    let age = RunAge(
      Nights([run], suite: "suite", branch: nil), now: run.startedAt.advanced(bySeconds: -7200))
    #expect(age.age < 0)
    #expect(age.sentence(suite: nil, within: 60).contains("began 0 min ago"))
  }
}
