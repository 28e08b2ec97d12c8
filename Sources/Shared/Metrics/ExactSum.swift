/// A sum of doubles without rounding, so that it is the same in any order and over any number of shards.
///
/// Every finite double is an integer times 2^-1074. The sum is that integer, in limbs of 32 bits held in 64
/// so that carries may wait (2^30 additions fit before they must be passed on).
package struct ExactSum: Sendable, Equatable {
  private static let limbCount = 70  // 2,098 bits of a double's range, and room for 2^64 additions
  private var limbs: [Int64] = []
  private var additionsUntilCarry = 1 << 30

  package init() {}

  package static func == (left: ExactSum, right: ExactSum) -> Bool { left.magnitude == right.magnitude }

  /// - Precondition: `value` is finite. The stream's reader drops infinities and counts them.
  @inline(__always) package mutating func add(_ value: Double) {
    guard value != 0 else { return }
    if limbs.isEmpty { limbs = [Int64](repeating: 0, count: Self.limbCount) }
    let isSubnormal = value.exponentBitPattern == 0
    let mantissa = value.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
    let position = isSubnormal ? 0 : Int(value.exponentBitPattern) - 1
    let (limb, shift) = (position >> 5, UInt64(truncatingIfNeeded: position & 31))
    let low = mantissa &<< shift
    let high = (mantissa &>> 1) &>> (63 - shift)
    // All bits of a negative value's: x ^ -1 - -1 is -x. Nothing overflows before the carries are passed on.
    let sign = Int64(bitPattern: value.bitPattern) >> 63
    limbs[limb] &+= (Int64(truncatingIfNeeded: low & 0xFFFF_FFFF) ^ sign) &- sign
    limbs[limb + 1] &+= (Int64(truncatingIfNeeded: low >> 32) ^ sign) &- sign
    limbs[limb + 2] &+= (Int64(truncatingIfNeeded: high) ^ sign) &- sign
    additionsUntilCarry -= 1
    if additionsUntilCarry == 0 { carry() }
  }

  package mutating func add(_ values: [Double], _ range: Range<Int>) {
    for index in range { add(values[index]) }
  }

  package mutating func merge(_ other: ExactSum) {
    guard !other.limbs.isEmpty else { return }
    if limbs.isEmpty { limbs = [Int64](repeating: 0, count: Self.limbCount) }
    var other = other
    other.carry()
    carry()
    for index in limbs.indices { limbs[index] += other.limbs[index] }
    carry()
  }

  /// Passes carries on: afterwards every limb but the last is in 0..<2^32, and the last has the sign.
  private mutating func carry() {
    guard !limbs.isEmpty else { return }
    for index in 0..<(Self.limbCount - 1) {
      let over = limbs[index] >> 32
      limbs[index] -= over << 32
      limbs[index + 1] += over
    }
    additionsUntilCarry = 1 << 30
  }

  private var magnitude: (isNegative: Bool, limbs: [UInt32]) {
    var sum = self
    sum.carry()
    guard let top = sum.limbs.last else { return (false, []) }
    if top < 0 {
      for index in sum.limbs.indices { sum.limbs[index] = -sum.limbs[index] }
      sum.carry()
    }
    var words = sum.limbs.map { UInt32(truncatingIfNeeded: $0) }
    while words.last == 0 { words.removeLast() }
    return (top < 0, words)
  }

  /// No fraction: no addition of such doubles below 2^53 ever rounded.
  package var isWhole: Bool {
    let words = magnitude.limbs
    let (limb, bit) = (1074 >> 5, UInt32(1074 & 31))  // 2^0
    return words.prefix(limb).allSatisfy { $0 == 0 }
      && (words.count <= limb || words[limb] & (1 << bit - 1) == 0)
  }

  /// The double nearest to the exact sum, ties to even.
  package var value: Double {
    let (isNegative, words) = magnitude
    guard let last = words.last else { return 0 }
    let topBit = (words.count - 1) * 32 + (31 - last.leadingZeroBitCount)
    var window: UInt64 = 0  // the 64 bits from the top one down
    for bit in 0..<64 where topBit - bit >= 0 {
      let position = topBit - bit
      if words[position >> 5] >> UInt32(position & 31) & 1 == 1 { window |= 1 << UInt64(63 - bit) }
    }
    let isInexact = (0..<max(0, topBit - 63)).contains { words[$0 >> 5] >> UInt32($0 & 31) & 1 == 1 }
    if isInexact { window |= 1 }
    // Two factors, because 2^-1074 alone would round a sum of ordinary size to nothing.
    let exponent = topBit - 63 - 1074
    let half = exponent / 2
    let value = Double(window) * Double(sign: .plus, exponent: half, significand: 1)
    let result = value * Double(sign: .plus, exponent: exponent - half, significand: 1)
    return isNegative ? -result : result
  }

  /// The sum on the wire: a hexadecimal integer times a power of two, `-0x1f4p-3`; `0x0p+0` for nothing.
  package var text: String {
    let (isNegative, words) = magnitude
    guard !words.isEmpty else { return "0x0p+0" }
    let zeros = words.prefix { $0 == 0 }.count
    let digits = words.dropFirst(zeros).reversed().map { word in
      let hex = String(word, radix: 16)
      return String(repeating: "0", count: 8 - hex.count) + hex
    }.joined()
    let exponent = zeros * 32 - 1074
    return "\(isNegative ? "-" : "")0x\(digits.drop { $0 == "0" })p\(exponent < 0 ? "" : "+")\(exponent)"
  }

  /// - Returns: `nil` unless `text` is what ``text`` writes.
  package init?(text: String) {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: "p")
    guard parts.count == 2, parts[0].hasPrefix("0x"), let exponent = Int(parts[1]) else { return nil }
    let digits = parts[0].dropFirst(2)
    if digits == "0" { return }
    guard (-1074...1100).contains(exponent) else { return nil }
    let zeros = (exponent + 1074) / 32
    guard (exponent + 1074) % 32 == 0, digits.allSatisfy(\.isHexDigit),
      zeros + (digits.count + 7) / 8 < Self.limbCount
    else { return nil }
    limbs = [Int64](repeating: 0, count: Self.limbCount)
    var rest = digits
    var limb = zeros
    while !rest.isEmpty {
      guard let word = Int64(rest.suffix(8), radix: 16) else { return nil }
      limbs[limb] = isNegative ? -word : word
      rest = rest.dropLast(8)
      limb += 1
    }
    carry()
  }
}
