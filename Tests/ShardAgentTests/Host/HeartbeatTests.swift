import Shared
import Testing

@testable import ShardAgent

@Suite struct HeartbeatTests {
  @Test(
    arguments: [
      ([], false, "no agent runs here"), ([100], true, "the agent (load) was alive 0 s ago"),
      // One that was killed leaves its last beat behind; one that came later counts.
      ([3, 95], true, "the agent (load) was alive 5 s ago"),
      ([70], true, "the agent (load) was alive 30 s ago"),
      ([69], false, "the agent (load) has not been heard of for 31 s"),
    ] as [([Double], Bool, String)])
  func `an agent is alive while its newest beat is young`(at: [Double], isAlive: Bool, sentence: String) {
    let verdict = Heartbeat.verdict(
      of: at.map { Heartbeat(phase: .load, uptime: $0) }, uptime: 100, within: 30)
    #expect(verdict.isAlive == isAlive)
    #expect(verdict.sentence == sentence)
  }

  @Test func `a phase is where the course is`() {
    var course = ShardConductor.Course()
    #expect(ShardPhase().current == .preparing && course.heartbeatPhase == .waiting)
    course.startedAt = UTCInstant(nanoseconds: 1)
    #expect(course.heartbeatPhase == .load)
    course.loadEndedAt = UTCInstant(nanoseconds: 1)
    #expect(course.heartbeatPhase == .ending)
  }
}
