/// Numbers for byte strings, from 0 in the order of their arrival: looked up by their bytes, so that no String is
/// made for a sample. Open addressing over one arena.
struct ByteTable {
  private var arena: [UInt8] = []
  private var entries: [(hash: UInt64, start: Int, count: Int)] = []
  private var slots = [Int32](repeating: -1, count: 64)

  var count: Int { entries.count }

  func find(_ bytes: Span<UInt8>) -> Int? {
    let found = slots[slot(Self.hash(bytes), bytes)]
    return found < 0 ? nil : Int(found)
  }

  mutating func insert(_ bytes: Span<UInt8>) -> Int {
    let hash = Self.hash(bytes)
    let place = slot(hash, bytes)
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
  private func slot(_ hash: UInt64, _ bytes: Span<UInt8>) -> Int {
    var place = Int(hash & UInt64(slots.count - 1))
    while slots[place] >= 0 {
      let entry = entries[Int(slots[place])]
      if entry.hash == hash, entry.count == bytes.count, equals(entry.start, bytes) { return place }
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  private func equals(_ start: Int, _ bytes: Span<UInt8>) -> Bool {
    for index in 0..<bytes.count where arena[start + index] != bytes[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, entry) in entries.enumerated() {
      var place = Int(entry.hash & UInt64(slots.count - 1))
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(number)
    }
  }

  /// FNV-1a.
  private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in 0..<bytes.count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
    return hash ^ hash >> 32
  }
}
