import Mustache
import Testing

@testable import Coordinator

/// What swift-mustache 2.1.1 does to views that are given to it as they are, and what it does to ours.
@Suite struct PageModelTests {
  private struct Outer {
    let inner: Inner
    let step: Named? = Named(text: "outer")
  }

  private struct Inner {
    let step: Named?
    let list: [Named]
  }

  private struct Named { let text: String }

  private func drawn(_ template: String, _ view: Any) throws -> (byEngine: String, byUs: String) {
    let template = try MustacheTemplate(string: template)
    return (template.render(view), template.render(PageModel(view)))
  }

  @Test func `a member that is nil is false, whatever stands further out`() throws {
    let view = Outer(inner: Inner(step: nil, list: []))
    let drawn = try drawn("{{#inner}}{{#step}}{{text}}{{/step}}{{^step}}none{{/step}}{{/inner}}", view)
    #expect(drawn.byEngine == "outer")
    #expect(drawn.byUs == "none")
  }

  @Test func `lists, objects and texts are drawn as the engine draws them`() throws {
    let view = Outer(inner: Inner(step: Named(text: "a"), list: [Named(text: "b"), Named(text: "<c>")]))
    let drawn = try drawn(
      "{{#inner}}{{#step}}{{text}}{{/step}}{{#list}}{{text}}{{/list}}{{^list}}none{{/list}}{{/inner}}{{^inner}}x{{/inner}}",
      view)
    #expect(drawn.byUs == "ab&lt;c&gt;")
    #expect(drawn.byUs == drawn.byEngine)
  }

  @Test(
    arguments: [
      "\u{0D4E}<img src=x>", "<\u{0338}b>", "a\"\u{0301} onmouseover=alert(1)", "'\u{200D}", "\u{0D4E}>",
      "&\u{0308}lt;",
      "\u{0D4E}\u{0D4E}<\u{0301}>",
    ])
  func `no sign gets through in company of a mark, also in a text that nobody marked as one from outside`(
    text: String
  ) throws {
    let drawn = try drawn("{{text}}", Named(text: text))
    func signs(_ text: String) -> Int { text.unicodeScalars.count { "<>\"'".unicodeScalars.contains($0) } }
    #expect(signs(drawn.byUs) == 0, "\(drawn.byUs)")
    #expect(
      drawn.byEngine.unicodeScalars.contains { "<>&\"'".unicodeScalars.contains($0) }, "the trap is there")
  }

  @Test func `what is read as a template is only the template`() throws {
    #expect(try drawn("{{text}}", Named(text: "{{text}} {{{text}}}")).byUs == "{{text}} {{{text}}}")
  }
}
