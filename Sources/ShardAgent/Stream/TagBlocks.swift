/// Tags seen before, by their bytes, from brace to brace. Requests of one kind have the same, and so have the nine
/// samples of a request.
struct TagBlocks {
  /// Longer ones are not kept.
  static let longest = 1024

  private struct Slot {
    /// Where its bytes begin; room for the longest block. -1: it has never held one.
    var start = -1
    var count = 0
    /// What the owner noted: the number of a set of tags.
    var set = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 512)
  private var bytes: [UInt8] = []
  private var current = 0
  /// The slot of the block that was looked for last.
  private var wanted = 0
  /// Without memory nothing is ever found: to compare with.
  var hasMemory = true

  /// The set of the block that was found or put in last.
  var set: Int { slots[current].set }

  /// - Returns: where the tags end, if they are those of the line before.
  @inline(__always) func endOfSame(_ text: Span<UInt8>, from start: Int) -> Int? {
    let slot = slots[current]
    guard slot.count > 0,
      text.hasBytes(of: bytes.span, in: slot.start..<(slot.start + slot.count), at: start)
    else { return nil }
    return start + slot.count
  }

  /// - Returns: whether the block is known; then ``set`` is its.
  mutating func find(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    wanted = Int(truncatingIfNeeded: text.hash(in: range)) & (slots.count - 1)
    let slot = slots[wanted]
    guard slot.count == range.count, slot.count > 0,
      text.hasBytes(of: bytes.span, in: slot.start..<(slot.start + slot.count), at: range.lowerBound)
    else { return false }
    current = wanted
    return true
  }

  /// In the place of what had the same hash.
  /// - Precondition: the block was looked for just now.
  mutating func insert(_ text: Span<UInt8>, _ range: Range<Int>, set: Int) {
    guard hasMemory, range.count <= Self.longest else { return forgetCurrent() }
    current = wanted
    if slots[current].start < 0 {
      slots[current].start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: Self.longest))
    }
    text.copy(range, to: &bytes, at: slots[current].start)
    (slots[current].count, slots[current].set) = (range.count, set)
  }

  /// The tags of the line before are none of these.
  mutating func forgetCurrent() { slots[current].count = 0 }

  mutating func removeAll() { for number in slots.indices { slots[number].count = 0 } }
}
