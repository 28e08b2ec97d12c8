/// One limit in k6's grammar, `method operator number`: `p(95)<800`, `rate<0.01`, `count>=1e6`.
package struct ThresholdExpression: Sendable, Hashable {
  package enum Method: Sendable, Hashable {
    case avg, min, max, med, count, rate, value
    /// N of `p(N)`, 0 to 100.
    case percentile(Double)
  }

  package enum Comparison: String, Sendable, CaseIterable {
    // k6 looks for them in this order, and takes the first that has something behind it.
    case atMost = "<="
    case below = "<"
    case atLeast = ">="
    case above = ">"
    case identical = "==="
    case equal = "=="
    case unequal = "!="

    package func holds(_ value: Double, _ limit: Double) -> Bool {
      switch self {
      case .atMost: value <= limit
      case .below: value < limit
      case .atLeast: value >= limit
      case .above: value > limit
      case .identical, .equal: value == limit
      case .unequal: value != limit
      }
    }
  }

  package let method: Method
  package let comparison: Comparison
  package let limit: Double
  /// The source, trimmed: the name by which a threshold is known.
  package let text: String

  package init(_ source: String) throws(ThresholdError) {
    text = source.trimmed
    guard let (comparison, left, right) = Self.split(text) else { throw .noComparison(text) }
    guard let method = Self.method(left.trimmed) else { throw .badMethod(left.trimmed, in: text) }
    guard let limit = parseGoFloat(right.trimmed) else { throw .badNumber(right.trimmed, in: text) }
    (self.method, self.comparison, self.limit) = (method, comparison, limit)
  }

  private static func split(_ text: String) -> (Comparison, String, String)? {
    for comparison in Comparison.allCases {
      guard let found = text.firstRange(of: comparison.rawValue) else { continue }
      let right = String(text[found.upperBound...])
      if !right.isEmpty { return (comparison, String(text[..<found.lowerBound]), right) }
    }
    return nil
  }

  private static func method(_ text: String) -> Method? {
    switch text {
    case "avg": return .avg
    case "min": return .min
    case "max": return .max
    case "med": return .med
    case "count": return .count
    case "rate": return .rate
    case "value": return .value
    // k6's own reading of a p without parentheses (0.57 to 2.2).
    case "p": return .percentile(0)
    default:
      guard text.hasPrefix("p("), text.hasSuffix(")"), let n = parseGoFloat(text.dropFirst(2).dropLast()),
        (0...100).contains(n)
      else { return nil }
      return .percentile(n)
    }
  }

  /// The share of samples at or below the value asked for, 0 to 1; `nil` where the method is no percentile.
  package var quantile: Double? {
    switch method {
    case .percentile(let n): n / 100
    case .med: 0.5
    default: nil
    }
  }

  /// Which methods exist for which type of metric.
  package func applies(to type: MetricType) -> Bool {
    switch (type, method) {
    case (.counter, .count), (.counter, .rate), (.gauge, .value), (.rate, .rate): true
    case (.trend, .avg), (.trend, .min), (.trend, .max), (.trend, .med), (.trend, .percentile): true
    default: false
    }
  }
}
