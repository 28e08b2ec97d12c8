import Shared
import Testing

@testable import Coordinator

@Suite struct IssueMarkerTests {
  private func marker(top: String?, crossed: [String] = ["p95"]) throws -> IssueMarker {
    var marker = IssueMarker(try AlertSamples.facts([.pass, .fail]), kind: .service)
    marker.told = IssueMarker.Told(
      run: Samples.run, startedAt: Samples.instant(100), nights: 2, crossed: crossed, breach: 0.05, top: top)
    return marker
  }

  @Test(
    arguments: [
      "POST /checkout", "--><script>alert(1)</script>", "--!>", "--\u{301}-->\u{301}<\u{301}@\u{301}",
      "a -- b --- c ---- d -", "@acme/owners #12",
      "\"quoted\" \\ back", "line\nbreak\r\nand\u{2028}more", "\u{202E}right to left", "🛒 ünïcode", "",
      String(repeating: "-", count: 300), String(repeating: ">", count: 300),
    ])
  func `what it says comes back, and the comment does not end early`(name: String) throws {
    let marker = try marker(top: name, crossed: [name, "p95"])
    let line = try marker.line("suite")
    #expect(line.hasPrefix("<!-- k6-grid:suite {") && line.hasSuffix("} -->"))
    let inner = line.dropFirst(4).dropLast(4)
    let scalars = Array(inner.unicodeScalars)
    #expect(scalars.allSatisfy { !"<>@#".unicodeScalars.contains($0) })
    #expect(!zip(scalars, scalars.dropFirst()).contains { $0 == "-" && $1 == "-" })
    #expect(line.split(whereSeparator: \.isNewline).count == 1)
    #expect(IssueMarker.find("suite", in: "\(line)\n**text**") == IssueMarker.Found(state: marker))
  }

  @Test func `GitHub's own line ends, and a line that somebody put above, change nothing`() throws {
    let line = try marker(top: nil).line("suite")
    #expect(IssueMarker.find("suite", in: "see also #3\r\n\(line)\r\n\r\ntext\r\n")?.state != nil)
    let replaced = HiddenMarker.replaced(
      "suite", in: "\(line)\r\ntext\r\nmore", with: "<!-- k6-grid:suite x -->")
    #expect(replaced == "<!-- k6-grid:suite x -->\ntext\nmore")
  }

  @Test(
    arguments: [
      "<!-- k6-grid:suite -->", "<!-- k6-grid:suite {} -->", "<!-- k6-grid:suite {\"schema\":1} -->",
      "<!-- k6-grid:suite not json -->", "<!-- k6-grid:suite {", "<!-- k6-grid:suite [1] -->\ntext",
    ])
  func `a damaged one is ours, and says nothing`(body: String) {
    #expect(IssueMarker.find("suite", in: body) == IssueMarker.Found(state: nil))
  }

  @Test func `one of another version says nothing`() throws {
    var marker = try marker(top: nil)
    marker.schema = 2
    #expect(IssueMarker.find("suite", in: try marker.line("suite")) == IssueMarker.Found(state: nil))
  }

  @Test(
    arguments: [
      nil, "", "text", "<!-- k6-grid:suite-2 {} -->", "<!-- other:suite {} -->", "k6-grid:suite {}",
      "> <!-- k6-grid:suite {} -->",
    ] as [String?])
  func `no marker of the suite is none`(body: String?) {
    #expect(IssueMarker.find("suite", in: body) == nil)
  }

  @Test func `many and long names leave it small`() throws {
    let thresholds = (0..<300).map {
      AlertSamples.threshold(
        "m\($0){name:\(String(repeating: "é", count: 300))}", "avg", "< 1 ms", "2 ms", breach: .infinity)
    }
    let marker = IssueMarker(try AlertSamples.facts([.fail], thresholds: thresholds), kind: .service)
    let line = try marker.line("suite")
    #expect(line.utf8.count < 12_000)
    #expect(IssueMarker.find("suite", in: line)?.state == marker)
  }

  @Test func `a comment's tells runs apart`() throws {
    let facts = try AlertSamples.facts([.fail])
    let body = try IssueComment.recovered(nights: 3).body(facts)
    #expect(CommentMarker.find("suite", in: body)?.run == facts.plan.run)
    #expect(CommentMarker.find("suite", in: "no marker") == nil)
    #expect(CommentMarker.find("other", in: body) == nil)
  }
}
