extension StrictJSON {
  /// Powers of ten that a double holds exactly.
  static let powers: [Double] = (0...22).map { Double("1e\($0)")! }
  static let integerPowers: [UInt64] = (0..<8).reduce(into: [1]) { powers, _ in
    powers.append(powers.last! * 10)
  }

  /// A number, correctly rounded to a double.
  static func number(_ text: Span<UInt8>, _ at: inout Int) throws(LineError) -> Double {
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
      if digits <= 19 { mantissa = mantissa * StrictJSON.integerPowers[count] + number }
    }

    var exactValue: Double? {
      guard digits <= 19, mantissa <= 1 << 53, (-22...22).contains(exponent) else { return nil }
      let power = StrictJSON.powers[abs(exponent)]
      return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    }
  }
}
