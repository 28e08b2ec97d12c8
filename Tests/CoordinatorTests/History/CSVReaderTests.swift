import TestSupport
import Testing

@testable import Coordinator

@Suite struct CSVReaderTests {
  private func rows(_ bytes: [UInt8]) throws -> [CSVReader.Row] {
    var reader = CSVReader(bytes)
    var rows: [CSVReader.Row] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  @Test(arguments: [
    ("", []), ("a,b\r\n", [["a", "b"]]), ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
    ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]), ("a,\r\n", [["a", ""]]), (",", [["", ""]]),
    ("\u{FEFF}a,b\r\n", [["a", "b"]]), ("\u{FEFF}", []), ("\r\n\n\r\na\n\n\r\nb", [["a"], ["b"]]),
    ("a;b\n", [["a;b"]]), (" a , b \n", [[" a ", " b "]]),
    ("\"a,b\",\"p(95)<800 was 843, rate\"\"x\"\"\"\n", [["a,b", "p(95)<800 was 843, rate\"x\""]]),
    ("\"a\r\nb\nc\",d\n", [["a\r\nb\nc", "d"]]), ("\"\",\"\"\"\"", [["", "\""]]),
    ("\"a\"\"\u{301}b\"\n", [["a\"\u{301}b"]]), ("\"\"\"\"\"\"\n", [["\"\""]]), ("\"a\rb\"", [["a\rb"]]),
    ("日本,é\n", [["日本", "é"]]),
  ])
  func `what RFC 4180 allows is read`(text: String, expected: [[String]]) throws {
    let fields = try rows(Array(text.utf8)).map(\.fields)
    #expect(fields.map { $0.map { Array($0.utf8) } } == expected.map { $0.map { Array($0.utf8) } })
  }

  @Test(arguments: [
    ("a,b\r\nc,d\"e\"\r\n", 2, 4, "a quote inside a field that does not begin with one"),
    ("a, \"b\"\n", 1, 4, "a quote inside a field that does not begin with one"),
    ("a,b\r\nc,\"d\r\ne,f", 2, 3, "a quote that is not closed"),
    ("\"\"\"", 1, 1, "a quote that is not closed"),
    ("\"a\"b,c\n", 1, 4, "something stands behind a closing quote: expected a comma or the line's end"),
    ("\"a\nb\" ,c\n", 2, 3, "something stands behind a closing quote: expected a comma or the line's end"),
    ("a,b\rc,d\r", 1, 4, "a carriage return without a line feed"),
    ("a\r", 1, 2, "a carriage return without a line feed"),
    ("\r", 1, 1, "a carriage return without a line feed"),
    ("\"a\"\rb", 1, 4, "something stands behind a closing quote: expected a comma or the line's end"),
    ("a\nbc,d\u{0}e\n", 2, 5, "a zero byte"), ("\"\n\n,\u{0}\"", 3, 2, "a zero byte"),
    ("\u{FEFF}\u{0}", 1, 1, "a zero byte"), ("é\u{0}", 1, 3, "a zero byte"),
  ])
  func `what it does not allow is refused where it stands`(
    text: String, line: Int, column: Int, what: String
  ) {
    #expect(throws: CSVError(line: line, column: column, what: what)) { try rows(Array(text.utf8)) }
  }

  @Test(arguments: [
    ([0x61, 0x0A, 0x62, 0xC3, 0x28], 2, 2), ([0x22, 0x22, 0x22, 0x0A, 0xFF, 0x22], 2, 1),
    ([0xFF, 0xFE, 0x73, 0x00], 1, 4), ([0x61, 0xE2, 0x82], 1, 2), ([0x61, 0xED, 0xA0, 0x80], 1, 2),
  ])
  func `bytes that are no UTF-8 are refused where they stand`(bytes: [UInt8], line: Int, column: Int) {
    let error = #expect(throws: CSVError.self) { try rows(bytes) }
    #expect(error?.line == line && error?.column == column)
  }

  @Test func `a row knows the line on which it begins`() throws {
    let text = "a\r\n\r\n\"b\r\nc\n\",d\ne"
    #expect(try rows(Array(text.utf8)).map(\.line) == [1, 3, 6])
  }

  @Test func `what is written is read, whatever it is`() throws {
    var random = SeededGenerator(seed: 4180)
    let alphabet: [Character] = [",", "\"", "\r", "\n", "\r\n", ";", "a", "é", "\u{301}", "'", " ", "\t"]
    for _ in 0..<3000 {
      let fields = (0..<Int.random(in: 2...4, using: &random)).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
      }
      let read = try rows(Array((CSV.line(fields) + CSV.line(fields)).utf8)).map(\.fields)
      #expect(read.map { $0.map { Array($0.utf8) } } == [fields, fields].map { $0.map { Array($0.utf8) } })
    }
  }
}
