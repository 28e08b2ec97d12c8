/// Numbers for series: a metric and the value (or -1) of every report tag. Open addressing over one arena.
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
    let number = count
    keys += key
    slots[slot(key)] = Int32(number)
    if count * 2 > slots.count { grow() }
    return number
  }

  private func slot(_ key: [Int32]) -> Int {
    var place = Self.hash(key[...]) & (slots.count - 1)
    while slots[place] >= 0, !key.elementsEqual(self.key(Int(slots[place]))) {
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in 0..<count {
      var place = Self.hash(key(number)) & (slots.count - 1)
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(number)
    }
  }

  private static func hash(_ key: ArraySlice<Int32>) -> Int {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for number in key { hash = (hash ^ UInt64(UInt32(bitPattern: number))) &* 0xBF58_476D_1CE4_E5B9 }
    return Int((hash ^ hash >> 29) & 0x7FFF_FFFF)
  }
}
