import Shared

/// What of a secret a script may use by itself: its text without white space around it, its lines, and the texts in it
/// when it is JSON, with theirs.
enum SecretParts {
  /// - Returns: each with a name of its own, as `NAME.users.0.token` and, of lines, `NAME.1`; what is too short to be told
  ///   from other text is not among them.
  static func find(in value: String, name: String) -> [SetupTokens.Token] {
    var found: [SetupTokens.Token] = []
    walk(value, [name], shortest: 0, &found)
    return Array(
      found.filter { $0.value != value && Redactor.problem($0.value) == nil }.prefix(SetupTokens.most))
  }

  private static func walk(
    _ text: String, _ path: [String], shortest: Int, _ found: inout [SetupTokens.Token]
  ) {
    let text = text.trimmed
    guard text.count >= shortest else { return }
    found.append(SetupTokens.Token(name: SetupTokens.name(path), value: text))
    if let json = try? decoded(JSONValue.self, from: Array(text.utf8), name: "a secret") {
      walk(json, path, &found)
    } else if text.contains(where: \.isNewline) {
      for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
        walk(String(line), path + ["\(number)"], shortest: SetupTokens.shortest, &found)
      }
    }
  }

  private static func walk(_ value: JSONValue, _ path: [String], _ found: inout [SetupTokens.Token]) {
    switch value {
    case .null, .bool, .number: return
    case .string(let text): walk(text, path, shortest: SetupTokens.shortest, &found)
    case .array(let values):
      for (number, value) in values.enumerated() { walk(value, path + ["\(number)"], &found) }
    case .object(let members):
      for (name, value) in members.sorted(by: { $0.key < $1.key }) { walk(value, path + [name], &found) }
    }
  }
}
