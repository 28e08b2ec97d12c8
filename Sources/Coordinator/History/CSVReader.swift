/// Reads RFC 4180 strictly, by bytes: what a spreadsheet or an editor has damaged is found, not guessed at. CR LF and LF
/// both end a line, a byte order mark in front is passed over, and so are empty lines.
struct CSVReader {
  struct Row: Equatable {
    /// From 1, where the row begins.
    let line: Int
    let fields: [String]
  }

  private let bytes: [UInt8]
  private let start: Int
  /// Of the byte behind the last row that was read, and its line's end.
  private(set) var position: Int
  private var line = 1

  /// Whether what was read last is the file's end without a line's end.
  var isCut: Bool { position == bytes.count && bytes.last != Self.lineFeed }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    position = start
  }

  /// - Returns: `nil` at the end.
  /// - Throws: ``CSVError``.
  mutating func next() throws(CSVError) -> Row? {
    while position < bytes.count, takeLineEnd() {}
    guard position < bytes.count else { return nil }
    let first = line
    var fields: [String] = []
    repeat { fields.append(try field()) } while takeComma()
    guard position == bytes.count || takeLineEnd() else {
      throw error("something stands behind a closing quote: expected a comma or the line's end", at: position)
    }
    return Row(line: first, fields: fields)
  }

  private static let (comma, quote, carriageReturn, lineFeed): (UInt8, UInt8, UInt8, UInt8) = (44, 34, 13, 10)

  private mutating func takeComma() -> Bool {
    guard position < bytes.count, bytes[position] == Self.comma else { return false }
    position += 1
    return true
  }

  private mutating func takeLineEnd() -> Bool {
    let isPair = bytes[position] == Self.carriageReturn && isLineFeed(position + 1)
    guard isPair || isLineFeed(position) else { return false }
    position += isPair ? 2 : 1
    line += 1
    return true
  }

  private func isLineFeed(_ index: Int) -> Bool { index < bytes.count && bytes[index] == Self.lineFeed }

  private mutating func field() throws(CSVError) -> String {
    if position < bytes.count, bytes[position] == Self.quote { return try quoted() }
    let first = position
    while position < bytes.count, bytes[position] != Self.comma, bytes[position] != Self.lineFeed {
      if bytes[position] == Self.carriageReturn {
        guard isLineFeed(position + 1) else {
          throw error("a carriage return without a line feed", at: position)
        }
        break
      }
      if bytes[position] == Self.quote {
        throw error("a quote inside a field that does not begin with one", at: position)
      }
      position += 1
    }
    return try text(first..<position)
  }

  private mutating func quoted() throws(CSVError) -> String {
    let first = position + 1
    var hasQuotes = false
    position += 1
    while let end = bytes[position...].firstIndex(of: Self.quote) {
      position = end + 1
      guard position < bytes.count, bytes[position] == Self.quote else {
        line += bytes[first..<end].count { $0 == Self.lineFeed }
        let text = try text(first..<end)
        return hasQuotes ? Self.withSingleQuotes(text) : text
      }
      hasQuotes = true
      position += 1
    }
    throw error("a quote that is not closed", at: first - 1)
  }

  private static func withSingleQuotes(_ text: String) -> String {
    var isSecond = false
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { scalar in
          isSecond = scalar == "\"" && !isSecond
          return scalar != "\"" || isSecond
        }))
  }

  private func text(_ range: Range<Int>) throws(CSVError) -> String {
    let bytes = bytes[range]
    if let zero = bytes.firstIndex(of: 0) { throw error("a zero byte", at: zero) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error("bytes that are no UTF-8", at: range.lowerBound + Self.validCount(bytes))
    }
    return text
  }

  /// How many bytes at the front are UTF-8.
  private static func validCount(_ bytes: ArraySlice<UInt8>) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var count = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { count += scalar.count }
    return count
  }

  private func error(_ what: String, at offset: Int) -> CSVError {
    let before = bytes[start..<offset]
    let lineStart = before.lastIndex(of: Self.lineFeed).map { $0 + 1 } ?? start
    return CSVError(
      line: before.count { $0 == Self.lineFeed } + 1, column: offset - lineStart + 1, what: what)
  }
}

/// Where and what; columns count bytes from 1.
struct CSVError: Error, Equatable {
  let line: Int
  let column: Int
  let what: String
}
