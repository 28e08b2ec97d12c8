/// Reads a page as strictly as ours are written: every opened tag is closed, every attribute has double quotes, and in
/// texts and attributes nothing is left unescaped. By scalars, as a browser does: a sign with a mark behind it is one
/// Character, and still a sign.
struct HTMLReader {
  struct Element: Equatable {
    let name: String
    var attributes: [String: String] = [:]
  }

  struct Malformed: Error, Equatable {
    let what: String
    let near: String
  }

  private(set) var elements: [Element] = []
  /// What is shown, without the style and the script; entities as they stand.
  private(set) var text = ""
  private var open: [String] = []
  private let page: [Unicode.Scalar]
  private var position = 0

  init(_ page: String) throws {
    self.page = Array(page.unicodeScalars)
    guard take("<!doctype html>") else { throw malformed("no doctype") }
    while position < self.page.count {
      text += try shown(until: "<")
      if position == self.page.count { break }
      if take("</") { try end() } else { try start() }
    }
    if let left = open.last { throw malformed("<\(left)> is not closed") }
  }

  /// Names and the names of attributes: what data must not change.
  var skeleton: [String] {
    elements.map { "\($0.name) \($0.attributes.keys.sorted().joined(separator: " "))" }
  }

  private mutating func start() throws {
    _ = take("<")
    var element = Element(name: word())
    guard !element.name.isEmpty else { throw malformed("< without a tag") }
    defer { elements.append(element) }
    while true {
      while take(" ") {}
      if take("/>") { return }
      if take(">") { return try content(of: element.name) }
      let key = word()
      guard !key.isEmpty, element.attributes[key] == nil else { throw malformed("an attribute's name") }
      element.attributes[key] = take("=") ? try quoted() : ""
    }
  }

  private mutating func content(of name: String) throws {
    if ["meta", "link", "input", "br"].contains(name) { return }
    open.append(name)
    guard ["style", "script"].contains(name) else { return }
    while position < page.count, !take("</\(name)>") { position += 1 }
    open.removeLast()
  }

  private mutating func quoted() throws -> String {
    guard take("\"") else { throw malformed("an attribute without quotes") }
    let value = try shown(until: "\"")
    guard take("\"") else { throw malformed("an attribute that does not end") }
    return value
  }

  private mutating func end() throws {
    let name = word()
    guard take(">"), open.last == name else {
      throw malformed("</\(name)> where <\(open.last ?? "")> is open")
    }
    open.removeLast()
  }

  private mutating func shown(until end: Unicode.Scalar) throws -> String {
    let first = position
    while position < page.count, page[position] != end {
      if page[position] == "<" || page[position] == ">" { throw malformed("a bracket that is not escaped") }
      if page[position] == "&", !["&lt;", "&gt;", "&amp;", "&quot;", "&#39;"].contains(where: isNext) {
        throw malformed("& that is not escaped")
      }
      position += 1
    }
    return String(String.UnicodeScalarView(page[first..<position]))
  }

  private mutating func word() -> String {
    let first = position
    while position < page.count, page[position].isASCII,
      page[position] == "-" || page[position].properties.isAlphabetic
        || page[position].properties.numericType != nil
    {
      position += 1
    }
    return String(String.UnicodeScalarView(page[first..<position]))
  }

  private func isNext(_ text: String) -> Bool { page[position...].starts(with: text.unicodeScalars) }

  private mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    position += text.unicodeScalars.count
    return true
  }

  private func malformed(_ what: String) -> Malformed {
    let near = page[max(0, position - 40)..<min(page.count, position + 40)]
    return Malformed(what: what, near: String(String.UnicodeScalarView(near)))
  }
}
