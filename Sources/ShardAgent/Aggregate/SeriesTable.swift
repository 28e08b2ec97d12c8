/// Numbers for lists of numbers of one length, from 0 in the order of their arrival: a series is its metric and the
/// value (or -1) of every report tag. Open addressing over one arena.
struct SeriesTable {
  private let width: Int
  private var keys: [Int32] = []
  private var slots = [Int32](repeating: -1, count: 256)

  /// - Parameter width: how many numbers make a key.
  init(width: Int) { self.width = width }

  var count: Int { width == 0 ? 0 : keys.count / width }

  func key(_ number: Int) -> ArraySlice<Int32> { keys[(number * width)..<((number + 1) * width)] }

  /// - Returns: the number of the series, `nil` when it is new.
  func find(_ key: [Int32]) -> Int? {
    let found = slots[slot(key)]
    return found < 0 ? nil : Int(found)
  }

  /// - Precondition: `key` is new.
  mutating func insert(_ key: [Int32]) -> Int {
    precondition(key.count == width)
    let number = count
    keys += key
    slots[slot(key)] = Int32(number)
    if count * 2 > slots.count { grow() }
    return number
  }

  private func slot(_ key: [Int32]) -> Int {
    var place = Self.hash(key, 0..<key.count) & (slots.count - 1)
    while slots[place] >= 0, !isKey(Int(slots[place]), key) { place = (place + 1) & (slots.count - 1) }
    return place
  }

  private func isKey(_ number: Int, _ key: [Int32]) -> Bool {
    let start = number * width
    for index in key.indices where keys[start + index] != key[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in 0..<count {
      var place = Self.hash(keys, (number * width)..<((number + 1) * width)) & (slots.count - 1)
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(number)
    }
  }

  private static func hash(_ keys: [Int32], _ range: Range<Int>) -> Int {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for index in range { hash = (hash ^ UInt64(UInt32(bitPattern: keys[index]))) &* 0xBF58_476D_1CE4_E5B9 }
    return Int((hash ^ hash >> 29) & 0x7FFF_FFFF)
  }
}
