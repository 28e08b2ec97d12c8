import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct PageRendererTests {
  /// What attacks a page, or the templates, or the reader's eyes.
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "\"\u{0301} onmouseover=alert(1) x=\"", "\u{0D4E}<img src=x onerror=alert(1)>", "<\u{0338}b>bold</b>",
    "{{#hero}}{{kicker}}{{/hero}} {{{assets.script}}}", "</style></script><!--",
    "GET /\u{202E}مرحبا/שלום\u{2066}",
    "GET /" + String(repeating: "very-long-segment/", count: 17), "a\tb\nc\u{0}d\u{1B}[31m",
    "&lt;b&gt; &amp; %3C",
    "GET /\u{1F6D2}/✓", "=cmd|' /C calc'!A0",
  ]

  /// Everything that comes from outside is `text`.
  static func facts(_ count: Int, saying texts: [String], verdict: Verdict = .fail) -> PageFacts {
    func text(_ index: Int) -> String { texts[index % texts.count] }
    let address = "https://github.com/acme/checkout/actions/runs/1"
    var facts = PageSamples.facts(
      count,
      change: { before, record in
        if before == 0 { record.verdict = verdict }
        record.release = text(before / 9)
        record.reasons = texts
        record.commit = before == 1 ? text(0) : record.commit
        record.workflowRunURL = before == 2 ? "javascript:\(text(1))" : address
        record.artifactsURL = before == 3 ? "https://a/\(text(1))" : address
        (record.ref, record.profile, record.k6Version) = ("main", "p", text(3))
      },
      details: { before, details in
        details = details.map { _ in
          var details = PageSamples.details(
            p95: 640, endpoints: (0..<200).map { $0 < texts.count ? texts[$0] : "GET /\($0)" },
            slower: before == 0 ? 2 : 1)
          if before == 0 {
            details = NightDetails(
              curve: details.curve, buckets: details.buckets, endpoints: details.endpoints,
              shardP95s: details.shardP95s, outliers: texts, limits: details.limits)
          }
          return details
        }
      })
    (facts.notice, facts.issueURL) = (text(0), "https://a/\(text(1))")
    facts = PageFacts(
      suite: texts.joined(separator: " "), nights: facts.nights, steps: facts.steps, limits: facts.limits,
      issueURL: facts.issueURL, issueNumber: 482, notice: facts.notice, firstRun: "02:14 UTC",
      builtAt: facts.builtAt)
    return facts
  }

  private static let verdicts: [Verdict] = [.pass, .degraded, .fail, .incomplete]

  @Test(arguments: verdicts)
  func `nothing that comes from outside becomes an element, an attribute or a tag`(verdict: Verdict) throws {
    let renderer = try PageRenderer()
    for count in [1, 400] {
      let (bad, good) = (
        Self.facts(count, saying: Self.hostile, verdict: verdict),
        Self.facts(count, saying: Self.hostile.indices.map { "harmless \($0)" }, verdict: verdict)
      )
      let pairs = try [
        (renderer.index(bad), renderer.index(good)),
        (#require(renderer.night(bad, PageSamples.last)), #require(renderer.night(good, PageSamples.last))),
      ]
      #expect(pairs[1].0.contains("{{#hero}}{{kicker}}"), "a text is no template")
      for (bad, good) in pairs {
        let (bad, good) = try (HTMLReader(bad), HTMLReader(good))
        #expect(bad.skeleton == good.skeleton)
        let scalars = bad.text.unicodeScalars
        #expect(!scalars.contains { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" })
        #expect(!scalars.contains { [0x202E, 0x2066, 0x200B].contains($0.value) })
        #expect(!bad.text.contains(String(repeating: "very-long-segment/", count: 12)))
        for element in bad.elements {
          for key in ["href", "src"] {
            let address = element.attributes[key] ?? "#"
            #expect(!address.lowercased().hasPrefix("javascript"), "\(address)")
          }
          #expect(!element.attributes.keys.contains { $0.hasPrefix("on") || $0 == "style" })
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2, 9, 16, 17, 29, 31, 120, 500])
  func `pages of any number of nights are well-formed, with no id twice and no link to nowhere`(count: Int)
    throws
  {
    var facts = PageSamples.facts(count) { before, record in
      if before % 11 == 5 { (record.verdict, record.shardsReceived) = (.incomplete, 7) }
    }
    facts.nights.removeAll { PageSamples.last.days(since: $0.date) % 13 == 6 }
    let renderer = try PageRenderer()
    try check(renderer.index(facts))
    for night in facts.nights {
      guard let page = renderer.night(facts, night.date) else {
        #expect(PageSamples.last.days(since: night.date) >= 400)
        continue
      }
      if night.date.day % 5 == 0 { try check(page) }
    }
  }

  private func check(_ page: String) throws {
    let html = try HTMLReader(page)
    let ids = html.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for element in html.elements {
      if let target = element.attributes["href"], target.hasPrefix("#"), target != "#" {
        #expect(ids.contains(String(target.dropFirst())), "\(target)")
      }
      if let label = element.attributes["aria-labelledby"] { #expect(ids.contains(label)) }
    }
    #expect(!page.contains("nan") && !page.contains("inf%") && !page.contains("Optional("), "\(page)")
    #expect(html.elements.count { $0.name == "h1" } == 1)
  }

  @Test func `no result, no limit, no request, one shard, missing shards: what is not known is left out`()
    throws
  {
    let renderer = try PageRenderer()
    var expired = PageSamples.facts(40, details: { _, details in details = nil })
    try check(renderer.index(expired))
    expired.limits = PageLimits()
    try check(renderer.index(expired))
    try check(#require(renderer.night(expired, PageSamples.last)))
    #expect(!renderer.index(expired).contains("id=\"moved\""))
    let empty = PageSamples.facts(
      3,
      change: { before, record in
        guard before == 0 else { return }
        record = HistoryRecord(
          suite: record.suite, run: record.run, startedAt: record.startedAt, verdict: .incomplete)
        (record.requests, record.shardsExpected, record.shardsReceived) = (0, 3, 1)
        record.ref = "main"
      },
      details: { before, details in
        guard before == 0 else { return }
        details = NightDetails(
          curve: [], buckets: [], endpoints: [], shardP95s: [nil, nil, nil], outliers: [],
          limits: PageLimits())
      })
    try check(renderer.index(empty))
    try check(#require(renderer.night(empty, PageSamples.last)))
    let one = PageSamples.facts(
      3, change: { _, record in (record.shardsExpected, record.shardsReceived) = (1, 1) },
      details: { _, details in details = PageSamples.details(p95: 640, shards: 1) })
    try check(renderer.index(one))
  }

  @Test func `the same facts are the same bytes`() throws {
    let facts = PageSamples.facts(120)
    #expect(try PageRenderer().index(facts) == PageRenderer().index(facts))
  }

  @Test
  func `the index of 120 nights, and one of ten years, 200 endpoints and hostile names keep the budget`()
    throws
  {
    let renderer = try PageRenderer()
    for facts in [PageSamples.facts(120), Self.facts(3650, saying: Self.hostile)] {
      let page = renderer.index(facts)
      let html = try HTMLReader(page)
      #expect(page.utf8.count < 120_000)
      #expect(html.elements.count < 2_000)
      let night = try #require(renderer.night(facts, PageSamples.last))
      #expect(night.utf8.count < 80_000)
    }
  }

  @Test func `the policy allows the page's own style and script, and nothing else`() throws {
    let page = try PageRenderer().index(PageSamples.facts(1))
    let html = try HTMLReader(page)
    let policy = try #require(
      html.elements.first { $0.attributes["http-equiv"] != nil }?.attributes["content"])
    let contents = [
      ("style", page.firstMatch(of: #/(?s)<style>(.*?)<\/style>/#)?.1),
      ("script", page.firstMatch(of: #/(?s)<script>(.*?)<\/script>/#)?.1),
    ]
    for (name, content) in contents {
      let hash = Data(sha256Digest(Array(try #require(content).utf8))).base64EncodedString()
      #expect(policy.contains("\(name)-src 'sha256-\(hash)';"))
    }
    #expect(policy.hasPrefix("default-src 'none'; ") && !policy.contains("unsafe"))
    #expect(!html.elements.contains { $0.attributes["src"] != nil })
  }
}
