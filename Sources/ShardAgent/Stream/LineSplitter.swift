/// Cuts a stream of chunks into lines; a line that is spread over chunks is put together.
struct LineSplitter {
  static let longestLine = 16 << 20
  private var pending: [UInt8] = []
  private var isSkipping = false

  /// Calls `line` for every whole line, without its newline. A line over 16 MiB is left out and reported once
  /// to `tooLong`.
  mutating func feed(_ chunk: Span<UInt8>, line: (Span<UInt8>) -> Void, tooLong: () -> Void) {
    var start = 0
    for index in 0..<chunk.count where chunk[index] == 10 {
      finish(chunk, start..<index, line: line)
      start = index + 1
    }
    guard start < chunk.count, !isSkipping else { return }
    guard pending.count + chunk.count - start <= Self.longestLine else {
      pending = []
      isSkipping = true
      tooLong()
      return
    }
    for index in start..<chunk.count { pending.append(chunk[index]) }
  }

  private mutating func finish(_ chunk: Span<UInt8>, _ range: Range<Int>, line: (Span<UInt8>) -> Void) {
    if isSkipping {
      isSkipping = false
    } else if pending.isEmpty {
      line(chunk.extracting(range))
    } else {
      for index in range { pending.append(chunk[index]) }
      line(pending.span)
      pending.removeAll(keepingCapacity: pending.count < 1 << 20)
    }
  }

  /// What stands behind the last newline.
  mutating func takeRest() -> [UInt8] {
    defer { pending = [] }
    return pending
  }
}
