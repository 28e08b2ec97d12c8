import Shared

/// A threshold as people read it, tonight's value beside what it was.
struct AlertThreshold: Sendable, Equatable {
  /// As the script has it: `http_req_duration{name:cart}`. From outside.
  let selector: String
  /// `p95`, `rate`, `avg`.
  let measure: String
  /// `< 800 ms`
  let limit: String
  /// `843 ms`, with as many digits as tell it from the limit; `nil` when it could not be judged.
  let actual: String?
  let outcome: Outcome
  /// Why it could not be judged.
  let reason: String?
  /// The same on the last green run.
  let lastGreen: String?
  /// The median of the nights that say what is usual; known for the three figures that the history has.
  let usual: String?
  /// On the usual, else on the last green run: `▲ 32 %`, `▼ 0.17 pp`, `0 %`.
  let change: String?
  /// How far past its limit, as a share of that; `nil` unless it was crossed.
  let breach: Double?

  enum Outcome: String, Sendable {
    case holds, crossed, undecided
    case noSamples = "no_samples"
  }
}

extension AlertThreshold {
  /// Medians of the nights that say what is usual.
  struct Usual: Sendable, Equatable {
    /// Milliseconds.
    var p95: Double?
    var errorRate: Double?
    /// Per second.
    var requestRate: Double?
  }

  /// Those that do not hold first, by how far; then as they came.
  static func all(_ result: ResultDocument, lastGreen: ResultDocument?, usual: Usual) -> [AlertThreshold] {
    let green = Dictionary(
      (lastGreen?.thresholds ?? []).map { (Name($0), $0.actual) }, uniquingKeysWith: { first, _ in first })
    let all = result.thresholds.map { threshold in
      AlertThreshold(
        threshold, of: result, lastGreen: green[Name(threshold)] ?? nil, usual: usual)
    }
    return all.enumerated().sorted { left, right in
      let (one, other) = (left.element.rank, right.element.rank)
      return one == other ? left.offset < right.offset : one < other
    }.map(\.element)
  }

  private var rank: Double {
    switch outcome {
    case .crossed: -1 - (breach ?? 1e9)
    case .undecided, .noSamples: 0
    case .holds: 1
    }
  }

  private struct Name: Hashable {
    let selector: String
    let method: ThresholdExpression.Method?

    init(_ threshold: ResultDocument.Threshold) {
      selector = threshold.selector
      method = (try? ThresholdExpression(threshold.expression))?.method
    }
  }

  private init(
    _ threshold: ResultDocument.Threshold, of result: ResultDocument, lastGreen: Double?, usual: Usual
  ) {
    (selector, reason, breach) = (threshold.selector, threshold.reason, threshold.breach)
    outcome = Outcome(rawValue: threshold.outcome) ?? .undecided
    guard let expression = try? ThresholdExpression(threshold.expression) else {
      // Of another version: as it is written there.
      (measure, limit, actual) = (threshold.expression, "", threshold.actual.map { trimmed($0, digits: 3) })
      (self.lastGreen, self.usual, change) = (nil, nil, nil)
      return
    }
    let name = threshold.selector.prefix { $0 != "{" }
    let series = result.metrics.first { $0.metric == name }
    let unit = MetricUnit(
      try? series?.aggregate().type, isTime: series?.contains == .time, expression.method)
    measure = Self.measure(expression.method)
    let sign = Self.sign(expression.comparison)
    func text(_ value: Double) -> String { unit.text(value, digits: unit.usualDigits(value)) }
    if let value = threshold.actual {
      let pair = unit.pair(value, expression.limit, digits: unit.usualDigits(value))
      // The limit as it was written, unless more digits are needed to tell them apart.
      (actual, limit) = (pair.0, "\(sign) \(unit.text(expression.limit, digits: 6))")
    } else {
      (actual, limit) = (nil, "\(sign) \(unit.text(expression.limit, digits: 6))")
    }
    self.lastGreen = lastGreen.map(text)
    let known = usual.value(of: threshold.selector, expression.method)
    self.usual = known.map(text)
    change = threshold.actual.flatMap { now in
      (known ?? lastGreen).flatMap { Self.change(now, $0, unit) }
    }
  }

  private static func measure(_ method: ThresholdExpression.Method) -> String {
    switch method {
    case .percentile(let quantile): "p\(trimmed(quantile, digits: 6))"
    case .med: "median"
    default: "\(method)"
    }
  }

  private static func sign(_ comparison: ThresholdExpression.Comparison) -> String {
    switch comparison {
    case .atMost: "≤"
    case .atLeast: "≥"
    case .identical, .equal: "="
    case .unequal: "≠"
    case .below, .above: comparison.rawValue
    }
  }

  /// The arrow is the number's direction, not a judgement.
  private static func change(_ now: Double, _ then: Double, _ unit: MetricUnit) -> String? {
    guard now.isFinite, then.isFinite else { return nil }
    let (size, text): (Double, String)
    if unit == .share {
      size = (now - then) * 100
      text = "\(trimmed(abs(size), digits: 2)) pp"
    } else {
      guard then != 0 else { return nil }
      size = (now / then - 1) * 100
      text = "\(trimmed(abs(size), digits: abs(size) < 10 ? 1 : 0)) %"
    }
    if text.hasPrefix("0 ") { return text }
    return "\(size > 0 ? "▲" : "▼") \(text)"
  }
}

extension AlertThreshold.Usual {
  fileprivate func value(of selector: String, _ method: ThresholdExpression.Method) -> Double? {
    switch (selector, method) {
    case ("http_req_duration", .percentile(95)): p95
    case ("http_req_failed", .rate): errorRate
    case ("http_reqs", .rate): requestRate
    default: nil
    }
  }
}
