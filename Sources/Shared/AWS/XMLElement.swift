/// As much of XML as AWS's answers have: elements, text, entities, CDATA. Attributes, comments and instructions are skipped;
/// document type declarations are refused.
package struct XMLElement: Sendable, Equatable {
  package let name: String
  /// The element's own text, white space included.
  package private(set) var text = ""
  package private(set) var children: [XMLElement] = []

  private init(name: String) { self.name = name }

  /// The text of the first child of that name, or `nil`.
  package subscript(name: String) -> String? { children.first { $0.name == name }?.text }

  package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// The first of that name in the order of the document, itself included.
  package func first(_ name: String) -> XMLElement? {
    if self.name == name { return self }
    for child in children {
      if let found = child.first(name) { return found }
    }
    return nil
  }

  /// - Returns: `nil` when it is not well-formed, or nested deeper than any answer is.
  init?(_ bytes: [UInt8]) {
    var open: [XMLElement] = []
    var rest = bytes[...]
    var root: XMLElement?
    while let next = rest.firstIndex(of: UInt8(ascii: "<")) {
      guard let text = unescaped(rest[..<next]) else { return nil }
      if !open.isEmpty { open[open.count - 1].text += text }
      rest = rest[next...]
      guard let markup = Markup(&rest) else { return nil }
      switch markup {
      case .skipped: break
      case .text(let text):
        guard !open.isEmpty else { return nil }
        open[open.count - 1].text += text
      case .start(let name, let isEmpty):
        guard root == nil, open.count < 32 else { return nil }
        open.append(XMLElement(name: name))
        if isEmpty { Self.close(&open, &root) }
      case .end(let name):
        guard open.last?.name == name else { return nil }
        Self.close(&open, &root)
      }
    }
    guard let root, open.isEmpty else { return nil }
    self = root
  }

  private static func close(_ open: inout [XMLElement], _ root: inout XMLElement?) {
    let element = open.removeLast()
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }
}

private enum Markup {
  case start(String, isEmpty: Bool)
  case end(String)
  case text(String)
  case skipped

  /// Takes one piece of markup, which begins with `<`, off the bytes.
  init?(_ rest: inout ArraySlice<UInt8>) {
    for (opening, closing) in [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")]
    where rest.starts(with: opening.utf8) {
      let inner = rest.dropFirst(opening.utf8.count)
      guard let end = inner.firstRange(of: Array(closing.utf8)) else { return nil }
      self =
        opening == "<![CDATA[" ? .text(String(decoding: inner[..<end.lowerBound], as: UTF8.self)) : .skipped
      rest = inner[end.upperBound...]
      return
    }
    guard let end = rest.firstIndex(of: UInt8(ascii: ">")), !rest.starts(with: "<!".utf8) else { return nil }
    var inner = rest[rest.index(after: rest.startIndex)..<end]
    rest = rest[rest.index(after: end)...]
    let isEnd = inner.first == UInt8(ascii: "/")
    if isEnd { inner = inner.dropFirst() }
    let isEmpty = inner.last == UInt8(ascii: "/")
    let name = inner.prefix { $0 > 32 && $0 != UInt8(ascii: "/") }
    guard !name.isEmpty else { return nil }
    let text = String(decoding: name, as: UTF8.self)
    self = isEnd ? .end(text) : .start(text, isEmpty: isEmpty)
  }
}

/// - Returns: `nil` for an entity that XML itself does not have.
private func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
  guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
  var text = ""
  var rest = bytes
  while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
    text += String(decoding: rest[..<start], as: UTF8.self)
    guard let end = rest[start...].firstIndex(of: UInt8(ascii: ";")) else { return nil }
    guard let scalar = entity(String(decoding: rest[(start + 1)..<end], as: UTF8.self)) else { return nil }
    text.unicodeScalars.append(scalar)
    rest = rest[(end + 1)...]
  }
  return text + String(decoding: rest, as: UTF8.self)
}

private func entity(_ name: String) -> Unicode.Scalar? {
  switch name {
  case "amp": "&"
  case "lt": "<"
  case "gt": ">"
  case "quot": "\""
  case "apos": "'"
  default:
    if name.hasPrefix("#x") {
      UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    } else if name.hasPrefix("#") {
      UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
    } else {
      nil
    }
  }
}
