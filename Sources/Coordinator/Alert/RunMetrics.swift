import Shared

/// A run's metrics for CloudWatch, by suite: what the alarms "gate failed" and "no run for 30 h" stand on.
///
/// `GateRun` is 1 for every run that came to a verdict of any kind: what did not run has no point at all. `GateFailed` is 1
/// for a fail and 0 for a pass or a degraded run. An incomplete run has none: whether the limits hold is not known, and an alarm that
/// ignores missing data stays as it is. The figures are those of whole runs alone.
struct RunMetrics: Sendable, Equatable {
  struct Datum: Sendable, Equatable {
    let name: String
    let value: Double
    let unit: String
  }

  static let dimension = "Suite"

  let namespace: String
  let suite: String
  let at: UTCInstant
  let data: [Datum]

  init(_ facts: AlertFacts, namespace: String) {
    (self.namespace, suite) = (namespace, PlainText.strict(facts.plan.suite))
    (at, data) = (facts.result.finishedAt, Self.data(facts))
  }

  private static func data(_ facts: AlertFacts) -> [Datum] {
    let run = Datum(name: "GateRun", value: 1, unit: "Count")
    guard facts.verdict != .incomplete else { return [run] }
    let record = facts.record
    let figures: [(String, Double?, String)] = [
      ("RunP95", record.p95, "Milliseconds"), ("RunErrorRate", record.errorRate.map { $0 * 100 }, "Percent"),
      ("RunRequestRate", record.requestRate, "Count/Second"),
    ]
    return [run, Datum(name: "GateFailed", value: facts.verdict == .fail ? 1 : 0, unit: "Count")]
      + figures.compactMap { name, value, unit in
        value.flatMap { isAllowed($0) ? Datum(name: name, value: $0, unit: unit) : nil }
      }
  }

  /// CloudWatch takes no NaN, no infinity, and nothing beyond 2^360 or nearer to 0 than 2^-360.
  private static func isAllowed(_ value: Double) -> Bool {
    value == 0 || value.isFinite && (-360..<360).contains(value.exponent)
  }

  /// Of PutMetricData by CloudWatch's Query API.
  var parameters: [(name: String, value: String)] {
    [(name: "Namespace", value: namespace)]
      + data.enumerated().flatMap { index, datum in
        let member = "MetricData.member.\(index + 1)"
        return [
          (name: "\(member).MetricName", value: datum.name),
          (name: "\(member).Dimensions.member.1.Name", value: Self.dimension),
          (name: "\(member).Dimensions.member.1.Value", value: suite),
          (name: "\(member).Timestamp", value: "\(at)"), (name: "\(member).Value", value: "\(datum.value)"),
          (name: "\(member).Unit", value: datum.unit),
        ]
      }
  }
}

/// Gives a run's metrics to CloudWatch.
struct MetricsDelivery: Sendable {
  let namespace: String
  let now: @Sendable () -> UTCInstant
  /// PutMetricData.
  let put: @Sendable ([(name: String, value: String)]) async throws -> Void

  /// What CloudWatch takes, in seconds.
  private static let oldest = 14 * 86_400.0
  private static let furthestAhead = 2 * 3600.0

  /// - Throws: one sentence.
  func send(_ facts: AlertFacts) async throws -> AlertDelivery.Sent {
    guard facts.situation != nil else {
      return AlertDelivery.Sent("no metrics: a run of another branch is none of the nights")
    }
    let metrics = RunMetrics(facts, namespace: namespace)
    let age = now().seconds(since: metrics.at)
    guard age <= Self.oldest else {
      return AlertDelivery.Sent(
        "no metrics: the run ended at \(metrics.at), and CloudWatch takes two weeks at the most")
    }
    guard age >= -Self.furthestAhead else {
      return AlertDelivery.Sent(
        "no metrics: the run ended at \(metrics.at), which CloudWatch would take for the future; it is \(now()) here"
      )
    }
    try await put(metrics.parameters)
    let values = metrics.data.map { "\($0.name) \(trimmed($0.value, digits: 3))" }
    return AlertDelivery.Sent("\(values.joined(separator: ", ")) of suite \(metrics.suite) in \(namespace)")
  }
}
