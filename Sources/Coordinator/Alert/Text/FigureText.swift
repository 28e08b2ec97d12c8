/// A figure of a threshold as Markdown and plain text have it: `≥ 2000/s` with its thousands apart.
enum FigureText {
  /// For a line of plain text.
  static func plain(_ text: String) -> String {
    var grouped = ""
    var digits = ""
    var isFraction = false
    for character in text + " " {
      if ("0"..."9").contains(character) {
        digits.append(character)
        continue
      }
      grouped += isFraction ? digits : apart(digits)
      (digits, isFraction) = ("", character == ".")
      grouped.append(character)
    }
    return String(grouped.dropLast())
  }

  /// For Markdown: number and unit stay on one line.
  static func markdown(_ text: String) -> String {
    let figure = plain(text)
    guard isFigure(figure) else { return Markdown.text(PageText.outside(figure, most: 60)) }
    return figure.replacing(" ", with: PageText.thin).replacing("<", with: "\\<")
      .replacing(">", with: "\\>")
  }

  /// What the gate has written itself; anything else may have come from outside.
  private static func isFigure(_ text: String) -> Bool {
    var last: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      let isDigit = ("0"..."9").contains(scalar)
      if last == ".", !isDigit { return false }
      let isLetter = ("a"..."z").contains(scalar)
      guard isDigit || isLetter || "., /%▲▼<>≤≥≠=−+-".unicodeScalars.contains(scalar) else {
        return false
      }
      last = scalar
    }
    return last != "."
  }

  private static func apart(_ digits: String) -> String {
    guard digits.count > 3 else { return digits }
    return digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
    }.joined()
  }
}
