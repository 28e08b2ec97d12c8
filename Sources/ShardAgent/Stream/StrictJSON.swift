/// JSON (RFC 8259) read straight from bytes: no value is built that nobody asked for. Everything is checked,
/// what is skipped too, so that a line is either right or malformed, never half of each.
enum StrictJSON {
  @inline(__always) static func skipSpace(_ text: Span<UInt8>, _ at: inout Int) {
    while at < text.count, text[at] <= 32, text[at] == 32 || text[at] == 9 || text[at] == 10 || text[at] == 13
    {
      at += 1
    }
  }

  /// The next byte that is no white space, not consumed; 0 at the end of the text.
  @inline(__always) static func peek(_ text: Span<UInt8>, _ at: inout Int) -> UInt8 {
    skipSpace(text, &at)
    return at < text.count ? text[at] : 0
  }

  @inline(__always) static func expect(_ byte: UInt8, _ text: Span<UInt8>, _ at: inout Int) throws(LineError)
  {
    guard peek(text, &at) == byte else { throw .unexpected(at: at) }
    at += 1
  }

  /// Consumes `null` if it stands here.
  @inline(__always) static func takeNull(_ text: Span<UInt8>, _ at: inout Int) throws(LineError) -> Bool {
    guard peek(text, &at) == 110 else { return false }
    try word("null", text, &at)
    return true
  }

  private static func word(_ word: StaticString, _ text: Span<UInt8>, _ at: inout Int) throws(LineError) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard at < text.count, text[at] == word.utf8Start[offset] else { throw .unexpected(at: at) }
      at += 1
    }
  }

  /// Calls `member` behind every key's colon; it must consume the value. `key` is without its quotes.
  @inline(__always) static func object(
    _ text: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8],
    member: (_ key: TextSlice, _ at: inout Int, _ scratch: inout [UInt8]) throws(LineError) -> Void
  ) throws(LineError) {
    try expect(123, text, &at)
    if peek(text, &at) == 125 {
      at += 1
      return
    }
    while true {
      skipSpace(text, &at)
      let key = try string(text, &at, &scratch)
      try expect(58, text, &at)
      try member(key, &at, &scratch)
      guard peek(text, &at) == 44 else { break }
      at += 1
    }
    try expect(125, text, &at)
  }

  /// Any value, checked and left out.
  static func skipValue(
    _ text: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8], depth: Int = 0
  ) throws(LineError) {
    guard depth < 64 else { throw .tooDeep(at: at) }
    switch peek(text, &at) {
    case 34: _ = try string(text, &at, &scratch)
    case 123:
      try object(text, &at, &scratch) { (_, at, scratch) throws(LineError) in
        try skipValue(text, &at, &scratch, depth: depth + 1)
      }
    case 91:
      at += 1
      if peek(text, &at) == 93 {
        at += 1
        return
      }
      while true {
        try skipValue(text, &at, &scratch, depth: depth + 1)
        guard peek(text, &at) == 44 else { break }
        at += 1
      }
      try expect(93, text, &at)
    case 116: try word("true", text, &at)
    case 102: try word("false", text, &at)
    case 110: try word("null", text, &at)
    default: _ = try number(text, &at)
    }
  }

  /// A string, checked for UTF-8: a piece of the text, or of `scratch` where it held an escape.
  @inline(__always) static func string(
    _ text: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8]
  ) throws(LineError) -> TextSlice {
    guard at < text.count, text[at] == 34 else { throw .unexpected(at: at) }
    let start = at + 1
    let end = endOfPlain(text, from: start)
    if end < text.count, text[end] == 34 {
      at = end + 1
      return TextSlice(start: start, count: end - start, isInScratch: false)
    }
    at = end
    return try unusualString(text, from: start, &at, &scratch)
  }

  private static func unusualString(
    _ text: Span<UInt8>, from start: Int, _ at: inout Int, _ scratch: inout [UInt8]
  ) throws(LineError) -> TextSlice {
    while true {
      at = endOfPlain(text, from: at)
      guard at < text.count else { throw .cutOff }
      switch text[at] {
      case 34:
        at += 1
        return TextSlice(start: start, count: at - 1 - start, isInScratch: false)
      case 92: return try escapedString(text, from: start, &at, &scratch)
      case 0..<32: throw .unexpected(at: at)
      case 32..<128: at += 1
      default: try skipUTF8(text, &at)
      }
    }
  }

  /// Goes over what stands for itself in a string, eight bytes at a time; stops short of the text's last seven.
  @inline(__always) private static func endOfPlain(_ text: Span<UInt8>, from start: Int) -> Int {
    var at = start
    while at <= text.count - 8 {
      let plain = text.word(at: at).leadingPlain
      at &+= plain
      if plain < 8 { break }
    }
    return at
  }

  private static func escapedString(
    _ text: Span<UInt8>, from start: Int, _ at: inout Int, _ scratch: inout [UInt8]
  ) throws(LineError) -> TextSlice {
    let first = scratch.count
    for index in start..<at { scratch.append(text[index]) }
    while at < text.count {
      switch text[at] {
      case 34:
        at += 1
        return TextSlice(start: first, count: scratch.count - first, isInScratch: true)
      case 92: try escape(text, &at, &scratch)
      case 0..<32: throw .unexpected(at: at)
      case 32..<128:
        scratch.append(text[at])
        at += 1
      default:
        let begin = at
        try skipUTF8(text, &at)
        for index in begin..<at { scratch.append(text[index]) }
      }
    }
    throw .cutOff
  }

  private static func escape(
    _ text: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8]
  ) throws(LineError) {
    guard at + 1 < text.count else { throw .cutOff }
    at += 2
    switch text[at - 1] {
    case 34, 47, 92: scratch.append(text[at - 1])
    case 98: scratch.append(8)
    case 102: scratch.append(12)
    case 110: scratch.append(10)
    case 114: scratch.append(13)
    case 116: scratch.append(9)
    case 117: try unicodeEscape(text, &at, &scratch)
    default: throw .unexpected(at: at - 1)
    }
  }

  /// Behind `\u`. Two of them make a scalar above U+FFFF; half of such a pair is malformed.
  private static func unicodeEscape(
    _ text: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8]
  ) throws(LineError) {
    var value = try fourHexDigits(text, &at)
    if (0xD800..<0xDC00).contains(value), at + 1 < text.count, text[at] == 92, text[at + 1] == 117 {
      at += 2
      let low = try fourHexDigits(text, &at)
      guard (0xDC00..<0xE000).contains(low) else { throw .unexpected(at: at - 4) }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw .unexpected(at: at - 4) }
    scratch.append(contentsOf: UTF8.encode(scalar)!)
  }

  private static func fourHexDigits(_ text: Span<UInt8>, _ at: inout Int) throws(LineError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard at < text.count else { throw .cutOff }
      switch text[at] {
      case 48...57: value = value << 4 | UInt32(text[at] - 48)
      case 65...70: value = value << 4 | UInt32(text[at] - 55)
      case 97...102: value = value << 4 | UInt32(text[at] - 87)
      default: throw .unexpected(at: at)
      }
      at += 1
    }
    return value
  }

  /// One scalar of more than a byte: the well-formed sequences of Unicode's table 3-7.
  private static func skipUTF8(_ text: Span<UInt8>, _ at: inout Int) throws(LineError) {
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch text[at] {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: throw .badUTF8(at: at)
      }
    for offset in 1..<length {
      guard at + offset < text.count else { throw .cutOff }
      guard (offset == 1 ? second : 0x80...0xBF).contains(text[at + offset]) else { throw .badUTF8(at: at) }
    }
    at += length
  }
}

/// Where a string's bytes are: in the line, or unescaped in the reader's scratch.
struct TextSlice {
  private var first: Int32 = 0
  private var length: Int32 = 0
  private(set) var isInScratch = false

  init() {}

  /// - Precondition: in a line, none of which is longer than 16 MiB.
  init(start: Int, count: Int, isInScratch: Bool) {
    (first, length) = (Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: count))
    self.isInScratch = isInScratch
  }

  var start: Int { Int(first) }
  var count: Int { Int(length) }
}
