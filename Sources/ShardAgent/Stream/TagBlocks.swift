/// Tags seen before, by their bytes, from brace to brace. Requests of one kind have the same, and so have the nine
/// samples of a request.
struct TagBlocks {
  /// Longer ones are not kept.
  static let longest = 1024
  private static let slotCount = 512
  /// Empty until something is put in.
  private var bytes: [UInt8] = []
  private var counts = [Int](repeating: 0, count: slotCount)
  /// What the owner noted for a slot: the number of a set of tags.
  private var sets = [Int](repeating: 0, count: slotCount)
  private var current = 0
  /// Without memory nothing is ever found: to compare with.
  var hasMemory = true

  /// The set of the block that was found or put in last.
  var set: Int { sets[current] }

  /// - Returns: where the tags end, if they are those of the line before.
  @inline(__always) func endOfSame(_ text: Span<UInt8>, from start: Int) -> Int? {
    let count = counts[current]
    let kept = current * Self.longest
    guard count > 0, text.hasBytes(of: bytes.span, in: kept..<(kept + count), at: start) else { return nil }
    return start + count
  }

  /// - Returns: whether the block is known; then ``set`` is its.
  mutating func find(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let slot = Self.slot(text, range)
    guard counts[slot] == range.count, range.count > 0,
      case let kept = slot * Self.longest,
      text.hasBytes(of: bytes.span, in: kept..<(kept + range.count), at: range.lowerBound)
    else { return false }
    current = slot
    return true
  }

  /// In the place of what had the same hash.
  mutating func insert(_ text: Span<UInt8>, _ range: Range<Int>, set: Int) {
    guard hasMemory, range.count <= Self.longest else { return forgetCurrent() }
    if bytes.isEmpty { bytes = [UInt8](repeating: 0, count: Self.slotCount * Self.longest) }
    current = Self.slot(text, range)
    text.copy(range, to: &bytes, at: current * Self.longest)
    (counts[current], sets[current]) = (range.count, set)
  }

  /// The line before was none of these.
  mutating func forgetCurrent() { counts[current] = 0 }

  mutating func removeAll() { for slot in counts.indices { counts[slot] = 0 } }

  private static func slot(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    Int(truncatingIfNeeded: text.hash(in: range)) & (slotCount - 1)
  }
}
