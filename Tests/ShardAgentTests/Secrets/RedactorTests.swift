import Foundation
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct RedactorTests {
  /// With everything that encodings change.
  private static let secret = #"pa ss/w%20+"\<é😀&="#
  private let redactor = Redactor()

  init() { redactor.add(Self.secret, name: "TOKEN") }

  private static let allowed = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

  private static func percent(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: allowed)!
  }

  private static func json(_ text: String, escapingSlashes: Bool) throws -> String {
    let encoder = JSONEncoder()
    if !escapingSlashes { encoder.outputFormatting = .withoutEscapingSlashes }
    return String(String(decoding: try encoder.encode(text), as: UTF8.self).dropFirst().dropLast())
  }

  /// As `\u00e9`, with surrogates.
  private static func unicode(_ text: String, uppercase: Bool) -> String {
    text.utf16.map { unit in
      let digits = String(unit, radix: 16, uppercase: uppercase)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }

  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  private static func url(_ base64: String) -> String {
    base64.replacing("+", with: "-").replacing("/", with: "_")
  }

  private static func written() throws -> [String] {
    let json = try json(secret, escapingSlashes: false)
    return [
      secret, percent(secret), percent(secret).replacing(#/%../#) { $0.output.lowercased() },
      percent(secret).replacing("%20", with: "+"), percent(percent(secret)),
      percent(percent(percent(secret))),
      json, try Self.json(secret, escapingSlashes: true), try Self.json(json, escapingSlashes: false),
      try Self.json(try Self.json(json, escapingSlashes: true), escapingSlashes: true),
      json.replacing("<", with: "\\u003c").replacing("&", with: "\\u0026"),
      unicode(secret, uppercase: false), unicode(secret, uppercase: true),
      try Self.json(unicode(secret, uppercase: false), escapingSlashes: false),
      // Half of it in one way, half in another.
      String(secret.prefix(6)) + percent(String(secret.dropFirst(6))),
      percent(json), try Self.json(percent(secret), escapingSlashes: true),
    ]
  }

  @Test func `a secret is found however it is written`() throws {
    for written in try Self.written() {
      #expect(redactor.redact("<\(written)>") == "<***TOKEN***>", "\(written)")
      #expect(redactor.redact(written) == "***TOKEN***", "\(written)")
    }
  }

  /// What stands before it decides at which of three places it begins.
  @Test(arguments: ["", "u", "us", "user:", "user1:"]) func `base64 is found wherever it begins`(
    before: String
  ) {
    let encoded = Self.base64("\(before)\(Self.secret):tail")
    for text in [encoded, Self.url(encoded), encoded.replacing("/", with: "\\/"), Self.percent(encoded)] {
      let shown = redactor.redact("Basic \(text)")
      #expect(shown.contains("***TOKEN***"), "\(shown)")
      // Of the secret's own letters at most the bits at its ends are left.
      let rest = shown.replacing("***TOKEN***", with: "")
      #expect(rest.utf8.count < 6 + Self.base64("\(before):tail").utf8.count + 10, "\(shown)")
    }
  }

  /// At every place at which it may be cut, and byte by byte.
  @Test func `a secret that is spread over pieces is found`() throws {
    for written in try Self.written() + [Self.base64(Self.secret)] {
      let text = Array("a\(written)b \(written)\n".utf8)
      let whole = Array(redactor.redact(String(decoding: text, as: UTF8.self)).utf8)
      for cut in 1..<text.count {
        var stream = RedactedStream(redactor)
        let shown = stream.take(Array(text[..<cut])) + stream.take(Array(text[cut...])) + stream.finish()
        #expect(shown == whole, "\(written) cut at \(cut)")
      }
      var stream = RedactedStream(redactor)
      let shown = text.flatMap { stream.take([$0]) } + stream.finish()
      #expect(shown == whole)
    }
  }

  @Test func `nothing else is changed, and nothing is kept for longer than it may be a secret`() {
    let random = (0..<20_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
    for text in [random, Array("pa ss/w is the beginning, %25 and \\u00 and %2".utf8), Array("\\\\\\".utf8)] {
      var stream = RedactedStream(redactor)
      #expect(stream.take(text) + stream.finish() == text)
    }
    var stream = RedactedStream(redactor)
    #expect(stream.take(Array("a line\n".utf8)) == Array("a line\n".utf8))
  }

  @Test func `of secrets that overlap nothing is left, and of two the longer one counts`() {
    let redactor = Redactor()
    for (value, name) in [("abcdefgh", "A"), ("efghijkl", "B"), ("abcdefghij", "C")] {
      redactor.add(value, name: name)
    }
    #expect(redactor.redact("xabcdefghijklx") == "x***C***x")
    #expect(redactor.redact("abcdefgh efghijkl") == "***A*** ***B***")
    var stream = RedactedStream(redactor)
    #expect(stream.take(Array("abcdefgh".utf8)).isEmpty, "it may become the longer one")
    #expect(stream.finish() == Array("***A***".utf8))
  }

  @Test(arguments: ["%ab\\cd%", "\\n\"\n\t", "++ ++", "%25%2B%", "    "])
  func `secrets of nothing but such characters`(secret: String) throws {
    let redactor = Redactor()
    redactor.add(secret, name: "S")
    let json = try Self.json(secret, escapingSlashes: true)
    for written in [
      secret, json, try Self.json(json, escapingSlashes: true), Self.percent(secret), Self.percent(json),
    ] {
      #expect(redactor.redact("<\(written)>") == "<***S***>", "\(written)")
    }
  }

  @Test func `two secrets stay told apart`() {
    redactor.add("another-secret", name: "OTHER")
    #expect(redactor.redact("/\(Self.percent(Self.secret))/another-secret") == "/***TOKEN***/***OTHER***")
  }

  @Test(arguments: ["abc", "", "5432", "12345", "true", "default", "teardown"])
  func `what would garble everything is not taken out, and the reason is told`(value: String) {
    #expect(Redactor.problem(value) != nil)
  }

  @Test(arguments: ["abcd", "123456", "admin", "hunter2"]) func `the rest is`(value: String) {
    #expect(Redactor.problem(value) == nil)
    let redactor = Redactor()
    redactor.add(value, name: "X")
    #expect(redactor.redact("a \(value).") == "a ***X***.")
    #expect(redactor.redact(Self.base64("key:\(value):")).contains("***X***"))
  }

  @Test func `documents lose it from names and texts, and k6's ids go with their paths`() throws {
    let document = JSONValue.object([
      "a \(Self.secret)": .array([.string(Self.secret), .number(1), .null]),
      "a \(Self.percent(Self.secret))": .bool(true),
      "check": .object([
        "path": .string("::\(Self.secret)"), "id": .string("0123"), "passes": .number(2),
      ]),
    ])
    guard case .object(let shown) = redactor.redact(document) else { return }
    #expect(shown.keys.sorted() == ["a ***TOKEN***", "a ***TOKEN*** (2)", "check"])
    guard case .object(let check)? = shown["check"] else { return }
    #expect(check["path"] == .string("::***TOKEN***") && check["id"] != .string("0123"))
    #expect(check["passes"] == .number(2))
  }
}
