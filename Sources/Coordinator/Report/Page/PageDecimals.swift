/// A number with so many decimals, as text without locale and in a fraction of a formatter's time. Rounded from the exact
/// binary value, ties to even, as printf does.
struct Decimals {
  /// Of what is written: a number that rounds to zero has no sign.
  let isNegative: Bool
  private let whole: String
  /// Without the point.
  private let fraction: String

  /// - Returns: `nil` for what is no number.
  init?(_ value: Double, digits: Int) {
    guard value.isFinite else { return nil }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = abs(value) * scale
    guard scaled < 9e15 else {
      // More digits than a Double has.
      (isNegative, whole, fraction) = (value < 0, "\(abs(value))", "")
      return
    }
    let number = Self.rounded(scaled, error: (-scaled).addingProduct(abs(value), scale))
    let digitsText = String(number)
    let text = String(repeating: "0", count: max(0, digits + 1 - digitsText.count)) + digitsText
    (whole, fraction) = (String(text.dropLast(digits)), String(text.suffix(digits)))
    isNegative = value < 0 && number != 0
  }

  /// - Parameter error: what the product lost: it decides a tie.
  private static func rounded(_ scaled: Double, error: Double) -> UInt64 {
    let floor = scaled.rounded(.down)
    let rest = scaled - floor - 0.5
    let isOdd = floor.truncatingRemainder(dividingBy: 2) == 1
    let isUp = rest > 0 || rest == 0 && (error > 0 || error == 0 && isOdd)
    return UInt64(floor) + (isUp ? 1 : 0)
  }

  var isZero: Bool { !(whole + fraction).utf8.contains { $0 != 48 } }

  /// `1,234.50`
  var grouped: String {
    var text = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3), !whole.contains("e") { text += "," }
      text.append(digit)
    }
    return fraction.isEmpty ? text : "\(text).\(fraction)"
  }

  /// `1,234.5`: without zeros at the end.
  var trimmed: String {
    let kept = fraction.lastIndex { $0 != "0" }.map { fraction[...$0] } ?? ""
    var short = self.grouped
    short.removeLast(fraction.count - kept.count)
    if short.last == "." { short.removeLast() }
    return short
  }
}
