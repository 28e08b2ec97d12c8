import Shared

/// The first line of an issue or a comment of ours: an HTML comment, which GitHub keeps and does not show. It says whose it
/// is, and what was known when it was written.
enum HiddenMarker {
  /// - Parameter state: small; whatever its texts hold, the comment does not end early and mentions nobody.
  static func line(_ suite: String, _ state: some Encodable) throws -> String {
    // Its lines are those of the encoder alone: in a text a newline is escaped.
    let json = String(decoding: try encoded(state), as: UTF8.self).split(separator: "\n")
      .map { $0.drop { $0 == " " } }.joined()
    return "\(opening(suite))\(masked(json)) -->"
  }

  /// - Parameter isFirst: it must be the first line. A comment of somebody else's that has our login, as another workflow's,
  ///   may quote whatever it likes; of an issue people edit the text, and may have put something above.
  /// - Returns: `nil` when the text has no marker of the suite; `""` or what is left for a damaged one.
  static func json(_ suite: String, in text: String?, isFirst: Bool = false) -> String? {
    let lines = (text ?? "").split(whereSeparator: \.isNewline)
    let line = (isFirst ? lines.prefix(1) : lines[...]).first { $0.hasPrefix(opening(suite)) }
    guard let line else { return nil }
    let state = line.dropFirst(opening(suite).count)
    return state.firstRange(of: "-->").map { String(state[..<$0.lowerBound]) } ?? ""
  }

  /// The text with another first line.
  static func replaced(_ suite: String, in text: String, with line: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let rest = lines.filter { !$0.hasPrefix(opening(suite)) }
    return ([line] + rest.map(String.init)).joined(separator: "\n")
  }

  private static func opening(_ suite: String) -> String { "<!-- k6-grid:\(suite) " }

  /// In JSON these are in texts only. By scalars: with a combining mark behind it a `>` is another Character, and ends a
  /// comment all the same.
  private static func masked(_ json: String) -> String {
    var safe = ""
    var last: Unicode.Scalar?
    for scalar in json.unicodeScalars {
      // The last three end a line, for some.
      let isMark = "<>@#\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar)
      if isMark || scalar == "-" && last == "-" {
        let digits = String(scalar.value, radix: 16)
        safe += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        last = nil
      } else {
        safe.unicodeScalars.append(scalar)
        last = scalar
      }
    }
    return safe
  }
}
