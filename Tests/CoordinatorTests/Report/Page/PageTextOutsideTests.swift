import Testing

@testable import Coordinator

@Suite struct PageTextOutsideTests {
  @Test(arguments: [
    ("GET /cart", "GET /cart"),
    ("a\tb\nc\u{0}d\u{1B}[31m", "a b c d [31m"),
    ("  a \r\n  b\u{2028}c\u{A0}d ", "a b c d"),
    ("GET /\u{202E}gpj.exe\u{2066}", "GET /gpj.exe"),
    ("a\u{200B}b\u{FEFF}c\u{200D}d\u{E000}e", "abcde"),
    ("\u{D4E}<img>", "\u{D4E}\u{2060}<img>"),
    ("\"\u{301} x", "\"\u{2060}\u{301} x"),
    ("<\u{338}b>", "<\u{2060}\u{338}b>"),
    ("é\"é", "é\u{2060}\"\u{2060}é"),
    ("<script>\"'&", "<script>\"'&"),
    ("مرحبا", "مرحبا"),
  ])
  func `outside text is one line of plain characters`(text: String, shown: String) {
    #expect(Array(PageText.outside(text).unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test func `nothing is nothing`() { #expect(PageText.outside(nil) == "") }

  /// What the template's engine does: Character by Character.
  @Test(arguments: ["\u{D4E}<", "<\u{338}", "\"\u{301}", "'\u{FE0F}", "\u{1F1E6}&\u{1F1E6}", "\u{600}>"])
  func `every character that must be escaped stands alone`(text: String) {
    for character in PageText.outside(text) where character.unicodeScalars.count > 1 {
      #expect(!character.unicodeScalars.contains { "<>&\"'".unicodeScalars.contains($0) })
    }
  }

  @Test func `a long name is cut in its middle`() {
    let long = "GET /" + String(repeating: "x", count: 290) + "/end!"
    let shown = PageText.outside(long)
    #expect(shown.unicodeScalars.count == 96)
    #expect(shown.hasPrefix("GET /xxx") && shown.hasSuffix("xxx/end!") && shown.contains("…"))
    #expect(PageText.outside(String(repeating: "é", count: 300), most: 10) == "éééééé…ééé")
    #expect(PageText.outside(String(repeating: "x", count: 96)).utf8.count == 96)
  }

  @Test(arguments: [
    "javascript:alert(1)", "data:text/html,x", "//evil.example", "https://", "HTTPS://shout.example",
    "https://a.example/\"onclick=", "https://a.example/'x", "https://a.example/<b>", "https://a.example/a b",
    "https://a.example/é", "https://a.example/\n", "https://a.example/\u{7F}", "",
  ])
  func `what is no plain address of the web leads nowhere`(address: String) {
    #expect(PageText.web(address) == "#")
    #expect(PageText.webAddress(address) == nil)
  }

  @Test(arguments: [
    "https://github.com/acme/checkout/actions/runs/91#artifacts", "http://a.example/?q=1&r=(2);=~",
  ])
  func `addresses of the web are kept`(address: String) { #expect(PageText.web(address) == address) }

  @Test(arguments: [
    ("shard 3 was missing", "Shard 3 was missing."),
    ("http_reqs: count>9 was crossed", "http_reqs: count>9 was crossed."),
    ("p(95) is high!", "p(95) is high!"), ("", ""), ("\u{0}", ""), ("é", "é."),
  ])
  func `a reason becomes a sentence, and names stay as they are`(reason: String, sentence: String) {
    #expect(PageText.sentence(reason, most: 160) == sentence)
  }

  @Test func `the repository is read off a run's address`() {
    let record = NightSamples.record(0)
    #expect(record.repositoryURL == "https://github.com/acme/checkout")
    #expect(
      record.commitURL == "https://github.com/acme/checkout/commit/0123456789abcdef0123456789abcdef01234567")
    #expect(record.shortCommit == "0123456")
  }

  @Test(arguments: [
    nil, "", "javascript:alert(1)", "https://ci.example/job/9", "https://github.com/acme/actions/runs/1",
  ])
  func `without a run of GitHub's there is no repository`(address: String?) {
    let record = NightSamples.record(0) { $0.workflowRunURL = address }
    #expect(record.repositoryURL == nil)
    #expect(record.commitURL == nil)
  }

  @Test(arguments: [nil, "", "main", "../../x", "012345", "0123456789ABCDEF", "8.71E+13"])
  func `what is no commit is not shown as one`(commit: String?) {
    let record = NightSamples.record(0) { $0.commit = commit }
    #expect(record.shortCommit == "")
    #expect(record.commitURL == nil)
  }
}
