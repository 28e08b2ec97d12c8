import Shared
import Testing

@testable import Coordinator

@Suite struct ShardCapacityTests {
  private func plan(_ vus: [Int?]) -> ScriptPlan {
    ScriptPlan(
      thresholds: [],
      scenarios: vus.enumerated().map {
        .init(name: "s\($0)", executor: "constant-vus", plannedSeconds: 1, vus: $1)
      }, maxVUs: 20, totalSeconds: 1)
  }

  @Test(
    arguments: [
      ([6], 6, 6), ([60], 60, 10), ([6, 3, 9], 3, 3), ([nil, 4], 4, 4), ([0, 5], 5, 5), ([1], 1, 1),
      ([], nil, nil), ([nil], nil, nil), ([0], nil, nil),
    ] as [([Int?], Int?, Int?)])
  func `the scenario with the fewest VUs says how many shards there may be`(
    vus: [Int?], most: Int?, auto: Int?
  ) {
    #expect(plan(vus).maxShards == most)
    let capacity = ShardCapacity(plan: plan(vus), script: "load.js")
    #expect(capacity.shardsByItself == auto)
    guard let most else { return #expect(capacity.refusal(10_000) == nil, "nobody knows") }
    #expect(capacity.refusal(most) == nil)
    #expect(
      capacity.refusal(most + 1)?.description.contains("use --shards \(most) (or --shards auto)") == true)
  }

  @Test func `the refusal is one sentence with the scenario and the number to use`() throws {
    #expect(
      ShardCapacity(plan: plan([6]), script: "load.js").refusal(10)?.description
        == "10 shards are too many for scenario 's0' of load.js, which has 6 VUs: use --shards 6 (or --shards auto)"
    )
    #expect(
      ShardCapacity(plan: plan([1]), script: "load.js").refusal(2)?.description.contains("1 VU:") == true)
  }

  @Test func `a given number stands where nobody could be asked, auto does not`() throws {
    let failed = InspectionAnswer.failed("k6 (k6) could not be started")
    #expect(try ShardCount.exactly(9).fitting(failed, script: "load.js") == 9)
    #expect(try ShardCount.exactly(6).fitting(.plan(plan([6])), script: "load.js") == 6)
    #expect(try ShardCount.auto.fitting(.plan(plan([6])), script: "load.js") == 6)
    #expect(throws: UsageError.self) {
      try ShardCount.exactly(7).fitting(.plan(plan([6])), script: "load.js")
    }
    for (answer, words) in [
      (failed, "k6 (k6) could not be started"), (.plan(plan([nil])), "give a number"),
    ] {
      let refusal = #expect(throws: UsageError.self) {
        try ShardCount.auto.fitting(answer, script: "load.js")
      }
      #expect(refusal?.description.contains(words) == true)
    }
  }
}
