import Shared

/// What the engine would not say, or would not survive: a partial that is not there is drawn as nothing, and one that
/// includes itself is drawn for ever.
struct PageTemplateCheck {
  /// Texts by their names, without the ending.
  let templates: [String: String]
  let place: String

  private struct Tag {
    let template: String
    let line: Int
    let kind: Substring
    let name: String
  }

  /// - Throws: ``UsageError``.
  func check() throws {
    var partials: [String: [String]] = [:]
    for (name, text) in templates.sorted(by: { $0.key < $1.key }) {
      let tags = tags(text, of: name)
      for tag in tags { try check(tag) }
      partials[name] = tags.filter { $0.kind == ">" }.map(\.name)
    }
    for name in ["index", "night"] { try checkRing(from: name, partials, path: [name]) }
  }

  private func tags(_ text: String, of template: String) -> [Tag] {
    text.matches(of: #/\{\{\s*([>#^&{!<$=%/]?)\s*([^}]*?)\s*\}\}/#).map { match in
      let line = text[..<match.range.lowerBound].count { $0.isNewline } + 1
      return Tag(template: template, line: line, kind: match.1, name: String(match.2))
    }
  }

  private func check(_ tag: Tag) throws {
    let path = "\(place)/\(tag.template).mustache, line \(tag.line)"
    if ["<", "$", "=", "%"].contains(tag.kind) || tag.name.hasPrefix("*") {
      throw UsageError(
        "\(path): {{\(tag.kind)\(tag.name)}} is of a kind that the page's templates do not have: expected a name, #, ^, /, > or !"
      )
    }
    if tag.kind == ">", templates[tag.name] == nil {
      throw UsageError("\(path): there is no \(tag.name).mustache beside it: expected one, or another name")
    }
  }

  private func checkRing(from name: String, _ partials: [String: [String]], path: [String]) throws {
    for partial in partials[name] ?? [] {
      if path.contains(partial) {
        throw UsageError(
          "\(place)/\(name).mustache includes \(partial), which is drawn by it: \((path + [partial]).joined(separator: " > "))"
        )
      }
      try checkRing(from: partial, partials, path: path + [partial])
    }
  }
}
