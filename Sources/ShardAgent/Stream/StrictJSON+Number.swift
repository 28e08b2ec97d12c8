extension StrictJSON {
  /// Powers of ten that a double holds exactly; as integers up to 10^19.
  private static let powers: [(real: Double, whole: UInt64)] = (0...22).map { exponent in
    (Double("1e\(exponent)")!, UInt64("1" + String(repeating: "0", count: exponent)) ?? 0)
  }

  /// A number, correctly rounded to a double.
  @inline(__always) static func number(_ text: Span<UInt8>, _ at: inout Int) throws(LineError) -> Double {
    if let short = shortNumber(text, &at) { return short }
    return try anyNumber(text, &at)
  }

  /// A number without sign and exponent, of at most seven digits on either side of its point.
  /// - Returns: `nil`, and nothing is consumed, for any other.
  @inline(__always) private static func shortNumber(_ text: Span<UInt8>, _ at: inout Int) -> Double? {
    guard at <= text.count - 24 else { return nil }
    // Checked here, once.
    let number = text.extracting(at..<at + 24)
    let word = number.word(at: 0)
    let whole = word.leadingDigits
    // A zero stands alone in front of the point.
    guard whole > 0, whole < 8, word & 0xFF != 48 || whole == 1 else { return nil }
    let integer = word.number(ofDigits: whole)
    var end = number[whole]
    guard end == 46 else {
      guard end | 32 != 101 else { return nil }
      at += whole
      return Double(Int64(truncatingIfNeeded: integer))
    }
    let fraction = number.word(at: whole + 1)
    let places = fraction.leadingDigits
    guard places > 0, places < 8 else { return nil }
    end = number[whole + 1 + places]
    guard end | 32 != 101 else { return nil }
    at += whole + 1 + places
    // Below 2^53, and so is the power of ten: one division is correctly rounded.
    let mantissa = integer &* powers[places].whole &+ fraction.number(ofDigits: places)
    return Double(Int64(truncatingIfNeeded: mantissa)) / powers[places].real
  }

  private static func anyNumber(_ text: Span<UInt8>, _ at: inout Int) throws(LineError) -> Double {
    let start = at
    let isNegative = at < text.count && text[at] == 45
    if isNegative { at += 1 }
    var decimal = Decimal()
    let integerStart = at
    decimal.takeDigits(text, &at)
    guard at > integerStart, at == integerStart + 1 || text[integerStart] != 48 else {
      throw .badNumber(at: start)
    }
    if at < text.count, text[at] == 46 {
      at += 1
      let fractionStart = at
      decimal.takeDigits(text, &at)
      guard at > fractionStart else { throw .badNumber(at: start) }
      decimal.exponent -= at - fractionStart
    }
    if at < text.count, text[at] | 32 == 101 { decimal.exponent += try exponent(text, &at) }
    if let value = decimal.exactValue { return isNegative ? -value : value }
    let slow = Double(String(decoding: (start..<at).map { text[$0] }, as: UTF8.self))
    guard let slow, slow.isFinite else { throw .badNumber(at: start) }
    return slow
  }

  private static func exponent(_ text: Span<UInt8>, _ at: inout Int) throws(LineError) -> Int {
    let start = at
    at += 1
    let isNegative = at < text.count && text[at] == 45
    if at < text.count, text[at] == 45 || text[at] == 43 { at += 1 }
    let digits = at
    var value = 0
    while at < text.count, (48...57).contains(text[at]) {
      value = min(value * 10 + Int(text[at] - 48), 100_000)
      at += 1
    }
    guard at > digits else { throw .badNumber(at: start) }
    return isNegative ? -value : value
  }

  /// Consumes `Inf`, `+Inf` or `-Inf` if it stands here: k6 0.57 and 1.1 write infinities so, which is no JSON.
  static func takeInfinity(_ text: Span<UInt8>, _ at: inout Int) -> Bool {
    skipSpace(text, &at)
    let start = at < text.count && (text[at] == 43 || text[at] == 45) ? at + 1 : at
    guard start + 2 < text.count, text[start] == 73, text[start + 1] == 110, text[start + 2] == 102 else {
      return false
    }
    at = start + 3
    return true
  }

  /// mantissa * 10^exponent. Where both fit a double exactly, one multiplication or division is correctly rounded
  /// (Clinger 1990); anything else is left to the standard library.
  private struct Decimal {
    var mantissa: UInt64 = 0
    var exponent = 0
    var digits = 0

    /// All digits from here on, leading zeros counted with the others.
    mutating func takeDigits(_ text: Span<UInt8>, _ at: inout Int) {
      while at + 8 <= text.count {
        let word = text.word(at: at)
        let count = word.leadingDigits
        if count > 0 { take(word.number(ofDigits: count), count) }
        at += count
        if count < 8 { return }
      }
      while at < text.count, (48...57).contains(text[at]) {
        take(UInt64(text[at] - 48), 1)
        at += 1
      }
    }

    /// Nineteen digits fit; what is longer is left to the standard library.
    private mutating func take(_ number: UInt64, _ count: Int) {
      digits += count
      if digits <= 19 { mantissa = mantissa * StrictJSON.powers[count].whole + number }
    }

    var exactValue: Double? {
      guard digits <= 19, mantissa <= 1 << 53, (-22...22).contains(exponent) else { return nil }
      let power = StrictJSON.powers[abs(exponent)].real
      return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    }
  }
}
