import Shared

/// What a run came to: everything that a page, a line or an alert says is derived from it.
struct RunResult: Sendable {
  let plan: RunPlan
  let outcomes: [ShardOutcome]
  let summary: RunSummary
  let judgements: [Judgement]
  /// Shards whose latency stands apart from the others'.
  let outliers: [Outlier]
  /// A sentence for every sign of a generator that was out of breath.
  let saturation: [String]
  let decision: Decision
  let finishedAt: UTCInstant
  /// Which runs it can be compared with; `nil` when no shard handed in what it ran.
  let profile: String?
  /// What the history says of it; `nil` where it was not asked.
  let standing: Standing?
  /// Why the run was ended before its time; `nil` when it was not.
  let stopped: RunStopped?
  /// Of the tasks; `nil` where they are nobody's bill, or the run is judged again.
  var cost: RunCost?

  /// - Parameters:
  ///   - problem: what else is wrong with the run as a whole.
  ///   - history: of its store; `nil` where it cannot be read.
  init(
    plan: RunPlan, outcomes: [ShardOutcome], thresholds: [GateThreshold], stopped: RunStopped? = nil,
    problem: String? = nil, history: [HistoryRecord]? = nil, finishedAt: UTCInstant
  ) {
    self.stopped = stopped
    let abort = stopped?.cause == .threshold ? stopped?.reason : nil
    let script = outcomes.compactMap(\.summary?.script).first
    let summary = RunSummary(outcomes.compactMap(\.measured), plannedSeconds: script?.plannedSeconds)
    let judgements = thresholds.map { Judgement($0, of: summary) }
    (self.plan, self.outcomes, self.summary) = (plan, outcomes, summary)
    (self.judgements, self.finishedAt) = (judgements, finishedAt)
    outliers = Self.outliers(outcomes, summary)
    var problems =
      [problem, abort == nil ? stopped?.reason : nil].compactMap(\.self) + outcomes.compactMap(\.problem)
      + summary.conflicts
    if problems.isEmpty, outcomes.allSatisfy({ $0.summary?.ending.isEmptyShard ?? false }) {
      problems = ["no VU fell to any shard"]
    }
    saturation = Saturation(limits: plan.generatorLimits ?? .usual).sentences(outcomes)
    profile = Coordinator.profile(
      plan, script, scriptDigest: outcomes.compactMap(\.summary?.scriptDigest).first)
    var input = GateInput(
      shardProblems: problems, windowShare: summary.windowShare, abortedBy: abort, judgements: judgements,
      scriptFailures: Self.scriptFailures(outcomes), saturation: saturation)
    let alone = decide(input)
    standing = history.map { [profile] in
      Standing(
        of: HistoryRecord(
          plan, summary, profile: profile, verdict: alone.verdict, stopped: stopped?.cause.rawValue),
        in: $0, rules: plan.trend ?? TrendRules())
    }
    input.degradation = standing?.sentence
    decision = decide(input)
  }

  private static func outliers(_ outcomes: [ShardOutcome], _ summary: RunSummary) -> [Outlier] {
    guard case .trend(let merged)? = summary.metric("http_req_duration") else { return [] }
    let shards = outcomes.enumerated().compactMap { index, outcome -> Outlier.Shard? in
      guard case .trend(let trend)? = outcome.measured?.whole("http_req_duration") else { return nil }
      return Outlier.Shard(
        index: index, p95: trend.displayed(quantile: 0.95), durations: trend.histogram)
    }
    return Outlier.among(shards, merged: merged.histogram)
  }

  private static func scriptFailures(_ outcomes: [ShardOutcome]) -> [String] {
    outcomes.enumerated().compactMap { index, outcome in
      outcome.summary?.ending.exitCode == 110 ? "the script called test.fail() on shard \(index)" : nil
    }
  }
}

extension HistoryRecord {
  /// As much of a run's line as the nights before it are held against.
  fileprivate init(
    _ plan: RunPlan, _ summary: RunSummary, profile: String?, verdict: Verdict, stopped: String?
  ) {
    self.init(
      suite: plan.suite, run: plan.run, startedAt: summary.startAt ?? plan.createdAt, verdict: verdict)
    (ref, self.profile, self.stopped) = (plan.ref, profile, stopped)
    if case .trend(let durations)? = summary.metric("http_req_duration") {
      p95 = durations.displayed(quantile: 0.95)
    }
  }
}
