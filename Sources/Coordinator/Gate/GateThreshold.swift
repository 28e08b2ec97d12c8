import Shared

/// One limit that the gate holds the run to.
struct GateThreshold: Sendable, Hashable {
  enum Source: String, Codable, Sendable { case configuration, script }

  let selector: MetricSelector
  let expression: ThresholdExpression
  let source: Source
  let abortOnFail: Bool
  let delayAbortEval: Double?

  /// `http_req_duration{status:200} p(95)<800`
  var name: String { "\(selector.text) \(expression.text)" }

  /// - Throws: ``ThresholdError``, or ``UsageError`` for a method that the metric's type does not have.
  init(_ threshold: ScriptPlan.Threshold, source: Source) throws {
    selector = try MetricSelector(threshold.selector)
    expression = try ThresholdExpression(threshold.expression)
    (self.source, abortOnFail, delayAbortEval) = (source, threshold.abortOnFail, threshold.delayAbortEval)
    if let type = builtInMetricTypes[selector.metric], !expression.applies(to: type) {
      throw UsageError(
        "the threshold '\(name)' cannot be judged: \(selector.metric) is a \(type.rawValue), which has \(Self.methods(type))"
      )
    }
  }

  private static func methods(_ type: MetricType) -> String {
    switch type {
    case .counter: "count and rate"
    case .gauge: "value"
    case .rate: "rate"
    case .trend: "avg, min, max, med and p(0..100)"
    }
  }

  var planned: ScriptPlan.Threshold {
    ScriptPlan.Threshold(
      selector: selector.text, expression: expression.text, abortOnFail: abortOnFail,
      delayAbortEval: delayAbortEval)
  }

  /// What generators that are out of breath can cause by themselves: slow answers, and too few of them.
  func isExplainedBySaturation(_ type: MetricType) -> Bool {
    type == .trend || (type == .counter && [.above, .atLeast].contains(expression.comparison))
  }

  /// Each once, the first of those that say the same: so put the configuration's before the script's.
  static func distinct(_ thresholds: [GateThreshold]) -> [GateThreshold] {
    var seen: Set<String> = []
    return thresholds.filter { seen.insert($0.name).inserted }
  }

  /// The mission's three, where nothing is configured.
  static let usual = [
    ("http_req_duration", "p(95)<800"), ("http_req_failed", "rate<0.01"), ("http_reqs", "rate>=2000"),
  ]
}
