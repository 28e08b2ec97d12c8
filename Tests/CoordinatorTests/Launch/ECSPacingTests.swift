import Shared
import Testing

@testable import Coordinator

@Suite struct ECSPacingTests {
  /// When each of so many calls goes, asked for at once.
  private func times(_ bucket: TokenBucket, _ count: Int) -> [Double] {
    var bucket = bucket
    return (0..<count).map { _ in bucket.take(at: Samples.instant(0)) }
  }

  @Test func `in no second there are more than 20 launches, and 100 take less than seven seconds`() throws {
    let times = times(.launches(at: Samples.instant(0)), 100)
    for time in times { #expect(times.filter { $0 >= time && $0 < time + 1 }.count <= 20) }
    #expect(try #require(times.last) < 7)
    #expect(times[9] < 0.4)
  }

  @Test func `100 stops go at once, more at 40 a second`() {
    let times = times(.changes(at: Samples.instant(0)), 140)
    #expect(times[99] == 0 && abs(times[139] - 1) < 1e-9)
  }

  @Test func `reads are paced at 100 and 20`() {
    let times = times(.reads(at: Samples.instant(0)), 120)
    #expect(times[99] == 0 && abs(times[119] - 1) < 1e-9)
  }

  @Test func `a bucket fills up again, never over its size, and not by a clock that was set back`() {
    var bucket = TokenBucket(size: 2, refill: 1, at: Samples.instant(100))
    let waits = [100, 100, 100, 50, 52, 1000, 1000, 1000].map { bucket.take(at: Samples.instant($0)) }
    #expect(waits == [0, 0, 1, 2, 1, 0, 0, 1])
  }

  @Test(
    arguments: [
      (3, [], ["FARGATE!", "FARGATE!", "FARGATE!"]),
      (
        4, [("FARGATE_SPOT", 3, 0), ("FARGATE", 1, 0)],
        ["FARGATE_SPOT", "FARGATE_SPOT", "FARGATE", "FARGATE_SPOT"]
      ),
      (3, [("FARGATE_SPOT", 1, 0), ("FARGATE", 0, 1)], ["FARGATE", "FARGATE_SPOT", "FARGATE_SPOT"]),
      (2, [("FARGATE_SPOT", 1, 0), ("FARGATE", 1, 5)], ["FARGATE", "FARGATE"]),
      (
        4, [("FARGATE_SPOT", 1, 0), ("FARGATE", 1, 0)],
        ["FARGATE_SPOT", "FARGATE", "FARGATE_SPOT", "FARGATE"]
      ),
      (2, [("FARGATE_SPOT", 1, 0)], ["FARGATE_SPOT", "FARGATE_SPOT"]),
    ] as [(Int, [(String, Int, Int)], [String])])
  func `shards are dealt by base and weight`(shards: Int, providers: [(String, Int, Int)], expected: [String])
  {
    let dealt = ECSPlacement.dealt(
      shards, over: providers.map { .init(name: $0.0, weight: $0.1, base: $0.2) })
    #expect(
      dealt.map {
        switch $0 {
        case .launchType(let type): "\(type)!"
        case .provider(let name): name
        }
      } == expected)
  }

  @Test func `a hundred shards are dealt in the ratio of the weights`() {
    let dealt = ECSPlacement.dealt(
      101,
      over: [.init(name: "FARGATE_SPOT", weight: 3, base: 0), .init(name: "FARGATE", weight: 1, base: 1)])
    #expect(dealt[0] == .provider("FARGATE") && dealt.filter(\.isSpot).count == 75)
  }

  @Test func `a try has another number only when ECS has said no for certain`() {
    var tries = ECSLaunchTries(ECSTimings())
    var seen: [(Double?, Int)] = []
    let refusals: [ECSRefusal] = [
      .unanswered("x"), .unanswered("x"), .unanswered("x"), .unanswered("x"), .unanswered("x"),
      .capacity("x"),
      .unanswered("x"), .capacity("x"), .capacity("x"), .capacity("x"), .capacity("x"), .shard("x"),
      .final("x"),
      .conflict("x"),
    ]
    for refusal in refusals { seen.append((tries.wait(after: refusal), tries.number)) }
    #expect(seen.map(\.0) == [1, 2, 4, 8, 10, 10, 1, 20, 40, 60, 60, nil, nil, nil])
    #expect(seen.map(\.1) == [1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 6, 6, 6])
  }
}
