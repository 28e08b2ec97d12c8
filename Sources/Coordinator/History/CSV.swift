/// RFC 4180: fields with commas, quotes or line ends in quotes, quotes doubled, CR LF.
enum CSV {
  static func line(_ fields: [String]) -> String { fields.map(field).joined(separator: ",") + "\r\n" }

  private static func field(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
    // Scalar by scalar: a quote with a combining mark behind it is one Character, and not a quote.
    let doubled = text.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
    return "\"\(String(String.UnicodeScalarView(doubled)))\""
  }

  /// A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP). Names of branches and
  /// endpoints come from outside. One that would be read as guarded is guarded too, so that every text comes back.
  static func guarded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

  static func unguarded(_ text: String) -> String {
    text.unicodeScalars.first == "'" && isFormula(text) ? String(text.unicodeScalars.dropFirst()) : text
  }

  /// Behind any apostrophes in front.
  private static func isFormula(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first(where: { $0 != "'" }) else { return false }
    return "=+-@\t\r".unicodeScalars.contains(first)
  }
}
