import Shared

/// A made-up run: its shards hand in what they would have measured, and everything from there on is as in a real one.
struct DemoRun: Sendable {
  let night: DemoNight
  let plan: RunPlan
  var endpoints = DemoEndpoint.shop

  static let seconds = 600.0
  /// For so many requests stands each response time that is made up.
  private static let weight = 128

  /// - Parameter history: of the nights before.
  func result(history: [HistoryRecord]) throws -> RunResult {
    let outcomes = try (0..<plan.shardCount).map { shard -> ShardOutcome in
      if night.missing.contains(shard) { return .missing(Self.lost(shard)) }
      return .complete(try MeasuredShard(summary(shard)))
    }
    return RunResult(
      plan: plan, outcomes: outcomes, thresholds: try Self.thresholds(), history: history,
      finishedAt: night.startAt.advanced(bySeconds: Self.seconds + 9))
  }

  static func lost(_ shard: Int) -> String {
    "shard \(shard) is missing: its task was reclaimed by AWS (Fargate Spot)"
  }

  private static func thresholds() throws -> [GateThreshold] {
    try GateThreshold.usual.map {
      try GateThreshold(.init(selector: $0.0, expression: $0.1), source: .configuration)
    }
  }

  /// What its shards plan; the same on every night, so that the nights can be compared.
  static let script: ScriptPlan = {
    var scenario = ScriptPlan.Scenario(
      name: "shop", executor: "constant-arrival-rate", plannedSeconds: seconds, vus: 1200)
    scenario.load = "rate 2050, timeUnit 1s, preAllocatedVUs 1200"
    return ScriptPlan(thresholds: [], scenarios: [scenario], maxVUs: 1200, totalSeconds: seconds + 30)
  }()

  private func summary(_ shard: Int) -> ShardSummary {
    var random = DemoRandom(seed: (night.ago + 1) * 1000 + shard)
    let (metrics, submetrics) = measured(&random)
    let startedAt = night.startAt.advanced(bySeconds: 0.03 * random.unit())
    let cpu = 0.41 + 0.02 * random.normal()
    return ShardSummary(
      shard: ShardIdentity(
        run: plan.run, nonce: plan.nonce, index: shard, count: plan.shardCount, attempt: 1,
        task: random.digits(32)),
      suite: plan.suite,
      executionSegment: ExecutionSegment(index: shard, count: plan.shardCount)?.segment ?? "",
      scriptDigest: plan.scriptDigest ?? "", k6Version: "2.2.0",
      ending: K6Ending(
        exitCode: 0, signal: nil, wroteSummary: true, isEmptyShard: false, isComplete: true,
        meaning: K6Ending.usualMeaning),
      startAt: night.startAt, startedAt: startedAt, loadStartedAt: startedAt,
      loadEndedAt: startedAt.advanced(bySeconds: Self.seconds),
      writtenAt: startedAt.advanced(bySeconds: Self.seconds + 2), script: Self.script,
      generator: GeneratorHealth(k6CPUSeconds: cpu * Self.seconds, cpuLimit: 1, cpuShare: cpu),
      stream: StreamHealth(), reportTags: ["name"], metrics: metrics, submetrics: submetrics)
  }

  private func measured(_ random: inout DemoRandom) -> ([SeriesRecord], [ShardSummary.Submetric]) {
    var whole = DemoRequests()
    var series: [SeriesRecord] = []
    let level = night.level * (1 + 0.009 * random.normal())
    let samples = night.requestRate * Self.seconds / Double(plan.shardCount * Self.weight)
    for (index, endpoint) in endpoints.enumerated() {
      // An endpoint's own ups and downs are those of all its shards.
      var own = DemoRandom(seed: (night.ago + 1) * 1000 + 500 + index)
      let p95 = endpoint.p95 * level * (1 + night.step * endpoint.burden) * (1 + 0.012 * own.normal())
      let durations = endpoint.durations(random.rounded(samples * endpoint.share), p95: p95, &random)
      let errors = night.errorRate * (0.7 + 0.6 * own.unit())
      let requests = DemoRequests(
        durations: durations,
        failed: random.rounded(Double(durations.count * Self.weight) * errors))
      whole.add(requests)
      series += requests.records(weight: Self.weight, tags: ["name": endpoint.name])
    }
    let records = whole.records(weight: Self.weight, seconds: Self.seconds)
    return (series, records.map { ShardSummary.Submetric(selector: $0.metric, series: $0) })
  }
}
