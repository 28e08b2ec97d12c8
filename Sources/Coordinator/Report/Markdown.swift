/// GitHub's Markdown, of texts that come from outside: nobody is mentioned, nothing is linked, no table breaks.
enum Markdown {
  /// As plain text on one line.
  static func text(_ text: String) -> String {
    var safe = String.UnicodeScalarView()
    var last: UnicodeScalar?
    // What stands at the beginning may make a list or a heading of a line.
    var isNumber = false
    for scalar in printable(text).unicodeScalars {
      // GitHub looks for mentions, references and addresses in the text that the Markdown has become, so that no
      // backslash keeps it from finding them: a word joiner does.
      let isDigit = ("0"..."9").contains(scalar)
      let isName = isDigit || scalar.properties.isAlphabetic
      // `GH-12` is a reference as `#12` is.
      let isReference = isDigit && last == "-" && safe.suffix(3).elementsEqual("GH-".unicodeScalars)
      if isReference || last == "@" && isName || last == "#" && isDigit || last == ":" && scalar == "/"
        || last == "." && scalar.properties.isAlphabetic
      {
        safe.append("\u{2060}")
      }
      let begins = last == nil || isNumber && ".)".unicodeScalars.contains(scalar)
      let marks = begins ? #"-+#=.)"# : ""
      if (#"\`*_{}[]!|<>~&$"# + marks).unicodeScalars.contains(scalar) { safe.append("\\") }
      isNumber = isDigit && (last == nil || isNumber)
      safe.append(scalar)
      last = scalar
    }
    return String(safe)
  }

  /// As code, in a cell of a table: a fence of more backticks than there are in it.
  static func code(_ text: String) -> String {
    let text = printable(text)
    // A backslash before a bar would escape the one that escapes the bar.
    if text.contains("\\"), text.unicodeScalars.contains("|") { return Markdown.text(text) }
    var (longest, run) = (0, 0)
    for character in text.unicodeScalars {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    // A space on both sides is taken away again; it keeps a backtick at an end from the fence.
    let inner = longest > 0 ? " \(text) " : text.isEmpty ? " " : text
    // By scalars: with a combining mark behind it a bar is another Character, and ends a cell all the same.
    let cell = inner.unicodeScalars.flatMap { $0 == "|" ? ["\\", $0] : [$0] }
    return fence + String(String.UnicodeScalarView(cell)) + fence
  }

  /// A link, when the address is one of the web; else the words alone.
  static func link(_ words: String, _ address: String?) -> String? {
    PageText.webAddress(address).map {
      "[\(words)](\($0.replacing("(", with: "%28").replacing(")", with: "%29")))"
    }
  }

  static func table(_ rows: [[String]], rightAligned: Set<Int> = []) -> [String] {
    guard let head = rows.first else { return [] }
    let rule = head.indices.map { rightAligned.contains($0) ? "--:" : ":--" }
    return ([head, rule] + rows.dropFirst()).map { "| \($0.joined(separator: " | ")) |" }
  }
}
