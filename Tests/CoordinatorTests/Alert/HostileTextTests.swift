import Shared
import Testing

@testable import Coordinator

@Suite struct HostileTextTests {
  private static let hostile = Result { try HostileFacts.all() }

  /// Every text that goes to GitHub.
  private func texts(_ facts: AlertFacts) throws -> [String] {
    let comments: [IssueComment] = [
      .news(IssueNews(facts: facts, told: told).sentences), .degraded, .unjudged, .recovered(nights: 3),
      .reopened(Samples.instant(0)), .running(nights: 2), .duplicate(of: 3),
    ]
    let markers = [IssueMarker.Kind.service, .harness].map { IssueMarker(facts, kind: $0) }
    return try markers.map { try IssueText(facts: facts, kind: $0.kind, follows: 7).body($0) }
      + comments.map { try $0.body(facts) } + [CommentText(facts: facts).body()]
  }

  private var told: IssueMarker.Told {
    IssueMarker.Told(
      run: Samples.run, startedAt: Samples.instant(0), nights: 1, crossed: ["p95"], breach: 0.01,
      top: "@a | `b` <c>")
  }

  @Test func `hostile texts stay within their size, and the marker comes back`() throws {
    let facts = try Self.hostile.get()
    for text in try texts(facts) {
      #expect(text.utf8.count <= AlertBody.budget)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count { $0.hasPrefix("<!-- k6-grid:") } == 1 && lines[0].hasPrefix("<!-- k6-grid:"))
      #expect(!text.dropFirst(lines[0].count).contains("<!--"))
    }
    let body = try IssueText(facts: facts).body(IssueMarker(facts, kind: .service))
    #expect(IssueMarker.find(facts.plan.suite, in: body)?.state?.run == Samples.run)
  }

  /// GitHub looks for mentions in what the Markdown has become: outside of code.
  @Test func `nobody is mentioned, and nothing becomes a link or a tag`() throws {
    for text in try texts(try Self.hostile.get()) {
      // The marker is a comment; code is not looked through.
      for line in Self.withoutCode(text).split(separator: "\n").dropFirst() {
        #expect(line.firstMatch(of: #/@[A-Za-z0-9]/#.matchingSemantics(.unicodeScalar)) == nil, "\(line)")
        // The issue that it goes on from.
        #expect(
          line.replacing(#/from #7|what #3 says/#, with: "").firstMatch(of: #/#[0-9]/#) == nil, "\(line)")
        let plain = line.replacing(#/\]\(https:\/\/[^)\s]*\)/#, with: "]")
        #expect(plain.firstMatch(of: #/https?:\/\/|www\.[a-z]/#) == nil, "\(line)")
        let tags = plain.replacing(#/\\</#.matchingSemantics(.unicodeScalar), with: "").replacing(
          #/<\/?(details|summary)>/#, with: "")
        #expect(tags.firstMatch(of: #/<[A-Za-z\/!]/#.matchingSemantics(.unicodeScalar)) == nil, "\(line)")
      }
    }
  }

  @Test func `no table is cut, and none is broken`() throws {
    for text in try texts(try Self.hostile.get()) {
      var columns: Int?
      var rows = 0
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        guard line.hasPrefix("| ") else {
          // A head and a rule alone are what is left of a table that was cut.
          #expect(columns == nil || rows > 2)
          (columns, rows) = (nil, 0)
          continue
        }
        let bars = Self.bars(line)
        #expect(bars == columns ?? bars, "\(line)")
        (columns, rows) = (bars, rows + 1)
        #expect(line.hasSuffix(" |"), "\(line)")
      }
      let plain = Self.withoutCode(text)
      #expect(plain.matches(of: #/<details>/#).count == plain.matches(of: #/<\/details>/#).count)
    }
  }

  @Test func `there are tables to look at`() throws {
    let facts = try Self.hostile.get()
    let tables = [
      ThresholdTable(facts: facts).lines, EndpointTable(facts: facts).lines, NumbersTable(facts: facts).lines,
    ]
    #expect(tables.allSatisfy { $0.count { $0.hasPrefix("| ") } > 6 })
    #expect(EndpointTable(facts: facts).all.count { $0.hasPrefix("| ") } == 102)
    #expect(CommitList(facts: facts).list.count == 11)
    #expect(CommitList(facts: facts).list.last == "- and 490 more commits")
  }

  @Test func `sections are left out whole, the last ones first`() {
    let long = String(repeating: "x", count: 100)
    let body = AlertBody(
      first: "m",
      sections: [
        .init(["lede"]), .init("the commits", [long]), .init("the endpoints", [long]), .init(["links"]),
        .init("all numbers", [long]), .init(["end"]),
      ])
    #expect(body.text(budget: 400).contains("There was") == false)
    #expect(
      body.text(budget: 280)
        == "m\nlede\n\n\(long)\n\n\(long)\n\nlinks\n\nend\n\nThere was no room for all numbers.\n")
    #expect(
      body.text(budget: 150)
        == "m\nlede\n\nlinks\n\nend\n\nThere was no room for all numbers, the endpoints, the commits.\n")
  }

  @Test func `lines of their own have their limits`() throws {
    for facts in [try Self.hostile.get(), try HostileFacts.none(.fail), try HostileFacts.none(.pass)] {
      for kind in [IssueMarker.Kind.service, .harness] {
        let title = IssueTitle(facts: facts, kind: kind).text
        #expect(title.unicodeScalars.count < 80 && !title.contains("\n"), "\(title)")
        #expect(title.firstMatch(of: #/@[A-Za-z0-9]|#[0-9]/#) == nil, "\(title)")
      }
      let status = StatusText(facts: facts, release: HostileFacts.words).line
      #expect((1...140).contains(status.utf16.count) && !status.contains("\n"), "\(status)")
      for label in IssueLabels(suite: facts.plan.suite).labels(.fail, keeping: []) {
        #expect(label.utf8.count <= 50)
      }
    }
  }

  @Test(arguments: [Verdict.pass, .degraded, .fail, .incomplete])
  func `of what is not known nothing is said`(verdict: Verdict) throws {
    let facts = try HostileFacts.none(verdict)
    for text in try texts(facts) {
      #expect(!text.contains("nil") && !text.contains("Optional"), "\(text)")
      #expect(!text.contains("  ") && !text.contains("\n\n\n"), "\(text)")
    }
    #expect(!StatusText(facts: facts).line.isEmpty || verdict == .pass || verdict == .fail)
  }

  private static func withoutCode(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var rest = line[...]
      var plain = ""
      while let start = Self.opening(rest) {
        plain += rest[..<start]
        let fence = rest[start...].prefix { $0 == "`" }
        rest = rest[fence.endIndex...]
        guard let end = Self.end(of: fence.count, in: rest) else { break }
        rest = rest[end...]
      }
      return plain + rest
    }.joined(separator: "\n")
  }

  /// The next backtick that is not escaped.
  private static func opening(_ text: Substring) -> Substring.Index? {
    var isEscaped = false
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      if scalar == "`", !isEscaped { return index }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return nil
  }

  /// Behind the next fence that is as long.
  private static func end(of length: Int, in text: Substring) -> Substring.Index? {
    var rest = text
    while let start = rest.firstIndex(of: "`") {
      let fence = rest[start...].prefix { $0 == "`" }
      if fence.count == length { return fence.endIndex }
      rest = rest[fence.endIndex...]
    }
    return nil
  }

  /// Those that part cells.
  private static func bars(_ line: Substring) -> Int {
    var (count, isEscaped) = (0, false)
    for scalar in line.unicodeScalars {
      if scalar == "|", !isEscaped { count += 1 }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return count
  }
}
