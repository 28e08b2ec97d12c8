import Glibc

/// The few places that read more than a byte at a time. Each checks its bounds once, before it reads.
extension Span<UInt8> {
  /// Eight bytes, the first in the lowest place. Traps when they are not all there.
  @inline(__always) func word(at index: Int) -> UInt64 {
    // Unsafe only for types that not every bit pattern is a value of. RawSpan checks the bounds.
    UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// Where a byte stands first, from `start` on. The C library looks at 32 or 64 bytes at once.
  @inline(__always) func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    precondition(start >= 0 && start <= count)
    return unsafe withUnsafeBufferPointer { (buffer) -> Int? in
      guard let base = buffer.baseAddress, let found = memchr(base + start, Int32(byte), buffer.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  /// Whether the bytes from `start` on are those of `other` in `range`; false when there are not so many.
  @inline(__always) func hasBytes(of other: Span<UInt8>, in range: Range<Int>, at start: Int) -> Bool {
    precondition(start >= 0 && range.lowerBound >= 0 && range.upperBound <= other.count)
    guard start <= count - range.count else { return false }
    return unsafe withUnsafeBufferPointer { mine in
      unsafe other.withUnsafeBufferPointer { theirs in
        guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else { return range.isEmpty }
        return memcmp(mine + start, theirs + range.lowerBound, range.count) == 0
      }
    }
  }

  /// Puts the bytes of a range into an array, from `start` on, where there must be room for them.
  @inline(__always) func copy(_ range: Range<Int>, to array: inout [UInt8], at start: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    precondition(start >= 0 && start <= array.count - range.count)
    guard !range.isEmpty else { return }
    unsafe withUnsafeBufferPointer { mine in
      unsafe array.withUnsafeMutableBufferPointer {
        _ = memcpy($0.baseAddress! + start, mine.baseAddress! + range.lowerBound, range.count)
      }
    }
  }

  /// For tables that compare the bytes afterwards. Two sums at once: a multiplication waits for the one before it.
  func hash(in range: Range<Int>) -> UInt64 {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    var (first, second) = (UInt64(truncatingIfNeeded: range.count), 0x9E37_79B9_7F4A_7C15 as UInt64)
    var at = range.lowerBound
    while at + 16 <= range.upperBound {
      first = Self.mixed(first ^ word(at: at))
      second = Self.mixed(second ^ word(at: at + 8))
      at += 16
    }
    if at + 8 <= range.upperBound {
      first = Self.mixed(first ^ word(at: at))
      at += 8
    }
    if at < range.upperBound { second = Self.mixed(second ^ tail(at..<range.upperBound)) }
    return Self.mixed(first ^ second)
  }

  /// At most eight bytes, as ``word(at:)`` would read them with zeros behind.
  @inline(__always) func tail(_ range: Range<Int>) -> UInt64 {
    if range.lowerBound + 8 <= count {
      let word = word(at: range.lowerBound)
      return range.count == 8 ? word : word & ~(UInt64.max &<< UInt64(truncatingIfNeeded: range.count &* 8))
    }
    var tail: UInt64 = 0
    for index in range.reversed() { tail = tail << 8 | UInt64(self[index]) }
    return tail
  }

  @inline(__always) private static func mixed(_ word: UInt64) -> UInt64 {
    let (high, low) = word.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return high ^ low
  }
}

/// Eight bytes looked at together.
extension UInt64 {
  /// Up to eight ASCII characters, the first in the lowest place.
  init(ascii text: StaticString) {
    precondition(text.utf8CodeUnitCount <= 8)
    self = text.withUTF8Buffer { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
  }

  /// How many of the eight bytes, from the first, are digits.
  @inline(__always) var leadingDigits: Int {
    // A digit's high half is 3, and adding 6 does not change that.
    let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    let threes: UInt64 = 0x3030_3030_3030_3030
    let others = ((self & high) ^ threes) | (((self &+ 0x0606_0606_0606_0606) & high) ^ threes)
    return others.trailingZeroBitCount >> 3
  }

  /// The number that the first `count` (1 to 8) bytes, all digits, stand for.
  @inline(__always) func number(ofDigits count: Int) -> UInt64 {
    // The digits move up, zeros come in front; then pairs, fours and eights are put together.
    let digits = (self & 0x0F0F_0F0F_0F0F_0F0F) << UInt64(64 - count * 8)
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
  }

  /// How many of the eight bytes, from the first, stand for themselves in a JSON string: ASCII, no control
  /// character, no quote, no backslash.
  @inline(__always) var leadingPlain: Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Of an ASCII byte the top bit is marked, by a borrow, when it is below 32 or the quote, or the backslash. A borrow
    // may mark bytes above a marked one as well: only the first counts.
    let lowOrQuote = (self ^ ones &* 2) &- ones &* 33
    let backslash = (self ^ ones &* 92) &- ones
    let marks = (lowOrQuote | backslash | self) & (ones &* 0x80)
    return marks.trailingZeroBitCount >> 3
  }
}
