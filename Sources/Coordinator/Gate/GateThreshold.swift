import Shared

/// One limit that the gate holds the run to.
struct GateThreshold: Sendable, Hashable {
  enum Source: String, Codable, Sendable { case configuration, script }

  let selector: MetricSelector
  let expression: ThresholdExpression
  let source: Source
  private(set) var abortOnFail: Bool
  private(set) var delayAbortEval: Double?

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

  /// Each once, the first of those that say the same: so put the configuration's before the script's. It stops the run
  /// if any of them does.
  static func distinct(_ thresholds: [GateThreshold]) -> [GateThreshold] {
    var distinct: [GateThreshold] = []
    var places: [String: Int] = [:]
    for threshold in thresholds {
      if let known = places[threshold.name] {
        guard threshold.abortOnFail, !distinct[known].abortOnFail else { continue }
        (distinct[known].abortOnFail, distinct[known].delayAbortEval) = (true, threshold.delayAbortEval)
      } else {
        places[threshold.name] = distinct.count
        distinct.append(threshold)
      }
    }
    return distinct
  }

  /// The mission's three, where nothing is configured.
  static let usual = [
    ("http_req_duration", "p(95)<800"), ("http_req_failed", "rate<0.01"), ("http_reqs", "rate>=2000"),
  ]
}
