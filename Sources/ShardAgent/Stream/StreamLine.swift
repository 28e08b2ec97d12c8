import Shared

/// One line of k6's JSON output (k6 0.57 to 2.2), keys in any order. The reader is used again for every line, so
/// that it allocates nothing once its tables have grown.
struct StreamLine {
  enum Kind { case point, metric }

  private(set) var kind = Kind.point
  /// The metric's name; of a line with an infinite value too.
  private(set) var metric = TextSlice()
  private(set) var time = UTCInstant(nanoseconds: 0)
  private(set) var value = 0.0
  /// The tags, unless they were known by their bytes already: see ``hasKnownTags``.
  private(set) var tags: [(key: TextSlice, value: TextSlice)] = []
  /// Where the tags' object stands in the line.
  private(set) var tagBytes = 0..<0
  /// The tags are those of ``blocks``' current block, and were not read again: the same bytes mean the same.
  private(set) var hasKnownTags = false
  var blocks = TagBlocks()
  private(set) var metricType = MetricType.counter
  private(set) var contains = MetricContains.default
  /// Strings that held an escape, unescaped, one behind the other.
  private(set) var scratch: [UInt8] = []

  private let words = Words()
  private var second = Second()

  private struct Found {
    var lineType: TextSlice?
    var metric: TextSlice?
    var hasData = false
    var time: TextSlice?
    var value: Double?
    var tags: Range<Int>?
    var hasKnownTags = false
    var name: TextSlice?
    var type: TextSlice?
    var contains: TextSlice?
    var isInfinite = false
  }

  /// - Parameter line: without its newline.
  mutating func read(_ line: Span<UInt8>) throws(LineError) {
    scratch.removeAll(keepingCapacity: true)
    tags.removeAll(keepingCapacity: true)
    var found = Found()
    var at = 0
    hasKnownTags = false
    try StrictJSON.object(line, &at, &scratch) { (key, at, scratch) throws(LineError) in
      let name = key.name(line, scratch)
      if name == words.metric {
        found.metric = try Self.string(line, &at, &scratch)
      } else if name == words.type {
        found.lineType = try Self.string(line, &at, &scratch)
      } else if name == words.data {
        guard try !StrictJSON.takeNull(line, &at) else { return }
        found.hasData = true
        try Self.readData(line, &at, &scratch, &found, &tags, &blocks, words)
      } else {
        try StrictJSON.skipValue(line, &at, &scratch)
      }
    }
    StrictJSON.skipSpace(line, &at)
    guard at == line.count else { throw .trailing(at: at) }
    try take(found, line)
  }

  func bytes<R>(_ slice: TextSlice, _ line: Span<UInt8>, _ body: (Span<UInt8>) -> R) -> R {
    slice.isInScratch ? body(scratch.span.extracting(slice.range)) : body(line.extracting(slice.range))
  }

  func string(_ slice: TextSlice, _ line: Span<UInt8>) -> String { slice.string(line, scratch) }

  private static func readData(
    _ line: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8], _ found: inout Found,
    _ tags: inout [(key: TextSlice, value: TextSlice)], _ blocks: inout TagBlocks, _ words: Words
  ) throws(LineError) {
    try StrictJSON.object(line, &at, &scratch) { (key, at, scratch) throws(LineError) in
      let name = key.name(line, scratch)
      if name == words.time {
        found.time = try string(line, &at, &scratch)
      } else if name == words.value {
        if StrictJSON.takeInfinity(line, &at) {
          found.isInfinite = true
        } else if try !StrictJSON.takeNull(line, &at) {
          found.value = try StrictJSON.number(line, &at)
        }
      } else if name == words.tags {
        guard try !StrictJSON.takeNull(line, &at) else { return }
        let start = at
        if let end = blocks.endOfSame(line, from: start) {
          at = end
          found.hasKnownTags = true
        } else {
          try readTags(line, &at, &scratch, &tags)
          found.hasKnownTags = false
        }
        found.tags = start..<at
      } else if name == words.name {
        found.name = try string(line, &at, &scratch)
      } else if name == words.type {
        found.type = try string(line, &at, &scratch)
      } else if name == words.contains {
        found.contains = try string(line, &at, &scratch)
      } else {
        try StrictJSON.skipValue(line, &at, &scratch)
      }
    }
  }

  private static func readTags(
    _ line: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8],
    _ tags: inout [(key: TextSlice, value: TextSlice)]
  ) throws(LineError) {
    tags.removeAll(keepingCapacity: true)
    try StrictJSON.object(line, &at, &scratch) { (tag, at, scratch) throws(LineError) in
      StrictJSON.skipSpace(line, &at)
      tags.append((tag, try StrictJSON.string(line, &at, &scratch)))
    }
  }

  /// Reads tags alone, into ``tags``.
  /// - Parameter at: their brace; afterwards, what stands behind them.
  mutating func readTags(_ line: Span<UInt8>, at: inout Int) throws(LineError) {
    scratch.removeAll(keepingCapacity: true)
    try Self.readTags(line, &at, &scratch, &tags)
  }

  /// A string, or nothing for `null`.
  private static func string(
    _ line: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8]
  ) throws(LineError) -> TextSlice? {
    if try StrictJSON.takeNull(line, &at) { return nil }
    return try StrictJSON.string(line, &at, &scratch)
  }

  private mutating func take(_ found: Found, _ line: Span<UInt8>) throws(LineError) {
    guard let lineType = found.lineType else { throw .missing(.type) }
    guard let metric = found.metric else { throw .missing(.metric) }
    guard found.hasData else { throw .missing(.data) }
    if lineType.name(line, scratch) == words.point {
      if found.isInfinite {
        self.metric = metric
        throw .infinite
      }
      guard let timeText = found.time else { throw .missing(.time) }
      guard let value = found.value else { throw .missing(.value) }
      guard let tags = found.tags else { throw .missing(.tags) }
      guard let time = readTime(timeText, line) else { throw .badTime }
      (kind, self.metric, self.time, self.value) = (.point, metric, time, value)
      (tagBytes, hasKnownTags) = (tags, found.hasKnownTags)
    } else if lineType.name(line, scratch) == words.metricLine {
      guard let type = found.type else { throw .missing(.type) }
      guard let metricType = MetricType(rawValue: type.string(line, scratch)) else { throw .badType }
      let contains = found.contains.flatMap { MetricContains(rawValue: $0.string(line, scratch)) } ?? .default
      (kind, self.metric, self.metricType, self.contains) = (.metric, metric, metricType, contains)
    } else {
      throw .badType
    }
  }
}

extension StreamLine {
  private mutating func readTime(_ slice: TextSlice, _ line: Span<UInt8>) -> UTCInstant? {
    if slice.isInScratch { return UTCInstant(rfc3339: scratch.span.extracting(slice.range)) }
    var at = slice.start
    // The last byte of a time of that second is its Z, behind what was read.
    if slice.count >= 20, at + Second.reach <= line.count, let nanoseconds = second.read(line, &at),
      at + 1 == slice.range.upperBound, line[at] == 90
    {
      return UTCInstant(nanoseconds: nanoseconds)
    }
    return UTCInstant(rfc3339: line.extracting(slice.range))
  }
}

extension TextSlice {
  var range: Range<Int> { start..<(start + count) }

  /// Up to eight bytes, compared at once; longer texts are no ``ShortName`` that anybody asks for.
  @inline(__always) func name(_ line: Span<UInt8>, _ scratch: [UInt8]) -> ShortName {
    guard count <= 8 else { return ShortName(word: 0, count: count) }
    return ShortName(word: isInScratch ? scratch.span.tail(range) : line.tail(range), count: count)
  }

  func string(_ line: Span<UInt8>, _ scratch: [UInt8]) -> String {
    String(decoding: range.map { isInScratch ? scratch[$0] : line[$0] }, as: UTF8.self)
  }
}

/// A member's name or a word of k6's, of at most eight bytes.
struct ShortName: Equatable {
  let word: UInt64
  let count: Int

  init(word: UInt64, count: Int) { (self.word, self.count) = (word, count) }

  init(_ text: StaticString) { self.init(word: UInt64(ascii: text), count: text.utf8CodeUnitCount) }
}

/// The words of k6's lines. Kept with the reader: a static one is asked every time whether it is there yet.
private struct Words {
  let type = ShortName("type")
  let metric = ShortName("metric")
  let data = ShortName("data")
  let time = ShortName("time")
  let value = ShortName("value")
  let tags = ShortName("tags")
  let name = ShortName("name")
  let contains = ShortName("contains")
  let point = ShortName("Point")
  let metricLine = ShortName("Metric")
}
