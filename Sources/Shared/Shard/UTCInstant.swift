/// A point in time, in nanoseconds since 1970-01-01T00:00:00Z; on the wire RFC 3339 in UTC, to the nanosecond.
package struct UTCInstant: Sendable, Hashable, Comparable {
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func < (left: UTCInstant, right: UTCInstant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// At the most a century away, so that no length that somebody wrote can overflow.
  package func advanced(bySeconds seconds: Double) -> UTCInstant {
    let bounded = min(max(seconds.isNaN ? 0 : seconds, -3e9), 3e9)
    return UTCInstant(nanoseconds: nanoseconds.addingSaturating(Int64(bounded * 1e9)))
  }

  /// Saturated: two instants may be further apart than 64 bits of nanoseconds.
  @inline(__always) package func nanoseconds(since other: UTCInstant) -> Int64 {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
    return overflow ? (nanoseconds < other.nanoseconds ? .min : .max) : difference
  }

  package func seconds(since other: UTCInstant) -> Double { Double(nanoseconds(since: other)) / 1e9 }
}

extension UTCInstant: CustomStringConvertible {
  /// `2026-11-23T02:14:00.5Z`, without the fraction's trailing zeros.
  package var description: String {
    let (seconds, fraction) = nanoseconds.quotientAndRemainder(flooringBy: 1_000_000_000)
    let (days, ofDay) = seconds.quotientAndRemainder(flooringBy: 86_400)
    let date = UTCDate(daysSince1970: days)
    let time = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { padded($0, 2) }.joined(separator: ":")
    var digits = padded(fraction, 9)
    while digits.last == "0" { digits.removeLast() }
    return "\(date)T\(time)\(digits.isEmpty ? "" : ".\(digits)")Z"
  }

  /// `2026-11-23`
  package var date: String { day.description }

  package var day: UTCDate {
    UTCDate(daysSince1970: nanoseconds.quotientAndRemainder(flooringBy: 86_400_000_000_000).0)
  }
}

extension UTCInstant: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let instant = UTCInstant(rfc3339: Array(text.utf8).span) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no instant: expected RFC 3339, as 2026-11-23T02:14:00Z"
      )
    }
    self = instant
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension UTCInstant {
  /// Reads RFC 3339 with up to nine digits of fraction and any offset: `2026-11-23T07:44:00.123+05:30`.
  /// - Returns: `nil` for anything else, an impossible date included.
  package init?(rfc3339 text: Span<UInt8>) {
    guard text.count >= 20, text[4] == 45, text[7] == 45, text[10] == 84, text[13] == 58, text[16] == 58,
      let year = number(text, 0, 4), let month = number(text, 5, 2), let day = number(text, 8, 2),
      let hour = number(text, 11, 2), let minute = number(text, 14, 2), let second = number(text, 17, 2),
      hour < 24, minute < 60, second < 60,
      let date = UTCDate(year: year, month: month, day: day)
    else { return nil }
    var position = 19
    var fraction: Int64 = 0
    if text[position] == 46 {
      position += 1
      var scale: Int64 = 100_000_000
      let first = position
      while position < text.count, (48...57).contains(text[position]), scale > 0 {
        fraction += Int64(text[position] - 48) * scale
        scale /= 10
        position += 1
      }
      guard position > first else { return nil }
    }
    guard position < text.count, let offset = Self.offset(text, position) else { return nil }
    let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
    let (scaled, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow) = scaled.addingReportingOverflow(fraction)
    if tooLarge || overflow || sum == .min { return nil }
    nanoseconds = sum
  }

  /// Seconds east of UTC: `Z`, or `+05:30`, up to the end of the text.
  private static func offset(_ text: Span<UInt8>, _ position: Int) -> Int64? {
    if text[position] == 90 { return position + 1 == text.count ? 0 : nil }
    guard position + 6 == text.count, text[position] == 43 || text[position] == 45, text[position + 3] == 58,
      let hours = number(text, position + 1, 2), let minutes = number(text, position + 4, 2), hours < 24,
      minutes < 60
    else { return nil }
    return (text[position] == 45 ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
}

/// A decimal number of exactly `count` digits.
@inline(__always) private func number(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int64? {
  var value: Int64 = 0
  for position in start..<(start + count) {
    let digit = text[position] &- 48
    guard digit < 10 else { return nil }
    value = value &* 10 &+ Int64(digit)
  }
  return value
}

func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
  fileprivate func addingSaturating(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  func quotientAndRemainder(flooringBy divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
