/// Numbers as Go's `strconv.ParseFloat` reads them, because k6 reads the numbers of thresholds with it:
/// decimal or hexadecimal (with a `p` exponent), single underscores between digits, `inf`, `infinity`, `nan`.
/// - Returns: `nil` for anything else, and for a number that overflows a double.
package func parseGoFloat(_ text: some StringProtocol) -> Double? {
  var body = Substring(text.lowercased())
  var sign = 1.0
  if body == "nan" { return .nan }
  if let first = body.first, first == "+" || first == "-" {
    sign = first == "-" ? -1 : 1
    body.removeFirst()
  }
  if body == "inf" || body == "infinity" { return sign * .infinity }
  let isHexadecimal = body.hasPrefix("0x")
  let digits = isHexadecimal ? body.dropFirst(2) : body
  guard underscoresSeparateDigits(digits, afterPrefix: isHexadecimal) else { return nil }
  let plain = digits.filter { $0 != "_" }
  guard isGoMantissaAndExponent(plain, isHexadecimal: isHexadecimal),
    let value = Double(isHexadecimal ? "0x\(normalisedHexadecimal(plain))" : plain), value.isFinite
  else { return nil }
  return sign * value
}

private func underscoresSeparateDigits(_ digits: Substring, afterPrefix: Bool) -> Bool {
  var previousIsDigit = afterPrefix
  var previousIsUnderscore = false
  for character in digits {
    if character == "_" {
      guard previousIsDigit else { return false }
      (previousIsDigit, previousIsUnderscore) = (false, true)
    } else {
      let isDigit = character.isHexDigit && (afterPrefix || character.isNumber)
      if previousIsUnderscore && !isDigit { return false }
      (previousIsDigit, previousIsUnderscore) = (isDigit, false)
    }
  }
  return !previousIsUnderscore
}

/// digits [ "." digits ] [ ("e" | "p") [sign] decimal digits ]; a hexadecimal number must have its exponent.
private func isGoMantissaAndExponent(_ text: String, isHexadecimal: Bool) -> Bool {
  guard text.allSatisfy(\.isASCII) else { return false }
  let marker: Character = isHexadecimal ? "p" : "e"
  let parts = text.split(separator: marker, omittingEmptySubsequences: false)
  guard parts.count <= 2, !(isHexadecimal && parts.count == 1) else { return false }
  let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  guard mantissa.count <= 2, mantissa.contains(where: { !$0.isEmpty }),
    mantissa.joined().allSatisfy({ isHexadecimal ? $0.isHexDigit : $0.isNumber })
  else { return false }
  guard parts.count == 2 else { return true }
  let exponent = parts[1].first == "+" || parts[1].first == "-" ? parts[1].dropFirst() : parts[1]
  return !exponent.isEmpty && exponent.allSatisfy(\.isNumber)
}

/// Swift's own reader wants a digit before the point of a hexadecimal number.
private func normalisedHexadecimal(_ text: String) -> String {
  var text = text.hasPrefix(".") ? "0" + text : text
  if let point = text.firstRange(of: ".p") { text.replaceSubrange(point, with: "p") }
  return text
}
