/// Cuts a stream of chunks into lines; a line that is spread over chunks is put together.
struct LineSplitter {
  static let longestLine = 16 << 20
  private var pending: [UInt8] = []
  private var isSkipping = false

  /// Calls `line` for every whole line, without its newline. A line over 16 MiB is left out and reported once
  /// to `tooLong`.
  mutating func feed(_ chunk: Span<UInt8>, line: (Span<UInt8>) -> Void, tooLong: () -> Void) {
    var start = finishPending(chunk, line: line)
    while let end = chunk.firstIndex(of: 10, from: start) {
      line(chunk.extracting(start..<end))
      start = end + 1
    }
    keep(chunk, from: start, tooLong: tooLong)
  }

  /// The line that began in an earlier chunk, if there is one and it ends here.
  /// - Returns: where the next line begins; 0 when none was begun, and when the chunk has no end of it.
  mutating func finishPending(_ chunk: Span<UInt8>, line: (Span<UInt8>) -> Void) -> Int {
    guard isSkipping || !pending.isEmpty else { return 0 }
    guard let end = chunk.firstIndex(of: 10, from: 0) else { return 0 }
    if isSkipping {
      isSkipping = false
    } else {
      append(chunk, 0..<end)
      line(pending.span)
      pending.removeAll(keepingCapacity: pending.count < 1 << 20)
    }
    return end + 1
  }

  /// The beginning of a line that is not whole yet.
  mutating func keep(_ chunk: Span<UInt8>, from start: Int, tooLong: () -> Void) {
    guard start < chunk.count, !isSkipping else { return }
    guard pending.count + chunk.count - start <= Self.longestLine else {
      pending = []
      isSkipping = true
      tooLong()
      return
    }
    append(chunk, start..<chunk.count)
  }

  private mutating func append(_ chunk: Span<UInt8>, _ range: Range<Int>) {
    for index in range { pending.append(chunk[index]) }
  }

  /// What stands behind the last newline.
  mutating func takeRest() -> [UInt8] {
    defer { pending = [] }
    return pending
  }
}
