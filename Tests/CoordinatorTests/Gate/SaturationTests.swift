import Shared
import Testing

@testable import Coordinator

@Suite struct SaturationTests {
  private func sentences(_ generators: [GeneratorHealth], _ limits: GeneratorLimits = .usual) throws
    -> [String]
  {
    let shards = try generators.map {
      ShardOutcome.complete(try MeasuredShard(Samples.summary(generator: $0)))
    }
    return Saturation(limits: limits).sentences(shards)
  }

  private func local(_ share: Double, machine: String = "a") -> GeneratorHealth {
    GeneratorHealth(k6CPUSeconds: 1, cpuLimit: 2, cpuShare: share, machine: machine, machineCPUs: 2)
  }

  @Test func `a shard above 80 % of its own CPU is named`() throws {
    #expect(
      try sentences([local(0.1), local(0.81, machine: "b")]).map { $0.prefix(24) } == [
        "the generator of shard 1"
      ]
    )
    #expect(try sentences([local(0.8)]).isEmpty)
  }

  @Test func `shards of one machine are out of breath together`() throws {
    #expect(
      try sentences([local(0.3), local(0.3), local(0.3)]) == [
        "the machine of shards 0, 1, 2 was out of breath: their k6 and agents used 90 % of its CPU"
      ])
    let two = try sentences([local(0.5), local(0.5), local(0.9, machine: "b"), local(0.1, machine: "b")])
    #expect(two.count == 3, "a shard of its own, and both machines: \(two)")
    #expect(try sentences([local(0.3), local(0.3, machine: "b"), local(0.3, machine: "c")]).isEmpty)
  }

  @Test func `nothing is known of a shard that has not measured itself`() throws {
    #expect(try sentences([GeneratorHealth(k6CPUSeconds: nil, cpuLimit: 2, cpuShare: nil)]).isEmpty)
    #expect(Saturation(limits: .usual).sentences([.missing("it handed in no summary")]).isEmpty)
  }

  @Test func `what the agent uses counts as well`() throws {
    var generator = local(0.5)
    generator.agentCPUShare = 0.31
    #expect(
      try sentences([generator]) == [
        "the generator of shard 0 was out of breath: k6 and its agent used 81 % of its CPU"
      ])
    generator.agentCPUShare = 0.3
    #expect(try sentences([generator]).isEmpty)
    #expect(try sentences([generator, generator]).count == 1, "their machine")
  }

  @Test func `a container whose limit held it up is named, however little CPU it used`() throws {
    var generator = local(0.2)
    generator.throttledShare = 0.06
    #expect(
      try sentences([generator]) == [
        "the generator of shard 0 was out of breath: its CPU limit held it up for 6 % of the time"
      ])
    generator.throttledShare = 0.05
    #expect(try sentences([generator]).isEmpty)
  }

  private func held(share waiting: Double, perTurn: Double) -> GeneratorHealth {
    var generator = local(0.1)
    generator.k6RunDelaySeconds = waiting / (1 - waiting)  // against one second of running
    generator.k6RunDelayPerTurnSeconds = perTurn
    return generator
  }

  @Test func `a k6 that other processes hold back is named, though it used little CPU`() throws {
    #expect(
      try sentences([held(share: 0.8, perTurn: 0.00446)]) == [
        "the generator of shard 0 was out of breath: k6 waited for a CPU during 80 % of the time in which it wanted one, 4.5 ms each time"
      ])
    #expect(try sentences([held(share: 0.39, perTurn: 0.005)]).isEmpty, "it ran for longer than it waited")
    #expect(try sentences([held(share: 0.67, perTurn: 0.0004)]).isEmpty, "waking up takes a moment")
    var unknown = held(share: 0.9, perTurn: 1)
    unknown.k6RunDelayPerTurnSeconds = nil
    #expect(try sentences([unknown]).isEmpty)
  }

  @Test func `the saturated end of a ramp is found, one that has CPU left is not`()
    throws
  {
    var generator = local(0.5)
    generator.cpuSharePeak = 0.88
    #expect(
      try sentences([generator]) == [
        "the generator of shard 0 was out of breath: k6 and its agent used 88 % of its CPU for ten seconds"
      ])
    generator.cpuSharePeak = 0.8
    #expect(try sentences([generator]).isEmpty)
  }

  @Test func `each sign has its limit, and may be off`() throws {
    var generator = held(share: 0.5, perTurn: 0.002)
    (generator.throttledShare, generator.cpuSharePeak) = (0.2, 0.99)
    #expect(try sentences([generator, generator]).count == 6)
    let off = GeneratorLimits(cpu: nil, throttled: nil, runDelay: nil, droppedIterations: nil)
    #expect(try sentences([generator, local(0.9), local(0.9)], off).isEmpty)
    var limits = GeneratorLimits.usual
    (limits.throttled, limits.runDelay, limits.cpu) = (0.3, 0.6, 0.99)
    #expect(try sentences([generator], limits).isEmpty)
  }

  @Test func `dropped iterations are a sign only when somebody says so`() throws {
    var (dropped, done) = (CounterAggregate(), CounterAggregate())
    for _ in 0..<10 { dropped.record(1, at: 0) }
    for _ in 0..<90 { done.record(1, at: 0) }
    let records = [("dropped_iterations", dropped), ("iterations", done)].map {
      SeriesRecord(metric: $0.0, contains: .default, tags: [:], aggregate: .counter($0.1))
    }
    let shard = ShardOutcome.complete(try MeasuredShard(Samples.summary(metrics: records)))
    #expect(DroppedIterations(shard)?.count == 10 && DroppedIterations(shard)?.share == 0.1)
    #expect(Saturation(limits: .usual).sentences([shard]).isEmpty)
    var limits = GeneratorLimits.usual
    limits.droppedIterations = 0.05
    #expect(
      Saturation(limits: limits).sentences([shard]) == [
        "the generator of shard 0 was out of breath: it dropped 10 % of its iterations"
      ])
    #expect(DroppedIterations(.missing("it handed in no summary")) == nil)
  }

  @Test func `a stored run is judged by the limits in its plan, one without by the usual ones`() throws {
    let generator = held(share: 0.8, perTurn: 0.005)
    func result(_ limits: GeneratorLimits?) throws -> RunResult {
      let plan = RunPlan(
        run: Samples.run, nonce: "nonce", suite: "suite", shardCount: 1, script: "load.js",
        scriptDigest: "digest", createdAt: Samples.instant(0), generatorLimits: limits)
      let stored = try decoded(RunPlan.self, from: encoded(plan), name: "run.json")
      #expect(stored == plan)
      return RunResult(
        plan: stored, outcomes: [.complete(try MeasuredShard(Samples.summary(generator: generator)))],
        thresholds: [], problem: nil, finishedAt: Samples.instant(120))
    }
    var off = GeneratorLimits.usual
    off.runDelay = nil
    #expect(try result(off).decision.verdict == .pass)
    for limits in [nil, .usual] as [GeneratorLimits?] {
      let result = try result(limits)
      #expect(result.decision.verdict == .incomplete && result.saturation == result.decision.reasons)
      #expect(RunReport(result: result, store: nil).text.contains("what a generator out of breath measures"))
    }
  }
}
