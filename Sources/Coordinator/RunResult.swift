import Shared

/// What a run came to: everything that a page, a line or an alert says is derived from it.
struct RunResult: Sendable {
  let plan: RunPlan
  let outcomes: [ShardOutcome]
  let summary: RunSummary
  let judgements: [Judgement]
  /// A sentence for every sign of a generator that was out of breath.
  let saturation: [String]
  let decision: Decision
  let finishedAt: UTCInstant
  let wasCancelled: Bool

  /// - Parameter problem: why the run was ended before its time; `nil` when it was not.
  init(
    plan: RunPlan, outcomes: [ShardOutcome], thresholds: [GateThreshold], problem: String?,
    wasCancelled: Bool = false, finishedAt: UTCInstant
  ) {
    self.wasCancelled = wasCancelled
    let script = outcomes.compactMap(\.summary?.script).first
    let summary = RunSummary(outcomes.compactMap(\.measured), plannedSeconds: script?.plannedSeconds)
    let judgements = thresholds.map { Judgement($0, of: summary) }
    (self.plan, self.outcomes, self.summary) = (plan, outcomes, summary)
    (self.judgements, self.finishedAt) = (judgements, finishedAt)
    var problems = [problem].compactMap(\.self) + outcomes.compactMap(\.problem) + summary.conflicts
    if problems.isEmpty, outcomes.allSatisfy({ $0.summary?.ending.isEmptyShard ?? false }) {
      problems = ["no VU fell to any shard"]
    }
    saturation = Saturation(limits: plan.generatorLimits ?? .usual).sentences(outcomes)
    decision = decide(
      GateInput(
        shardProblems: problems, windowShare: summary.windowShare, judgements: judgements,
        scriptFailures: Self.scriptFailures(outcomes), saturation: saturation))
  }

  private static func scriptFailures(_ outcomes: [ShardOutcome]) -> [String] {
    outcomes.enumerated().compactMap { index, outcome in
      outcome.summary?.ending.exitCode == 110 ? "the script called test.fail() on shard \(index)" : nil
    }
  }
}
