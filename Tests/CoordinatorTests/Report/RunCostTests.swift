import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct RunCostTests {
  private func task(_ members: String) throws -> ECSTask {
    try JSONDecoder().decode(ECSTask.self, from: Data("{\(members)}".utf8))
  }

  /// 40 minutes of it, unless told otherwise.
  private func whole(_ change: (inout ECSTask) -> Void = { _ in }) throws -> ECSTask {
    var task = try task(
      #""lastStatus":"STOPPED","pullStartedAt":1000.25,"stoppingAt":3390.5,"stoppedAt":3400.25,"cpu":"2048","memory":"4096""#
    )
    change(&task)
    return task
  }

  private func cost(_ tasks: [ECSTask], _ prices: FargatePrices = .list) -> RunCost {
    RunCost(tasks.map { FargateUse($0, now: 4000) }, prices: prices)
  }

  @Test func `ten tasks of 40 minutes come to what the list price says`() throws {
    let cost = cost(Array(repeating: try whole(), count: 10))
    #expect(cost.taskSeconds == 24_000 && cost.tasks == 10 && cost.notKnown == [])
    #expect(abs(cost.vCPUHours - 13.3333) < 0.001 && abs(cost.gbHours - 26.6667) < 0.001)
    #expect(abs(cost.usd - 0.65827) < 0.00001)
    #expect(
      cost.sentence
        == "the run cost about 0.66 USD: 10 tasks, 6.7 h of 2 vCPU and 4 GB, at 0.04048 USD a vCPU hour and 0.004445 USD a GB hour (us-east-1's list price)"
    )
  }

  @Test(arguments: [(1003.0, 60.0), (1060.25, 60), (1061, 61), (1000.25, 60)])
  func `seconds are whole, and at least a minute`(end: Double, seconds: Double) throws {
    #expect(cost([try whole { $0.stoppedAt = .init(end) }]).taskSeconds == seconds)
  }

  @Test func `Spot is at most, prices of one's own are said, and sizes that differ are not one`() throws {
    let tasks = [
      try whole { $0.capacityProviderName = .init("FARGATE_SPOT") }, try whole { $0.memory = .init("8192") },
    ]
    let cost = cost(tasks, FargatePrices(vCPUHour: 1, gbHour: FargatePrices.list.gbHour))
    #expect(cost.size == nil && cost.isAtMost)
    #expect(
      cost.sentence
        == "the run cost at most 2.7 USD: 2 tasks, 1.3 h, 2.67 vCPU hours and 8 GB hours, at 1 USD a vCPU hour (as configured) and 0.004445 USD a GB hour (us-east-1's list price), Spot at the price of on demand"
    )
  }

  @Test func `a task that has not ended counts until now, and that is said unless it is stopping`() throws {
    let running = try whole { ($0.lastStatus, $0.stoppingAt, $0.stoppedAt) = ("RUNNING", nil, nil) }
    let stopping = try whole { ($0.lastStatus, $0.stoppedAt) = ("DEPROVISIONING", nil) }
    let cost = cost([running, stopping])
    #expect(cost.taskSeconds == 6000)
    #expect(cost.notKnown == ["1 task counts until now: ECS had not said that they end"])
  }

  /// What ECS says in place of what it should, and what is left out for it.
  @Test(
    arguments: [
      (#""stoppedAt":2000,"cpu":"1024","memory":"2048""#, FargateUse.Gap.noPull),
      (#""pullStartedAt":null,"stoppedAt":2000,"cpu":"1024","memory":"2048""#, .noPull),
      (#""pullStartedAt":"yesterday","stoppedAt":2000,"cpu":"1024","memory":"2048""#, .noPull),
      (#""pullStartedAt":1000,"stoppedAt":{},"cpu":"1024","memory":"2048""#, .noEnd),
      (#""pullStartedAt":1000,"stoppedAt":999,"cpu":"1024","memory":"2048""#, .oddTimes),
      (#""pullStartedAt":-1e300,"stoppedAt":1e300,"cpu":"1024","memory":"2048""#, .oddTimes),
      (#""pullStartedAt":1000,"stoppedAt":2000,"memory":"2048""#, .noSize),
      (#""pullStartedAt":1000,"stoppedAt":2000,"cpu":1024,"memory":"2048""#, .noSize),
      (#""pullStartedAt":1000,"stoppedAt":2000,"cpu":"nan","memory":"2048""#, .noSize),
      (#""pullStartedAt":1000,"stoppedAt":2000,"cpu":"1024","memory":"-1""#, .noSize),
    ])
  func `an odd answer is left out and said`(members: String, gap: FargateUse.Gap) throws {
    let odd = try task(#""taskArn":"arn","lastStatus":"STOPPED","# + members)
    #expect(odd.taskArn == "arn", "the rest of the answer stands")
    #expect(FargateUse(odd, now: 4000) == .leftOut(gap))
    let both = cost([odd, try whole()])
    #expect(both.tasks == 1 && both.taskSeconds == 2400)
    #expect(both.sentence.hasSuffix("; 1 task is left out: \(gap.rawValue)"), "\(both.sentence)")
    #expect(cost([odd]).sentence.hasPrefix("what the run cost is not known; 1 task is left out"))
  }

  @Test func `a clock that is behind ECS's makes no negative cost`() throws {
    let early = try whole { ($0.lastStatus, $0.pullStartedAt, $0.stoppedAt) = ("RUNNING", .init(5000), nil) }
    #expect(cost([early]).tasks == 0 && cost([early]).usd == 0)
  }

  @Test func `a run is shown with its cost, keeps it, and is read without one`() throws {
    var result = RunResult(
      plan: Samples.plan(), outcomes: [.complete(try MeasuredShard(Samples.summary()))], thresholds: [],
      finishedAt: Samples.instant(120))
    let (bare, verdict) = (try encoded(ResultDocument(result)), result.decision.verdict)
    #expect(try decoded(ResultDocument.self, from: bare, name: "it").cost == nil)
    #expect(!RunReport(result: result, store: nil).text.contains("USD"))
    result.cost = cost([try whole()])
    let sentence = try #require(result.cost?.sentence)
    #expect(RunReport(result: result, store: nil).text.contains("\n\(sentence)\n"))
    let links = RunLinks(page: nil, workflowRun: nil, result: "s3://bucket/result.json")
    #expect(JobSummary(result: result, links: links).text.contains("the run cost about 0.07 USD"))
    let document = try encoded(ResultDocument(result))
    #expect(try decoded(ResultDocument.self, from: document, name: "it").cost == result.cost)
    #expect(result.decision.verdict == verdict)
  }

  @Test func `every attempt's task counts, and ends are asked for once more`() async throws {
    let tests = ECSLauncherTests()
    let ecs = FakeECS(tests.clock)
    let launcher = try tests.launcher(ecs, shards: 1)
    try await tests.launch(launcher, 1)
    ecs.end(0) { task in
      (task.stopCode, task.stoppedReason) = ("SpotInterruption", "Spot")
      (task.pullStartedAt, task.stoppedAt) = (.init(50), .init(170))
      (task.cpu, task.memory) = (.init("1024"), .init("2048"))
    }
    _ = try await tests.fate(launcher, 0)
    try await tests.clock.during { try await launcher.launch([Samples.spec(0, attempt: 2)]) }
    // What became of the second one only this look can tell.
    ecs.end(0) { task in
      (task.pullStartedAt, task.stoppedAt) = (.init(50), .init(170))
      (task.cpu, task.memory) = (.init("1024"), .init("2048"))
    }
    #expect(await launcher.cost(isHurried: true)?.tasks == 1, "without a look there is no end of it")
    let cost = try #require(await launcher.cost(isHurried: false))
    #expect(cost.tasks == 2 && cost.taskSeconds == 240 && cost.notKnown == [])
  }
}
