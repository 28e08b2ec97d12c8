import Shared

/// What a run came to: everything that a page, a line or an alert says is derived from it.
struct RunResult: Sendable {
  let plan: RunPlan
  let outcomes: [ShardOutcome]
  let summary: RunSummary
  let judgements: [Judgement]
  let decision: Decision
  let finishedAt: UTCInstant

  /// - Parameter problem: why the run was ended before its time; `nil` when it was not.
  init(
    plan: RunPlan, outcomes: [ShardOutcome], thresholds: [GateThreshold], problem: String?,
    finishedAt: UTCInstant
  ) {
    let script = outcomes.compactMap(\.summary?.script).first
    let summary = RunSummary(outcomes.compactMap(\.measured), plannedSeconds: script?.plannedSeconds)
    let judgements = thresholds.map {
      Judgement($0, over: summary.metric($0.selector), window: summary.window)
    }
    (self.plan, self.outcomes, self.summary) = (plan, outcomes, summary)
    (self.judgements, self.finishedAt) = (judgements, finishedAt)
    var problems = [problem].compactMap(\.self) + outcomes.compactMap(\.problem) + summary.conflicts
    if problems.isEmpty, outcomes.allSatisfy({ $0.measured == nil }) {
      problems = ["no VU fell to any shard"]
    }
    decision = decide(
      GateInput(
        shardProblems: problems, windowShare: summary.windowShare, judgements: judgements,
        saturation: Self.saturation(outcomes)))
  }

  /// k6 needs spare CPU to measure with: above 80 % its latencies are its own.
  private static func saturation(_ outcomes: [ShardOutcome]) -> [String] {
    outcomes.enumerated().compactMap { index, outcome in
      guard let share = outcome.summary?.generator.cpuShare, share > 0.8 else { return nil }
      return "the generator of shard \(index) was out of breath: k6 used \(percent(share)) of its CPU"
    }
  }
}
