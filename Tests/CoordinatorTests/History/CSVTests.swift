import TestSupport
import Testing

@testable import Coordinator

@Suite struct CSVTests {
  @Test func `fields are quoted as RFC 4180 has it`() {
    #expect(CSV.line(["a", "b,c", "d\"e", "f\r\ng", ""]) == "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\r\n")
  }

  @Test func `a quote under a combining mark is doubled too`() {
    let bytes = Array(CSV.line(["a\"\u{301}"]).utf8)
    #expect(bytes == Array("\"a\"\"\u{301}\"\r\n".utf8))
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "'\rx"),
    ("\r\nx", "'\r\nx"), ("=\u{301}", "'=\u{301}"), ("'=1", "''=1"), ("''@", "'''@"), ("1E5", "'1E5"),
    ("8.71E+13", "'8.71E+13"), ("8,71E-13", "'8,71E-13"), ("'1E5", "''1E5"), ("main", "main"), ("", ""),
    ("'", "'"), ("'main", "'main"), ("1.5", "1.5"), ("E5", "E5"), ("1E", "1E"), ("1.2.3E4", "1.2.3E4"),
    ("c4d8e1a", "c4d8e1a"), ("8714e10", "8714e10"), ("feature/=x", "feature/=x"),
  ])
  func `formulas are guarded, and come back`(text: String, written: String) {
    #expect(Array(CSV.guarded(text).utf8) == Array(written.utf8))
    #expect(Array(CSV.unguarded(CSV.guarded(text)).utf8) == Array(text.utf8))
  }

  @Test func `the guard loses nothing of any text`() {
    var random = SeededGenerator(seed: 1)
    let alphabet: [Character] = [
      "'", "=", "+", "-", "@", "\t", ",", "\"", "\r", "\n", "\r\n", "a", "E", "1", ".", "\u{301}",
    ]
    var texts: Set<[UInt8]> = []
    var guarded: Set<[UInt8]> = []
    for _ in 0..<20_000 {
      let text = String(
        (0..<Int.random(in: 0...5, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
      let written = CSV.guarded(text)
      #expect(Array(CSV.unguarded(written).utf8) == Array(text.utf8))
      #expect(!"=+-@\t\r".utf8.contains(written.utf8.first ?? 0))
      texts.insert(Array(text.utf8))
      guarded.insert(Array(written.utf8))
    }
    #expect(texts.count == guarded.count && texts.count > 5000)
  }
}
