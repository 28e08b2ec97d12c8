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
  private(set) var tags: [(key: TextSlice, value: TextSlice)] = []
  private(set) var metricType = MetricType.counter
  private(set) var contains = MetricContains.default
  /// Strings that held an escape, unescaped, one behind the other.
  private(set) var scratch: [UInt8] = []

  private struct Found {
    var lineType: TextSlice?
    var metric: TextSlice?
    var hasData = false
    var time: TextSlice?
    var value: Double?
    var hasTags = false
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
    var newTags = tags
    tags = []
    defer { tags = newTags }
    try StrictJSON.object(line, &at, &scratch) { (key, at, scratch) throws(LineError) in
      switch true {
      case key.equals("type", line, scratch): found.lineType = try Self.string(line, &at, &scratch)
      case key.equals("metric", line, scratch): found.metric = try Self.string(line, &at, &scratch)
      case key.equals("data", line, scratch):
        guard try !StrictJSON.takeNull(line, &at) else { return }
        found.hasData = true
        try Self.readData(line, &at, &scratch, &found, &newTags)
      default: try StrictJSON.skipValue(line, &at, &scratch)
      }
    }
    StrictJSON.skipSpace(line, &at)
    guard at == line.count else { throw .trailing(at: at) }
    try take(found, line)
  }

  private static func readData(
    _ line: Span<UInt8>, _ at: inout Int, _ scratch: inout [UInt8], _ found: inout Found,
    _ tags: inout [(key: TextSlice, value: TextSlice)]
  ) throws(LineError) {
    try StrictJSON.object(line, &at, &scratch) { (key, at, scratch) throws(LineError) in
      switch true {
      case key.equals("time", line, scratch): found.time = try string(line, &at, &scratch)
      case key.equals("value", line, scratch):
        if StrictJSON.takeInfinity(line, &at) {
          found.isInfinite = true
        } else if try !StrictJSON.takeNull(line, &at) {
          found.value = try StrictJSON.number(line, &at)
        }
      case key.equals("tags", line, scratch):
        guard try !StrictJSON.takeNull(line, &at) else { return }
        found.hasTags = true
        tags.removeAll(keepingCapacity: true)
        try StrictJSON.object(line, &at, &scratch) { (tag, at, scratch) throws(LineError) in
          StrictJSON.skipSpace(line, &at)
          tags.append((tag, try StrictJSON.string(line, &at, &scratch)))
        }
      case key.equals("name", line, scratch): found.name = try string(line, &at, &scratch)
      case key.equals("type", line, scratch): found.type = try string(line, &at, &scratch)
      case key.equals("contains", line, scratch): found.contains = try string(line, &at, &scratch)
      default: try StrictJSON.skipValue(line, &at, &scratch)
      }
    }
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
    if lineType.equals("Point", line, scratch) {
      if found.isInfinite {
        self.metric = metric
        throw .infinite
      }
      guard let timeText = found.time else { throw .missing(.time) }
      guard let value = found.value else { throw .missing(.value) }
      guard found.hasTags else { throw .missing(.tags) }
      let instant =
        timeText.isInScratch
        ? UTCInstant(rfc3339: scratch.span.extracting(timeText.range))
        : UTCInstant(rfc3339: line.extracting(timeText.range))
      guard let time = instant else { throw .badTime }
      (kind, self.metric, self.time, self.value) = (.point, metric, time, value)
    } else if lineType.equals("Metric", line, scratch) {
      guard let type = found.type else { throw .missing(.type) }
      guard let metricType = MetricType(rawValue: type.string(line, scratch)) else { throw .badType }
      let contains = found.contains.flatMap { MetricContains(rawValue: $0.string(line, scratch)) } ?? .default
      (kind, self.metric, self.metricType, self.contains) = (.metric, metric, metricType, contains)
    } else {
      throw .badType
    }
  }
}

extension TextSlice {
  var range: Range<Int> { start..<(start + count) }

  func equals(_ name: StaticString, _ line: Span<UInt8>, _ scratch: [UInt8]) -> Bool {
    guard count == name.utf8CodeUnitCount else { return false }
    for index in 0..<count {
      let byte = isInScratch ? scratch[start + index] : line[start + index]
      if byte != name.utf8Start[index] { return false }
    }
    return true
  }

  func string(_ line: Span<UInt8>, _ scratch: [UInt8]) -> String {
    String(decoding: range.map { isInScratch ? scratch[$0] : line[$0] }, as: UTF8.self)
  }
}
