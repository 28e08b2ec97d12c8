/// Numbers for byte strings, from 0 in the order of their arrival: looked up by their bytes, so that no String is
/// made for a sample. Open addressing over one arena.
struct ByteTable {
  private var arena: [UInt8] = []
  private var entries: [(hash: UInt64, start: Int, count: Int)] = []
  private var slots = [Int32](repeating: -1, count: 64)

  var count: Int { entries.count }

  func find(_ bytes: Span<UInt8>) -> Int? { find(bytes, in: 0..<bytes.count) }

  func find(_ bytes: Span<UInt8>, in range: Range<Int>) -> Int? {
    let found = slots[slot(bytes.hash(in: range), bytes, range)]
    return found < 0 ? nil : Int(found)
  }

  mutating func insert(_ bytes: Span<UInt8>) -> Int {
    let hash = bytes.hash(in: 0..<bytes.count)
    let place = slot(hash, bytes, 0..<bytes.count)
    if slots[place] >= 0 { return Int(slots[place]) }
    let start = arena.count
    for index in 0..<bytes.count { arena.append(bytes[index]) }
    entries.append((hash, start, bytes.count))
    slots[place] = Int32(entries.count - 1)
    if entries.count * 2 > slots.count { grow() }
    return entries.count - 1
  }

  func string(_ number: Int) -> String {
    let entry = entries[number]
    return String(decoding: arena[entry.start..<(entry.start + entry.count)], as: UTF8.self)
  }

  /// The slot of these bytes, or the free one where they belong. Half of the slots are free, so it ends.
  private func slot(_ hash: UInt64, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] >= 0 {
      let entry = entries[Int(slots[place])]
      if entry.hash == hash, entry.count == range.count,
        bytes.hasBytes(of: arena.span, in: entry.start..<(entry.start + entry.count), at: range.lowerBound)
      {
        return place
      }
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, entry) in entries.enumerated() {
      var place = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(number)
    }
  }
}
