import Shared

/// A made-up history and its newest runs, as a store would hold them.
struct DemoStore: Sendable {
  static let suite = "checkout-api"
  static let notice = "These nights are made up: they show what the page looks like."
  /// When the page says it was drawn.
  static let builtAt = DemoNight(ago: 0).startAt.advanced(bySeconds: 17 * 60)
  private static let repository = "https://github.com/acme/checkout"
  /// As many days have a stored run; of those before there is a line only.
  private static let storedDays = 40
  /// The trend needs no more.
  private static let nightsLookedBack = 60

  private(set) var records: [HistoryRecord] = []
  private(set) var results: [ResultDocument] = []

  init(days: Int) throws {
    for night in DemoNight.nights(days) {
      let run = DemoRun(night: night, plan: Self.plan(night))
      let history = Array(records.suffix(Self.nightsLookedBack))
      if night.ago < Self.storedDays {
        let result = ResultDocument(try run.result(history: history))
        results.append(result)
        records.append(try HistoryRecord(result))
      } else {
        records.append(run.line(history: history))
      }
      // An issue is opened by who alerts, not by the run.
      if night.step > 0, records.last?.verdict != .pass { records[records.count - 1].issue = 482 }
    }
  }

  private static func plan(_ night: DemoNight) -> RunPlan {
    var random = DemoRandom(seed: night.ago + 1_000_000)
    let commit = random.digits(40)
    var plan = RunPlan(
      run: RunID(date: night.startAt, number: 1), nonce: random.digits(16), suite: suite, shardCount: 10,
      script: "load/shop.js", scriptDigest: String(repeating: "5e", count: 32),
      createdAt: night.startAt.advanced(bySeconds: -51), commit: commit, ref: "main",
      workflowRunURL: "\(repository)/actions/runs/\(9_100_000_000 - night.ago * 7919)")
    plan.release = night.release
    plan.trend = TrendRules(branch: "main")
    return plan
  }

  /// What is in the store, by its keys.
  func objects() throws -> [(key: ObjectKey, bytes: [UInt8])] {
    try results.map { (RunKeys($0.plan.run).result, try encoded($0)) }
      + [(historyKey, HistoryTable(records).bytes)]
  }
}

extension DemoRun {
  /// The line of a run of which nothing else is left: its figures as they would have come out.
  fileprivate func line(history: [HistoryRecord]) -> HistoryRecord {
    var record = HistoryRecord(
      suite: plan.suite, run: plan.run, startedAt: night.startAt,
      verdict: night.missing.isEmpty ? .pass : .incomplete)
    record.addFigures(of: night, shards: plan.shardCount)
    (record.commit, record.ref, record.release) = (plan.commit, plan.ref, plan.release)
    record.workflowRunURL = plan.workflowRunURL
    record.artifactsURL = plan.workflowRunURL.map { "\($0)#artifacts" }
    record.profile = profile(plan, Self.script, scriptDigest: plan.scriptDigest)
    let standing = Standing(of: record, in: history, rules: plan.trend ?? TrendRules())
    let decision = decide(
      GateInput(shardProblems: night.missing.map(Self.lost), degradation: standing.sentence))
    (record.verdict, record.reasons) = (decision.verdict, decision.reasons)
    (record.usual, record.noise) = (standing.range?.usual, standing.range?.noise)
    record.step = standing.step?.onset.run
    return record
  }
}

extension HistoryRecord {
  fileprivate mutating func addFigures(of night: DemoNight, shards: Int) {
    let p95 = 640 * night.level
    (p50, p90, self.p95, p99, p999) = (0.327 * p95, 0.779 * p95, p95, 1.658 * p95, 3.193 * p95)
    (average, highest, lowestShardP95, highestShardP95) = (0.415 * p95, 7 * p95, 0.985 * p95, 1.015 * p95)
    (shardsExpected, shardsReceived) = (shards, shards - night.missing.count)
    (plannedSeconds, windowSeconds, staggerSeconds) = (DemoRun.seconds, DemoRun.seconds - 0.2, 0.03)
    let rate = night.requestRate * Double(shards - night.missing.count) / Double(shards)
    (requestRate, wallRate) = (rate, rate)
    let sent = rate * DemoRun.seconds
    (requests, failedRequests) = (UInt64(sent), UInt64(sent * night.errorRate))
    errorRate = night.errorRate
    (maxVUs, k6Version, highestCPU) = (1200, "2.2.0", 44)
    finishedAt = night.startAt.advanced(bySeconds: DemoRun.seconds + 9)
  }
}
