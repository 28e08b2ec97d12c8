import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct TemplateWalkTests {
  private static func templates() throws -> [String: String] {
    let folder = repositoryRoot().appending(path: "Sources/Coordinator/Report/Page/Templates")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "mustache" }.reduce(into: [:]) {
      $0[$1.deletingPathExtension().lastPathComponent] = try String(contentsOf: $1, encoding: .utf8)
    }
  }

  /// Pages that between them have every section, and every one of them left out.
  private static func views() -> [(String, Any)] {
    var views: [(String, Any)] = []
    var bare = PageSamples.facts(40, details: { _, details in details = nil })
    bare.limits = PageLimits()
    bare.nights.removeAll { $0.date == PageSamples.date(1) }
    let unlinked = PageSamples.facts(3) { before, record in
      (record.workflowRunURL, record.artifactsURL) = (nil, nil)
      if before == 1 { record.commit = nil }
    }
    var far = PageSamples.facts(9)
    far.limits.p95 = 8000
    for index in far.nights.indices { far.nights[index].details = nil }
    var near = far
    near.limits.p95 = 650
    // A step beside which there is more room on the right.
    let crowded = PageSamples.facts(60, withStep: false) { before, record in
      if before < 9 { record.p95 = 800 }
      if before == 11 { record.p95 = 1000 }
    }
    // A long step, one that is over, a spike, and nights that were no pass.
    let eventful = PageSamples.facts(150, withStep: false) { before, record in
      if before < 27 || (60..<70).contains(before) { record.p95 = (record.p95 ?? 0) * 1.15 }
      if before == 80 { record.p95 = 6400 }
      if before == 45 || before == 9 { (record.verdict, record.errorRate) = (.fail, 0.02) }
    }
    // A limit close under the top of a scale that one night has stretched.
    var stretched = PageSamples.facts(120, withStep: false) { before, record in
      if before == 40 { record.p95 = 6400 }
    }
    stretched.limits.p95 = 1180
    let faster = PageSamples.facts(3) { before, record in if before == 0 { record.p95 = 300 } }
    let all =
      [0, 1, 9, 40, 120, 500].map { PageSamples.facts($0) } + [
        bare, unlinked, faster, far, near, eventful, stretched, crowded,
      ]
      + [Verdict.pass, .degraded, .fail, .incomplete].map {
        PageRendererTests.facts(40, saying: ["name", "other"], verdict: $0)
      }
    for facts in all {
      views.append(("index", IndexView(facts)))
      for night in [facts.nights.first, facts.nights.last].compactMap(\.self) {
        if let view = NightView(facts, night.date) { views.append(("night", view)) }
      }
    }
    return views
  }

  /// The engine takes a name that is not there for nothing, an empty text for true, and looks for a `nil` further out.
  @Test func `every name is there, sections stand on no texts, and no optional has a namesake further out`()
    throws
  {
    var walk = TemplateWalk(templates: try Self.templates())
    for (template, view) in Self.views() { try walk.walk(template, view) }
    #expect(walk.problems.isEmpty, "\(walk.problems.sorted())")
    let missed = try walk.sections().subtracting(walk.entered)
    #expect(missed.isEmpty, "never drawn: \(missed.sorted())")
  }

  @Test func `the walk finds what it looks for`() throws {
    struct Inner { let step: Bool?, text: String }
    struct View { let inner: Inner, step: Bool }
    var walk = TemplateWalk(templates: [
      "a": "{{#inner}}{{#step}}{{/step}}{{#text}}{{/text}}{{typo}}{{/inner}}{{#gone}}{{/gone}}"
    ])
    try walk.walk("a", View(inner: Inner(step: nil, text: ""), step: true))
    #expect(
      walk.problems == [
        "a: {{#step}} may be nil, and has a namesake further out", "a: {{#text}} stands on a text",
        "a: {{typo}} is no text", "a: {{#gone}} is not there",
      ])
  }
}
