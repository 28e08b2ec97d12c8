/// RFC 4180: fields with commas, quotes or line ends in quotes, quotes doubled, CR LF.
enum CSV {
  static func line(_ fields: [String]) -> String { fields.map(field).joined(separator: ",") + "\r\n" }

  /// By scalars: a quote with a combining mark is another character, and yet a quote in the file.
  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { [44, 34, 13, 10].contains($0) }) else { return text }
    let doubled = text.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
    return "\"" + String(String.UnicodeScalarView(doubled)) + "\""
  }

  /// A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP). Names of branches and
  /// endpoints come from outside. One that would be read as guarded is guarded too, so that every text comes back.
  static func guarded(_ text: String) -> String { isToBeGuarded(text) ? "'" + text : text }

  static func unguarded(_ text: String) -> String {
    text.unicodeScalars.first == "'" && isToBeGuarded(text) ? String(text.unicodeScalars.dropFirst()) : text
  }

  /// Behind any apostrophes in front.
  private static func isToBeGuarded(_ text: String) -> Bool {
    let bare = text.utf8.drop { $0 == 39 }
    guard let first = bare.first else { return false }
    return "=+-@\t\r".utf8.contains(first) || isPowerOfTen(bare)
  }

  /// `8.71E+13`: what a spreadsheet makes of digits with an `e` between them. A commit or a profile like that is refused,
  /// so one that is really called so has to be guarded.
  static func isPowerOfTen(_ text: some Collection<UInt8>) -> Bool {
    let parts = text.split(separator: 69, omittingEmptySubsequences: false)  // E
    guard parts.count == 2 else { return false }
    let exponent = parts[1].first.map { [43, 45].contains($0) } ?? false ? parts[1].dropFirst() : parts[1]
    let point = parts[0].split(maxSplits: 1, omittingEmptySubsequences: false) { [44, 46].contains($0) }
    return ([exponent] + point).allSatisfy { $0.allSatisfy(isDigit) } && !exponent.isEmpty
      && !point[0].isEmpty
  }

  static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
