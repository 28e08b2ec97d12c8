import Shared

/// Reads the line that k6 (0.57 to 2.2) writes for nearly every sample:
///
///     {"metric":"NAME","type":"Point","data":{"time":"2026-11-23T02:14:00.123Z","value":1.5,"tags":{...}}}
///
/// Nothing is looked for that is known: which metric follows which, the second, the tags. A line of any other shape
/// is left to ``StreamLine``, so whatever is read here is read there alike, and what is wrong is only told there.
struct UsualLine {
  /// The number of the metric of the line read last; its time, in nanoseconds since 1970; its value.
  private(set) var metric = 0
  private(set) var nanoseconds: Int64 = 0
  private(set) var value = 0.0

  /// What stands before the time, by the number of the metric, one behind the other.
  private var heads: [UInt8] = []
  private var headRanges: [Range<Int>] = []
  private var names = ByteTable()
  private var metrics: [Int] = []
  /// By the number of a metric: the one that followed it last.
  private var followers: [Int] = []
  private var second = Second()

  private static let nameStart = Array(#"{"metric":""#.utf8)
  private static let nameEnd = Array(#"","type":"Point","data":{"time":""#.utf8)
  private let beforeValue = (UInt64(ascii: "Z\",\"valu"), UInt64(ascii: "\"value\":"))
  private let beforeTags = UInt64(ascii: ",\"tags\":")

  /// - Parameter number: of the metric of this name; numbers come in order, from 0.
  mutating func learn(_ name: Span<UInt8>, metric number: Int) {
    precondition(number == headRanges.count)
    followers.append(number)
    let start = heads.count
    // Where the name needs an escape, its bytes in the line are not the name's.
    let isPlain = (0..<name.count).allSatisfy {
      (32..<127).contains(name[$0]) && name[$0] != 34 && name[$0] != 92
    }
    if isPlain, names.insert(name) == metrics.count {
      metrics.append(number)
      heads += Self.nameStart
      for index in 0..<name.count { heads.append(name[index]) }
      heads += Self.nameEnd
    }
    headRanges.append(start..<heads.count)
  }

  /// Reads a line up to its tags, and sets ``metric``, ``nanoseconds`` and ``value``.
  /// - Returns: where the tags' brace is expected; `nil` when the line is another or not all there.
  mutating func read(_ text: Span<UInt8>, from start: Int) -> Int? {
    guard var at = readMetric(text, start) else { return nil }
    // From here on up to 80 bytes are looked at: the time, two names and a value, and eight more.
    guard at + 96 <= text.count, let time = second.read(text, &at) else { return nil }
    guard text.word(at: at) == beforeValue.0, text.word(at: at + 3) == beforeValue.1 else { return nil }
    at += 11
    guard let number = Self.readNumber(text, &at), at + 8 <= text.count, text.word(at: at) == beforeTags
    else {
      return nil
    }
    (nanoseconds, value) = (time, number)
    return at + 8
  }

  private mutating func readMetric(_ text: Span<UInt8>, _ start: Int) -> Int? {
    guard metric < followers.count else { return nil }
    let guess = headRanges[followers[metric]]
    if !guess.isEmpty, text.hasBytes(of: heads.span, in: guess, at: start) {
      metric = followers[metric]
      return start + guess.count
    }
    let nameStart = start + Self.nameStart.count
    guard text.hasBytes(of: Self.nameStart.span, in: 0..<Self.nameStart.count, at: start),
      let nameEnd = text.firstIndex(of: 34, from: nameStart),
      let number = names.find(text, in: nameStart..<nameEnd).map({ metrics[$0] }),
      text.hasBytes(of: Self.nameEnd.span, in: 0..<Self.nameEnd.count, at: nameEnd)
    else { return nil }
    followers[metric] = number
    metric = number
    return nameEnd + Self.nameEnd.count
  }

  /// An integer or a fraction of at most seven digits on either side of the point at once, others as anywhere.
  @inline(__always) private static func readNumber(_ text: Span<UInt8>, _ at: inout Int) -> Double? {
    let word = text.word(at: at)
    let whole = word.leadingDigits
    // One zero, or no zero in front.
    if whole > 0, whole < 8, whole == 1 || word & 0xFF != 48 {
      let integer = word.number(ofDigits: whole)
      let end = text[at + whole]
      if end == 44 {
        at += whole
        return Double(integer)
      }
      let fraction = text.word(at: at + whole + 1)
      let places = fraction.leadingDigits
      if end == 46, places > 0, places < 8, text[at + whole + 1 + places] == 44 {
        at += whole + 1 + places
        let mantissa = integer * StrictJSON.integerPowers[places] + fraction.number(ofDigits: places)
        // Below 2^53, and so is the power of ten: one division is correctly rounded.
        return Double(mantissa) / StrictJSON.powers[places]
      }
    }
    return try? StrictJSON.number(text, &at)
  }
}

/// The second in which the last sample was taken: most samples are of the same.
private struct Second {
  /// `2026-11-23T02:14:00`: its bytes from 0, 8 and 11 on.
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
  private var nanoseconds: Int64 = 0
  private static let tens: [Int64] = [
    1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1,
  ]

  /// Reads a time in UTC with up to nine digits of fraction, up to its `Z`.
  /// - Returns: nanoseconds since 1970.
  @inline(__always) mutating func read(_ text: Span<UInt8>, _ at: inout Int) -> Int64? {
    let seen = (text.word(at: at), text.word(at: at + 8), text.word(at: at + 11))
    if seen != words, !learn(text, at) { return nil }
    at += 19
    guard text[at] == 46 else { return nanoseconds }
    let word = text.word(at: at + 1)
    var digits = word.leadingDigits
    guard digits > 0 else { return nil }
    var fraction = Int64(word.number(ofDigits: digits))
    if digits == 8, case let ninth = text[at + 9], (48...57).contains(ninth) {
      fraction = fraction * 10 + Int64(ninth - 48)
      digits = 9
    }
    at += 1 + digits
    return nanoseconds + fraction * Self.tens[digits]
  }

  private mutating func learn(_ text: Span<UInt8>, _ at: Int) -> Bool {
    var utc = (0..<19).map { text[at + $0] }
    utc.append(90)
    // Far from the ends of what 64 bits hold, so that a fraction can be added.
    guard let instant = UTCInstant(rfc3339: utc.span), abs(instant.nanoseconds) < 1 << 62 else {
      return false
    }
    nanoseconds = instant.nanoseconds
    words = (text.word(at: at), text.word(at: at + 8), text.word(at: at + 11))
    return true
  }
}
