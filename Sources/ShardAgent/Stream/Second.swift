import Shared

/// The second in which the last sample was taken: most samples are of the same.
struct Second {
  /// So many bytes from the beginning of a time may be looked at.
  static let reach = 40

  /// `2026-11-23T02:14:00`: its bytes from 0, 8 and 11 on. The last two overlap, so no text is like these first ones.
  private var words: (UInt64, UInt64, UInt64) = (0, 0, .max)
  private var nanoseconds: Int64 = 0
  /// Nanoseconds in the last of so many digits.
  private let units: [Int64] = (0...9).map { places in (places..<9).reduce(1) { unit, _ in unit * 10 } }

  /// Reads a time in UTC with up to nine digits of fraction, up to its `Z`, which is not looked at.
  /// - Precondition: there are ``reach`` bytes.
  /// - Returns: nanoseconds since 1970; `nil` when it is written another way.
  @inline(__always) mutating func read(_ text: Span<UInt8>, _ at: inout Int) -> Int64? {
    // Checked here, once: what stands at a known place in it needs no check of its own.
    let time = text.extracting(at..<at + Self.reach)
    if time.word(at: 0) != words.0 || time.word(at: 8) != words.1 || time.word(at: 11) != words.2 {
      guard learn(time) else { return nil }
    }
    guard time[19] == 46 else {
      at += 19
      return nanoseconds
    }
    let word = time.word(at: 20)
    var digits = word.leadingDigits
    guard digits > 0 else { return nil }
    var fraction = Int64(truncatingIfNeeded: word.number(ofDigits: digits))
    if digits == 8, case let ninth = time[28] &- 48, ninth < 10 {
      fraction = fraction &* 10 &+ Int64(ninth)
      digits = 9
    }
    at += 20 + digits
    return nanoseconds &+ fraction &* units[digits]
  }

  private mutating func learn(_ time: Span<UInt8>) -> Bool {
    let utc = (0..<19).map { time[$0] } + [90]
    // Far from the ends of what 64 bits hold, so that a fraction can be added.
    guard let instant = UTCInstant(rfc3339: utc.span), abs(instant.nanoseconds) < 1 << 62 else {
      return false
    }
    nanoseconds = instant.nanoseconds
    words = (time.word(at: 0), time.word(at: 8), time.word(at: 11))
    return true
  }
}
