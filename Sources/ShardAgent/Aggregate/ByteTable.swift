/// Numbers for byte strings, from 0 in the order of their arrival: looked up by their bytes, so that no String is
/// made for a sample. Open addressing.
struct ByteTable {
  /// What is compared at once: of a string of up to 16 bytes, all of it.
  private struct Key: Equatable {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var count: Int32 = 0

    init() {}

    @inline(__always) init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
      count = Int32(truncatingIfNeeded: range.count)
      first = bytes.tail(range.lowerBound..<min(range.upperBound, range.lowerBound + 8))
      last = range.count > 8 ? bytes.word(at: range.upperBound - 8) : 0
    }
  }

  private struct Slot {
    let key: Key
    let number: Int32
    static let free = Slot(key: Key(), number: -1)
  }

  private var slots = [Slot](repeating: .free, count: 64)
  private var arena: [UInt8] = []
  private var starts = [0]

  var count: Int { starts.count - 1 }

  func find(_ bytes: Span<UInt8>) -> Int? { find(bytes, in: 0..<bytes.count) }

  @inline(__always) func find(_ bytes: Span<UInt8>, in range: Range<Int>) -> Int? {
    let number = slots[place(Key(bytes, range), bytes, range)].number
    return number < 0 ? nil : Int(number)
  }

  mutating func insert(_ bytes: Span<UInt8>) -> Int {
    let range = 0..<bytes.count
    let key = Key(bytes, range)
    let place = place(key, bytes, range)
    if slots[place].number >= 0 { return Int(slots[place].number) }
    slots[place] = Slot(key: key, number: Int32(count))
    for index in range { arena.append(bytes[index]) }
    starts.append(arena.count)
    if count * 2 > slots.count { grow() }
    return count - 1
  }

  func string(_ number: Int) -> String { String(decoding: bytes(number), as: UTF8.self) }

  func bytes(_ number: Int) -> ArraySlice<UInt8> { arena[range(number)] }

  private func range(_ number: Int) -> Range<Int> { starts[number]..<starts[number + 1] }

  /// The slot of these bytes, or the free one where they belong. Half of the slots are free, so it ends.
  @inline(__always) private func place(_ key: Key, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var place = hash(key, bytes, range)
    while true {
      let slot = slots[place]
      if slot.number < 0 { return place }
      if slot.key == key, key.count <= 16 || isSame(Int(slot.number), bytes, range) { return place }
      place = (place + 1) & (slots.count - 1)
    }
  }

  private func isSame(_ number: Int, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    bytes.hasBytes(of: arena.span, in: self.range(number), at: range.lowerBound)
  }

  @inline(__always) private func hash(_ key: Key, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var mixed = (key.first ^ (key.last &<< 17 | key.last &>> 47)) &+ UInt64(truncatingIfNeeded: key.count)
    if key.count > 16 { mixed ^= bytes.hash(in: (range.lowerBound + 8)..<(range.upperBound - 8)) }
    return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) &>> 32) & (slots.count - 1)
  }

  private mutating func grow() {
    slots = [Slot](repeating: .free, count: slots.count * 2)
    for number in 0..<count {
      let key = Key(arena.span, range(number))
      let place = place(key, arena.span, range(number))
      slots[place] = Slot(key: key, number: Int32(number))
    }
  }
}
