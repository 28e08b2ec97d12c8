import Shared

/// What of setup()'s data is taken for a secret: it usually holds tokens, beside addresses and names that logs are about.
///
/// A text's words of 8 characters or more count when the name of the member that holds it, or of one around it, says so
/// (`token`, `password`, `cookie` ...); otherwise when they look like no word: with a digit, or with capitals inside. An
/// address (`http://`, `https://`) without a query or a user does not. Numbers never do.
enum SetupTokens {
  /// A setup() may return thousands of users; what is behind these is not taken out.
  static let most = 500
  static let shortest = 8

  struct Token: Equatable {
    /// As `setup.users.0.token`.
    let name: String
    let value: String
  }

  /// - Parameter json: what setup() returned; what is no JSON has none.
  /// - Returns: in the order of their names, each value once.
  static func find(_ json: String) -> [Token] {
    guard let value = try? decoded(JSONValue.self, from: Array(json.utf8), name: "setup()'s data") else {
      return []
    }
    var found: [Token] = []
    walk(value, ["setup"], isNamed: false, &found)
    var seen: Set<String> = []
    return Array(found.filter { seen.insert($0.value).inserted }.prefix(most))
  }

  private static func walk(_ value: JSONValue, _ path: [String], isNamed: Bool, _ found: inout [Token]) {
    switch value {
    case .null, .bool, .number: return
    case .array(let values):
      for (index, value) in values.enumerated() { walk(value, path + ["\(index)"], isNamed: isNamed, &found) }
    case .object(let members):
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        walk(value, path + [name], isNamed: isNamed || isSecret(name), &found)
      }
    case .string(let text):
      let name = name(path)
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      let whole = isNamed && words.count > 1 ? [text] : []
      for word in whole + words where word.count >= shortest && (isNamed || isToken(word)) {
        found.append(Token(name: name, value: word))
      }
    }
  }

  private static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return [
      "token", "secret", "passw", "auth", "session", "cookie", "credential", "apikey", "api_key", "api-key",
      "jwt", "bearer", "signature",
    ].contains { name.contains($0) }
  }

  private static func isToken(_ word: String) -> Bool {
    if word.hasPrefix("http://") || word.hasPrefix("https://") {
      return word.contains { $0 == "?" || $0 == "@" }
    }
    return word.contains { $0.isASCII && $0.isNumber }
      || word.dropFirst().contains(where: \.isUppercase) && word.contains(where: \.isLowercase)
  }

  /// As `setup.users.0.token`.
  static func name(_ path: [String]) -> String {
    String(path.map(shown).joined(separator: ".").prefix(60))
  }

  /// What a log line or a document can hold without any escape.
  private static func shown(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" })
  }
}
