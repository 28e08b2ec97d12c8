import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct PageTemplatesTests {
  private struct View { let name: String }

  /// The smallest folder that is one.
  private static let least: [String: String] = [
    "index.mustache":
      "<style>{{{assets.style}}}</style><script>{{{assets.script}}}</script>\n{{assets.styleHash}} {{assets.scriptHash}}\n{{> part}}\n",
    "part.mustache": "<b>{{name}}</b>\n", "night.mustache": "", "style.css": "b{}", "script.js": "1 && 2",
  ]

  private func templates(_ change: [String: String?] = [:]) throws -> PageTemplates {
    let files = Self.least.merging(change.compactMapValues(\.self)) { $1 }.filter {
      change[$0.key] != .some(nil)
    }
    return try PageTemplates(files.mapValues { Array($0.utf8) }, in: "folder")
  }

  @Test func `style and script stand in the page byte for byte, with the hashes of what stands there`() throws
  {
    let page = try templates().render(View(name: "a"), with: "index")
    #expect(
      page
        == "<style>b{}</style><script>1 && 2</script>\nsha256-7yqHVAesot11p6HczDsgKRipvI5UPgs97z80zNXlans= sha256-e0QYUbkPX1/x2zE7u8O/PiYyxcbxkaVHe5AICD+Milw=\n<b>a</b>\n"
    )
  }

  /// A browser reads CR LF and CR as LF, and hashes what it has read.
  @Test func `line ends of other systems and a byte order mark are taken out before the hash is made`() throws
  {
    let page = try templates(["script.js": "\u{FEFF}1\r\n2\r3"]).render(View(name: "a"), with: "index")
    #expect(page.contains("<script>1\n2\n3</script>"))
    #expect(page.contains("sha256-rVPogG0XyC04kCc40dR9lr3areJ1E0ZjIu+g95MUndA="))
  }

  @Test(
    arguments: [
      (
        ["style.css": nil],
        "folder/style.css is missing: expected the page's templates, its style.css and its script.js"
      ),
      (
        ["part.mustache": nil],
        "folder/index.mustache, line 3: there is no part.mustache beside it: expected one, or another name"
      ),
      (
        ["part.mustache": "\n{{#a}}\n{{/b}}"],
        "folder/part.mustache, line 3: this does not close the section that was opened last: expected its name behind {{/"
      ),
      (
        ["part.mustache": "a\n{{#a}}\nb"],
        "folder/part.mustache, line 3: the file ends inside a section: expected {{/ and the section's name"
      ),
      (
        ["part.mustache": "\n\n{{na me}}"],
        "folder/part.mustache, line 3: a tag is not finished: expected {{, a name of letters and }}"
      ),
      (
        ["part.mustache": "a\n{{> other}}", "other.mustache": "{{>part}}"],
        "folder/other.mustache includes part, which is drawn by it: index > part > other > part"
      ),
      (
        ["part.mustache": "a\n{{<base}}{{/base}}", "base.mustache": ""],
        "folder/part.mustache, line 2: {{<base}} is of a kind that the page's templates do not have: expected a name, #, ^, /, > or !"
      ),
      (
        ["part.mustache": "{{>*name}}"],
        "folder/part.mustache, line 1: {{>*name}} is of a kind that the page's templates do not have: expected a name, #, ^, /, > or !"
      ),
      (
        ["style.css": "b{}</STYLE>"],
        "folder/style.css holds </style or <!--, which would end it in the page: expected neither"
      ),
      (
        ["script.js": "a<!--b"],
        "folder/script.js holds </script or <!--, which would end it in the page: expected neither"
      ),
    ] as [([String: String?], String)])
  func `a folder that cannot be drawn with is refused in one sentence`(
    change: [String: String?], sentence: String
  ) {
    let error = #expect(throws: UsageError.self) { try templates(change) }
    #expect(error?.description == sentence)
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    var files = Self.least.mapValues { Array($0.utf8) }
    files["style.css"] = [0xFF]
    let error = #expect(throws: UsageError.self) { try PageTemplates(files, in: "folder") }
    #expect(error?.description == "folder/style.css is not UTF-8: expected a text file, save it as one")
  }

  @Test func `a designer's folder is read, and one that is not there is refused`() throws {
    let folder = try temporaryFolder()
    for (name, text) in Self.least { try Data(text.utf8).write(to: folder.appending(path: name)) }
    try Data([0xFF]).write(to: folder.appending(path: "notes.txt"))
    let page = try PageTemplates(folder: folder.path).render(View(name: "<i>"), with: "index")
    #expect(page.contains("<b>&lt;i&gt;</b>"))
    let error = #expect(throws: UsageError.self) { try PageTemplates(folder: "/nowhere") }
    #expect(
      error?.description == "the folder /nowhere cannot be read: expected one with the page's templates")
  }

  @Test func `the program's own templates are those of the sources`() throws {
    let folder = repositoryRoot().appending(path: "Sources/Coordinator/Report/Page/Templates").path
    let facts = PageSamples.facts(9)
    #expect(
      try PageRenderer().index(facts) == PageRenderer(templates: PageTemplates(folder: folder)).index(facts))
  }
}
