/// Text in which a secret's characters may be written with percent signs and backslashes.
struct EncodedText {
  let bytes: [UInt8]
  /// Nothing follows.
  let isEnd: Bool

  /// What stands at a place; `nil`: the text ends before that is known.
  struct Found: Equatable {
    /// Empty: no encoding.
    let value: [UInt8]
    let end: Int
  }

  /// How often one thing may have been encoded over and over. What is more than this is no encoding.
  static let mostTimes = 4
  private static let mostBackslashes = 64

  /// The bytes with which a character that is encoded at a place may begin; `nil` as above.
  func firsts(at start: Int) -> [UInt8]? {
    guard let percent = percent(start), let character = character(start) else { return nil }
    return [percent.value.first, character.value.first].compactMap(\.self)
  }

  /// A character at a percent sign or a backslash: `%2F`, `\/`, `\u002f`, `%5C%2F`.
  func character(_ start: Int) -> Found? {
    guard let run = backslashes(start) else { return nil }
    return run.count == 0 ? percent(start) : escape(run)
  }

  struct Run {
    var count = 0
    /// Where the last of them begins.
    var last: Int
    var end: Int
  }

  /// Backslashes in a row, percent-encoded or not.
  func backslashes(_ start: Int) -> Run? {
    var run = Run(last: start, end: start)
    while run.count <= Self.mostBackslashes, run.end < bytes.count {
      var next = run.end + 1
      if bytes[run.end] == .percent {
        guard let percent = percent(run.end) else { return nil }
        guard percent.value == [.backslash] else { break }
        next = percent.end
      } else if bytes[run.end] != .backslash {
        break
      }
      run = Run(count: run.count + 1, last: run.end, end: next)
    }
    return run
  }

  /// `%2F`, or `%252F`, `%25252F` where that was encoded again.
  private func percent(_ start: Int) -> Found? {
    let none = Found(value: [], end: start)
    guard bytes[start] == .percent else { return none }
    var position = start + 1
    for _ in 0..<Self.mostTimes where position + 3 < bytes.count {
      guard bytes[position] == 50, bytes[position + 1] == 53,
        bytes[position + 2].hexadecimalDigit != nil, bytes[position + 3].hexadecimalDigit != nil
      else { break }
      position += 2
    }
    guard let byte = hexadecimal(position, digits: 2) else { return isEnd ? none : nil }
    // What is encoded again ends later than this text.
    if byte == 37, position + 4 > bytes.count, !isEnd { return nil }
    return byte.map { Found(value: [UInt8($0)], end: position + 2) } ?? none
  }

  /// `\"`, `\/`, `\n`, `\x07`, `\u003c`, each with any number of backslashes.
  private func escape(_ run: Run) -> Found? {
    let (none, position) = (Found(value: [], end: run.end), run.end)
    guard run.count <= Self.mostBackslashes else { return none }
    guard position < bytes.count else { return isEnd ? none : nil }
    switch bytes[position] {
    case 117: return unicode(position)  // u
    case 120:  // x
      guard let byte = hexadecimal(position + 1, digits: 2) else { return isEnd ? none : nil }
      return byte.map { Found(value: [UInt8($0)], end: position + 3) } ?? none
    case .percent: return percent(position)
    case let byte:
      let controls: [UInt8: UInt8] = [110: 10, 116: 9, 114: 13, 98: 8, 102: 12, 118: 11, 97: 7]
      return Found(value: [controls[byte] ?? byte], end: position + 1)
    }
  }

  private func unicode(_ position: Int) -> Found? {
    let none = Found(value: [], end: position)
    guard let first = hexadecimal(position + 1, digits: 4) else { return isEnd ? none : nil }
    guard let first else { return none }
    var (code, end) = (first, position + 5)
    if (0xD800..<0xDC00).contains(first) {
      guard let run = backslashes(end), run.end < bytes.count else { return isEnd ? none : nil }
      guard run.count > 0, bytes[run.end] == 117 else { return none }
      guard let second = hexadecimal(run.end + 1, digits: 4) else { return isEnd ? none : nil }
      guard let second, (0xDC00..<0xE000).contains(second) else { return none }
      (code, end) = (0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), run.end + 5)
    }
    guard let scalar = Unicode.Scalar(code) else { return none }
    return Found(value: Array(String(Character(scalar)).utf8), end: end)
  }

  /// `nil`: the text ends inside it; `.some(nil)`: it is none.
  private func hexadecimal(_ start: Int, digits: Int) -> UInt32?? {
    var value: UInt32 = 0
    for position in start..<(start + digits) {
      guard position < bytes.count else { return nil }
      guard let digit = bytes[position].hexadecimalDigit else { return .some(nil) }
      value = value << 4 | UInt32(digit)
    }
    return .some(value)
  }
}

/// What of a secret's base64 does not depend on what stands before and behind it: for each of the three places at which
/// it may begin in a group of three bytes, in either alphabet.
func base64Cores(_ bytes: [UInt8]) -> [[UInt8]] {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
  let alphabets = [letters + Array("+/".utf8), letters + Array("-_".utf8)]
  var cores: [[UInt8]] = []
  for before in 0..<3 {
    let bits = [UInt8](repeating: 0, count: before) + bytes
    // Whole groups of six bits that lie inside the secret.
    let digits = ((before * 8 + 5) / 6)..<(bits.count * 8 / 6)
    guard digits.count >= 4 else { continue }
    for alphabet in alphabets {
      let core = digits.map { digit in
        let (byte, shift) = (digit * 6 / 8, digit * 6 % 8)
        let pair = UInt16(bits[byte]) << 8 | (byte + 1 < bits.count ? UInt16(bits[byte + 1]) : 0)
        return alphabet[Int(pair >> (10 - shift) & 63)]
      }
      if !cores.contains(core) { cores.append(core) }
    }
  }
  return cores
}
