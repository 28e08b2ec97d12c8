import Foundation
import Mustache
import Shared

/// The templates of the page with its style and its script. A page is drawn by `index` or `night`; what they name must be
/// there too.
struct PageTemplates: Sendable {
  private let library: MustacheLibrary
  private let assets: PageModel

  /// What is put into a page as it is, and the hashes by which its policy allows that and nothing else.
  private struct Assets {
    let style, script: String
    let styleHash, scriptHash: String
  }

  /// - Parameters:
  ///   - files: by their names.
  ///   - place: where they are, for the sentence about what is wrong.
  /// - Throws: ``UsageError``.
  init(_ files: [String: [UInt8]], in place: String) throws {
    var texts: [String: String] = [:]
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
      texts[name] = try Self.text(bytes, "\(place)/\(name)")
    }
    for name in ["index.mustache", "night.mustache", "style.css", "script.js"] where texts[name] == nil {
      throw UsageError(
        "\(place)/\(name) is missing: expected the page's templates, its style.css and its script.js")
    }
    var (templates, library) = ([String: String](), MustacheLibrary())
    for (file, text) in texts.sorted(by: { $0.key < $1.key }) where file.hasSuffix(Self.suffix) {
      let name = String(file.dropLast(Self.suffix.count))
      templates[name] = text
      library.register(try Self.template(text, "\(place)/\(file)"), named: name)
    }
    try PageTemplateCheck(templates: templates, place: place).check()
    self.library = library
    assets = try Self.assets(style: texts["style.css"] ?? "", script: texts["script.js"] ?? "", place)
  }

  private static let suffix = ".mustache"

  /// - Parameter name: `index` or `night`.
  func render(_ view: Any, with name: String) -> String {
    library.render(PageModel(view).adding(assets, as: "assets"), withTemplate: name) ?? ""
  }

  /// Browsers read a carriage return as a line's end, so the hash has to be of the text without.
  private static func text(_ bytes: [UInt8], _ path: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UsageError("\(path) is not UTF-8: expected a text file, save it as one")
    }
    let unmarked = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    return unmarked.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }

  private static func template(_ text: String, _ path: String) throws -> MustacheTemplate {
    do {
      return try MustacheTemplate(string: text)
    } catch let error as MustacheTemplate.ParserError {
      let what =
        (error.error as? MustacheTemplate.Error).map(sentence) ?? "a tag is not finished: expected }}"
      throw UsageError("\(path), line \(error.context.lineNumber): \(what)")
    }
  }

  private static func sentence(_ error: MustacheTemplate.Error) -> String {
    switch error {
    case .sectionCloseNameIncorrect:
      "this does not close the section that was opened last: expected its name behind {{/"
    case .expectedSectionEnd: "the file ends inside a section: expected {{/ and the section's name"
    case .unfinishedName: "a tag is not finished: expected {{, a name of letters and }}"
    default:
      "this is not understood: expected {{name}}, {{#name}}, {{^name}}, {{/name}}, {{> name}} or {{! text}}"
    }
  }

  private static func assets(style: String, script: String, _ place: String) throws -> PageModel {
    for (name, text, end) in [("style.css", style, "</style"), ("script.js", script, "</script")] {
      if text.lowercased().contains(end) || text.contains("<!--") {
        throw UsageError(
          "\(place)/\(name) holds \(end) or <!--, which would end it in the page: expected neither")
      }
    }
    return PageModel(Assets(style: style, script: script, styleHash: hash(style), scriptHash: hash(script)))
  }

  /// As a content security policy names it.
  private static func hash(_ text: String) -> String {
    "sha256-" + Data(sha256Digest(Array(text.utf8))).base64EncodedString()
  }
}

extension PageTemplates {
  /// Those that are part of the program.
  static func embedded() throws -> PageTemplates {
    try PageTemplates(
      [
        "before.mustache": PackageResources.before_mustache,
        "compare.mustache": PackageResources.compare_mustache,
        "curve.mustache": PackageResources.curve_mustache,
        "endpoints.mustache": PackageResources.endpoints_mustache,
        "footer.mustache": PackageResources.footer_mustache, "head.mustache": PackageResources.head_mustache,
        "heat.mustache": PackageResources.heat_mustache, "hero.mustache": PackageResources.hero_mustache,
        "index.mustache": PackageResources.index_mustache,
        "masthead.mustache": PackageResources.masthead_mustache,
        "multiples.mustache": PackageResources.multiples_mustache,
        "night.mustache": PackageResources.night_mustache,
        "nights.mustache": PackageResources.nights_mustache, "plot.mustache": PackageResources.plot_mustache,
        "shards.mustache": PackageResources.shards_mustache,
        "strip.mustache": PackageResources.strip_mustache,
        "symbols.mustache": PackageResources.symbols_mustache,
        "trend.mustache": PackageResources.trend_mustache,
        "script.js": PackageResources.script_js, "style.css": PackageResources.style_css,
      ], in: "Templates")
  }
}
