import Shared
import Testing

@testable import ShardAgent

@Suite struct StopPatienceTests {
  private static let zero = UTCInstant(nanoseconds: 0)

  private static func at(_ seconds: Double) -> UTCInstant { zero.advanced(bySeconds: seconds) }

  struct Case: Sendable {
    var killAfter = 90.0
    var teardown = 0.0
    var signalled: Double?
    let kills: Double
  }

  @Test(arguments: [
    Case(kills: 90), Case(signalled: 0, kills: 90), Case(teardown: 80, kills: 170),
    Case(teardown: 80, signalled: 0, kills: 95), Case(teardown: 80, signalled: 10, kills: 105),
    Case(teardown: 80, signalled: 100, kills: 170), Case(killAfter: 5, signalled: 0, kills: 5),
    Case(killAfter: 300, teardown: 80, signalled: 0, kills: 300),
  ])
  func `k6 is gone in time for the hand-in before ECS kills`(example: Case) {
    let patience = StopPatience(killAfter: example.killAfter, teardown: example.teardown)
    let end = patience.killsAt(stoppedAt: Self.zero, signalledAt: example.signalled.map(Self.at))
    #expect(end == Self.at(example.kills))
  }

  @Test func `the hand-in has 15 s more`() {
    #expect(StopPatience(killAfter: 90, teardown: 80).handInEnds(signalledAt: Self.zero) == Self.at(110))
    #expect(StopPatience(killAfter: 300, teardown: 0).handInEnds(signalledAt: Self.zero) == Self.at(315))
  }
}
