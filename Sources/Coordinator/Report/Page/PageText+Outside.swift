import Shared

/// What comes from outside: names of endpoints and branches, reasons, addresses. The templates escape it.
extension PageText {
  /// One line without control and direction characters, cut in the middle to `most` characters.
  static func outside(_ text: String?, most: Int = 96) -> String {
    var scalars: [Unicode.Scalar] = []
    for scalar in (text ?? "").unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
      case .format, .surrogate, .privateUse: break
      // XML has no such character, and a feed is XML.
      case .unassigned where scalar.properties.isNoncharacterCodePoint: break
      default: scalars.append(scalar)
      }
    }
    let words = scalars.split { $0.properties.isWhitespace }
    return apartFromMarks(cut(Array(words.joined(separator: [" "])), most: most))
  }

  /// With a capital, unless it begins with a name such as `http_reqs`, and a full stop.
  static func sentence(_ text: String?, most: Int) -> String {
    let text = outside(text, most: most)
    guard let last = text.last else { return "" }
    let word = text.prefix { $0 != " " }
    let isWord = word.utf8.allSatisfy { (97...122).contains($0) }
    return (isWord ? text.prefix(1).uppercased() + text.dropFirst() : text)
      + (".!?".contains(last) ? "" : ".")
  }

  private static func cut(_ scalars: [Unicode.Scalar], most: Int) -> [Unicode.Scalar] {
    guard scalars.count > most else { return scalars }
    let head = most * 2 / 3
    return scalars[..<head] + ["…"] + scalars.suffix(most - head - 1)
  }

  /// Puts U+2060 between a character that must be escaped and any beyond ASCII.
  ///
  /// swift-mustache 2.1.1 escapes Character by Character. U+0D4E and a `<` behind it are one Character, which is not
  /// `<`, so that a tag behind that letter would stay one; a quote with a combining mark likewise.
  static func apartFromMarks(_ scalars: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in scalars {
      if let previous, isEscaped(previous) && !scalar.isASCII || isEscaped(scalar) && !previous.isASCII {
        text.append("\u{2060}")
      }
      text.append(scalar)
      previous = scalar
    }
    return String(text)
  }

  private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "<", ">", "&", "\"", "'": true
    default: false
    }
  }

  /// An address of the web in printable ASCII without quotes and angle brackets; any other becomes `#`.
  static func web(_ address: String?) -> String { webAddress(address) ?? "#" }

  static func webAddress(_ address: String?) -> String? {
    guard let address, let scheme = ["https://", "http://"].first(where: address.hasPrefix) else {
      return nil
    }
    let rest = address.utf8.dropFirst(scheme.utf8.count)
    // From ! to ~ but for " ' < >.
    let isPlain = rest.allSatisfy { (33...126).contains($0) && ![34, 39, 60, 62].contains($0) }
    return isPlain && !rest.isEmpty ? address : nil
  }
}
