/// Texts for where there is neither Markdown nor a choice of fonts: e-mail, pagers, alarms.
enum PlainText {
  /// Signs of our own in ASCII; anything else stays.
  static func ascii(_ text: String) -> String {
    var plain = ""
    // The space behind an arrow goes: `▲ 32 %` is `+32 %`.
    var isBehindArrow = false
    for scalar in text.unicodeScalars {
      defer { isBehindArrow = scalar == "▲" || scalar == "▼" }
      if isBehindArrow, scalar == " " { continue }
      if let sign = signs[scalar] { plain += sign } else { plain.unicodeScalars.append(scalar) }
    }
    return plain
  }

  private static let signs: [Unicode.Scalar: String] = [
    "\u{202F}": " ", "\u{A0}": " ", "\u{2212}": "-", "–": "-", "…": "...", "≤": "<=", "≥": ">=", "≠": "!=",
    "▲": "+", "▼": "-",
  ]

  /// What comes from outside, on one line and without control and direction characters; letters stay as they are.
  static func outside(_ text: String?, most: Int = 96) -> String {
    var plain = ""
    for scalar in PageText.outside(text, most: most).unicodeScalars {
      switch scalar {
      // Keeps apart what templates escape; nothing is escaped here.
      case "\u{2060}": break
      case "…": plain += "..."
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return plain
  }

  /// Printable ASCII alone; a question mark for any other character.
  static func strict(_ text: String) -> String {
    String(ascii(text).unicodeScalars.map { (32...126).contains($0.value) ? Character($0) : "?" })
  }

  /// At most so many characters, with the beginning and the end.
  static func cut(_ text: String, most: Int) -> String {
    guard text.count > most else { return text }
    guard most > 4 else { return String(text.prefix(max(0, most))) }
    let tail = (most - 2) / 3
    return "\(text.prefix(most - 2 - tail))..\(text.suffix(tail))"
  }

  /// Lines of at most `width` characters; a word that is longer has a line of its own.
  static func wrapped(_ text: String, width: Int = 76) -> [String] {
    var lines: [String] = []
    // A number keeps its unit.
    for word in text.replacing(#/(\d) (%|ms|pp)/#, with: { "\($0.output.1)\u{A0}\($0.output.2)" }).split(
      separator: " ")
    {
      let word = word.replacing("\u{A0}", with: " ")
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
