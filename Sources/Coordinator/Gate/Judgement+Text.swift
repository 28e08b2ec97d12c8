import Foundation
import Shared

extension Judgement {
  /// One sentence for a breach: which limit, what it was, by how much.
  var sentence: String {
    let (actual, limit) = shownPair
    return "\(threshold.name) was crossed: \(actual) against \(limit)\(distance.map { ", \($0)" } ?? "")"
  }

  /// One sentence when it could not be judged.
  var unjudgedSentence: String? {
    switch outcome {
    case .holds, .crossed: nil
    case .noSamples: "no samples matched \(threshold.name)"
    case .undecided(let reason): "\(threshold.name) could not be judged: \(reason)"
    }
  }

  /// The actual value and the limit, with as many digits as tell them apart.
  var shownPair: (actual: String, limit: String) {
    let limit = threshold.expression.limit
    guard let actual else { return ("-", unit.text(limit, digits: 2)) }
    return unit.pair(actual, limit, digits: 2)
  }

  /// How far the value is from the limit: `42.1 ms above`, or with a share where the limit is not zero.
  var distance: String? {
    let limit = threshold.expression.limit
    guard let actual, actual != limit, actual.isFinite, limit.isFinite else { return nil }
    let side = actual > limit ? "above" : "below"
    let share = limit == 0 ? "" : " (\(percent(abs(actual - limit) / abs(limit))))"
    return "\(unit.text(abs(actual - limit), digits: 2))\(share) \(side) the limit"
  }

  private var unit: MetricUnit {
    MetricUnit(type, isTime: contains == .time, threshold.expression.method)
  }
}

/// At the most `digits` decimals, without trailing zeros; decimal point whatever the locale.
func trimmed(_ value: Double, digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var text = String(format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
  if text.contains(".") {
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
  }
  return text == "-0" ? "0" : text
}

/// `12.5 %`
func percent(_ share: Double) -> String { "\(trimmed(share * 100, digits: share < 0.1 ? 2 : 1)) %" }
