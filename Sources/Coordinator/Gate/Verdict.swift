/// What a run comes to.
enum Verdict: String, Codable, Sendable {
  case pass, degraded, fail, incomplete

  func exitCode(failOnDegraded: Bool) -> Int32 {
    switch self {
    case .pass: 0
    case .degraded: failOnDegraded ? 1 : 0
    case .fail: 1
    case .incomplete: 2
    }
  }
}

/// Everything that the verdict depends on.
struct GateInput: Sendable {
  /// A sentence for every shard that is missing, late, stopped or not whole.
  var shardProblems: [String] = []
  /// The common window's share of the planned length; `nil` when nothing was planned.
  var windowShare: Double?
  /// The sentence of the threshold that stopped the run (abortOnFail).
  var abortedBy: String?
  var judgements: [Judgement] = []
  /// A sentence for every shard whose script said itself that the test failed.
  var scriptFailures: [String] = []
  /// A sentence for every shard whose generator was out of breath.
  var saturation: [String] = []
  /// What the recent nights say against this one.
  var degradation: String?
}

struct Decision: Sendable, Equatable {
  let verdict: Verdict
  /// Why, the reason for the verdict first, breaches always listed.
  let reasons: [String]
}

/// The verdict, in this order: a run that is not whole is never green; an abort by a threshold is a fail; then
/// thresholds without samples, generators out of breath, breaches, and what the recent nights say.
func decide(_ input: GateInput) -> Decision {
  let breaches = input.judgements.filter(\.isBreach)
  let breachReasons = breaches.map { $0.sentence } + input.scriptFailures
  var problems = input.shardProblems
  if input.abortedBy == nil, let share = input.windowShare, share < 0.9 {
    problems.append(
      "the shards ran together for only \(percent(share)) of the planned time (at least 90 % is needed)")
  }
  if !problems.isEmpty {
    let reasons = problems + [input.abortedBy].compactMap(\.self) + breachReasons
    return Decision(verdict: .incomplete, reasons: reasons)
  }
  if let abortedBy = input.abortedBy {
    return Decision(verdict: .fail, reasons: [abortedBy] + breachReasons)
  }
  let unjudged = input.judgements.compactMap(\.unjudgedSentence)
  if !unjudged.isEmpty, breachReasons.isEmpty { return Decision(verdict: .incomplete, reasons: unjudged) }
  let isExplained = input.scriptFailures.isEmpty && breaches.allSatisfy(\.isExplainedBySaturation)
  if !input.saturation.isEmpty, isExplained {
    return Decision(verdict: .incomplete, reasons: input.saturation + breachReasons + unjudged)
  }
  if !breachReasons.isEmpty {
    return Decision(verdict: .fail, reasons: breachReasons + input.saturation + unjudged)
  }
  if let degradation = input.degradation { return Decision(verdict: .degraded, reasons: [degradation]) }
  return Decision(verdict: .pass, reasons: [])
}
