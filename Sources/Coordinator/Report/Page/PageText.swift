import Foundation
import Shared

/// Numbers, days and words as the page writes them: thousands with a comma, U+2212 for minus and never before a zero,
/// U+202F between a number and its unit, an en dash for what is not known.
enum PageText {
  static let thin = "\u{202F}"
  /// In headlines, where a line must not break between number and unit.
  static let noBreak = "\u{A0}"
  static let minus = "\u{2212}"
  static let unknown = "–"

  static func grouped(_ value: Double, digits: Int = 0) -> String {
    guard let number = Decimals(value, digits: digits) else { return unknown }
    return (number.isNegative ? minus : "") + number.grouped
  }

  /// Milliseconds without unit: whole ones from 10 ms on, else one or two decimals.
  static func ms(_ value: Double?) -> String {
    guard let value else { return unknown }
    return grouped(value, digits: value >= 10 ? 0 : value >= 1 ? 1 : 2)
  }

  static func msUnit(_ value: Double?) -> String { value == nil ? unknown : ms(value) + thin + "ms" }

  /// For axes: 800, 1.6 s.
  static func axisMS(_ value: Double) -> String {
    value >= 1000 ? significant(value / 1000) + thin + "s" : significant(value)
  }

  /// At the most so many digits that say something, without zeros at the end: 1.6, 2, 0.25.
  static func significant(_ value: Double, digits: Int = 6) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : unknown }
    let power = Int(floor(log10(abs(value))))
    guard let number = Decimals(value, digits: max(0, min(15, digits - 1 - power))) else { return unknown }
    return (number.isNegative ? minus : "") + number.trimmed
  }

  /// A share in percent with two decimals, three within 2 % of its limit, and with one more where it would still
  /// look like the limit, so that 1.00 % is never said to miss 1 %.
  static func rate(_ share: Double?, limit: Double? = nil) -> String {
    guard let share else { return unknown }
    var digits = 2
    if let limit, share != limit {
      if abs(share - limit) <= 0.02 * limit { digits = 3 }
      while digits < 4, grouped(100 * share, digits: digits) == grouped(100 * limit, digits: digits) {
        digits += 1
      }
    }
    return grouped(100 * share, digits: digits) + thin + "%"
  }

  /// A limit in percent as it was written: `1 %`, `0.5 %`.
  static func limitRate(_ share: Double) -> String { significant(100 * share) + thin + "%" }

  /// A rate, per second, without unit: whole from 10 on.
  static func perSecond(_ rate: Double?) -> String { rate == 0 ? "0" : ms(rate) }

  /// `+27 %`, `−1 %`, `0 %`.
  static func changeText(_ now: Double?, _ then: Double?) -> String {
    guard let now, let then, now != 0, then != 0 else { return unknown }
    return signed(100 * (now / then - 1), digits: 0) + thin + "%"
  }

  /// The difference of two shares in percentage points.
  static func points(_ now: Double?, _ then: Double?) -> String {
    guard let now, let then else { return unknown }
    return signed(100 * (now - then), digits: 2) + thin + "pp"
  }

  private static func signed(_ value: Double, digits: Int) -> String {
    guard let number = Decimals(value, digits: digits) else { return unknown }
    return (number.isZero ? "" : number.isNegative ? minus : "+") + number.grouped
  }

  /// A position in percent for SVG: at the most two decimals, ASCII minus.
  static func percentText(_ value: Double) -> String {
    guard let number = Decimals(value, digits: 2) else { return "0" }
    return (number.isNegative ? "-" : "") + number.trimmed
  }

  static func plural(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(Double(count))) \(count == 1 ? one : many ?? one + "s")"
  }

  static func ordinal(_ number: Int) -> String {
    let words = [
      "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ]
    if (1...words.count).contains(number) { return words[number - 1] }
    let isTeen = (11...13).contains(number % 100)
    return grouped(Double(number)) + (isTeen ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th")
  }
}
