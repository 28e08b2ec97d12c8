/// Reads RFC 4180 strictly, by bytes: what a spreadsheet or an editor has damaged is found, not guessed at. CR LF and LF
/// both end a line, a byte order mark in front is passed over, and so are empty lines.
struct CSVReader {
  struct Row: Equatable {
    /// From 1, where the row begins.
    let line: Int
    let fields: [String]
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (position, lineStart) = (3, 3) }
  }

  /// - Returns: `nil` at the end.
  /// - Throws: ``CSVError``.
  mutating func next() throws(CSVError) -> Row? {
    while position < bytes.count, takeLineEnd() {}
    guard position < bytes.count else { return nil }
    let start = line
    var fields = [try field()]
    while position < bytes.count, bytes[position] == Self.comma {
      position += 1
      fields.append(try field())
    }
    guard position == bytes.count || takeLineEnd() else {
      throw error("something stands behind a closing quote: expected a comma or the line's end")
    }
    return Row(line: start, fields: fields)
  }

  private static let (comma, quote, carriageReturn, lineFeed): (UInt8, UInt8, UInt8, UInt8) = (44, 34, 13, 10)

  private mutating func takeLineEnd() -> Bool {
    let isPair =
      bytes[position] == Self.carriageReturn && position + 1 < bytes.count
      && bytes[position + 1] == Self.lineFeed
    guard isPair || bytes[position] == Self.lineFeed else { return false }
    position += isPair ? 2 : 1
    line += 1
    lineStart = position
    return true
  }

  private mutating func field() throws(CSVError) -> String {
    if position < bytes.count, bytes[position] == Self.quote { return try quoted() }
    let start = position
    while position < bytes.count, bytes[position] != Self.comma, bytes[position] != Self.lineFeed {
      if bytes[position] == Self.carriageReturn {
        guard position + 1 < bytes.count, bytes[position + 1] == Self.lineFeed else {
          throw error("a carriage return without a line feed")
        }
        break
      }
      if bytes[position] == Self.quote {
        throw error("a quote inside a field that does not begin with one")
      }
      position += 1
    }
    return try text(Array(bytes[start..<position]))
  }

  private mutating func quoted() throws(CSVError) -> String {
    let opening = error("a quote that is not closed")
    position += 1
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == Self.quote {
        guard position < bytes.count, bytes[position] == Self.quote else { return try text(content) }
        position += 1
      } else if byte == Self.lineFeed {
        line += 1
        lineStart = position
      }
      content.append(byte)
    }
    throw opening
  }

  private func text(_ bytes: [UInt8]) throws(CSVError) -> String {
    guard !bytes.contains(0) else { throw error("a zero byte") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw error("bytes that are no UTF-8") }
    return text
  }

  private func error(_ what: String) -> CSVError {
    CSVError(line: line, column: position - lineStart + 1, what: what)
  }
}

/// Where and what; columns count bytes from 1.
struct CSVError: Error, Equatable {
  let line: Int
  let column: Int
  let what: String
}
