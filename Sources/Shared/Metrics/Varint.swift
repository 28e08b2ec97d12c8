/// Bytes of LEB128 numbers behind a version byte.
struct VarintBytes {
  private(set) var bytes: [UInt8]

  init(version: UInt8) { bytes = [version] }

  mutating func append(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func append(zigzag number: Int64) { append(UInt64(bitPattern: number << 1 ^ number >> 63)) }
}

struct VarintReader {
  private let bytes: [UInt8]
  private var position = 1

  init?(_ bytes: [UInt8], version: UInt8) {
    guard bytes.first == version else { return nil }
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }

  /// - Returns: `nil` at a number that is cut off or does not fit 64 bits.
  mutating func unsigned() -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { return nil }
      number |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return number }
    }
    return nil
  }

  mutating func zigzag() -> Int64? {
    unsigned().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
  }
}
