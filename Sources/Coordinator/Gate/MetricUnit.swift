import Shared

/// How a threshold's values are written for people.
enum MetricUnit: Sendable, Equatable {
  /// A share from 0 to 1, written in percent.
  case share
  case milliseconds
  case perSecond
  /// Whatever the script counts or measures.
  case plain

  init(_ type: MetricType?, isTime: Bool, _ method: ThresholdExpression.Method) {
    switch type {
    case .rate?: self = .share
    case .trend? where isTime: self = .milliseconds
    case .counter? where method == .rate: self = .perSecond
    default: self = .plain
    }
  }

  func text(_ value: Double, digits: Int) -> String {
    switch self {
    case .share: "\(trimmed(value * 100, digits: digits)) %"
    case .milliseconds: "\(trimmed(value, digits: digits)) ms"
    case .perSecond: "\(trimmed(value, digits: digits))/s"
    case .plain: trimmed(value, digits: digits)
    }
  }

  /// Two values, with at least so many digits and as many as tell them apart.
  func pair(_ value: Double, _ other: Double, digits: Int) -> (String, String) {
    for digits in digits...15 {
      let pair = (text(value, digits: digits), text(other, digits: digits))
      if pair.0 != pair.1 || value == other { return pair }
    }
    return ("\(value)", "\(other)")
  }

  /// Digits behind the point, as people read them.
  func usualDigits(_ value: Double) -> Int {
    switch self {
    case .share: 2
    case .milliseconds, .perSecond: abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
    case .plain: value == value.rounded() ? 0 : 3
    }
  }
}
