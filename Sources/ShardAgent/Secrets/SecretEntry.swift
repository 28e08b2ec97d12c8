import Shared

/// One entry of `GRID_SECRETS`: which secret of Secrets Manager becomes which variable of k6's.
struct SecretEntry: Sendable, Equatable, CustomStringConvertible {
  /// A name or an ARN.
  let id: String
  /// One member of the secret's JSON object; `nil`: all of it.
  let key: String?
  /// `nil`: named like the key, or like each of them.
  let variable: String?

  /// `id#key`, as it was written.
  var description: String { key.map { "\(id)#\($0)" } ?? id }

  /// Entries separated by commas or white space: `id`, `id#key`, `NAME=id`, `NAME=id#key`. What stands before the first
  /// `=` is a name only where it can be one of a variable: secrets' own names may have `=`.
  /// - Throws: ``UsageError``.
  static func list(_ text: String) throws(UsageError) -> [SecretEntry] {
    var entries: [SecretEntry] = []
    for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      entries.append(try SecretEntry(String(word)))
    }
    return entries
  }

  private init(_ word: String) throws(UsageError) {
    var rest = word[...]
    if let equals = word.firstIndex(of: "="), VariableName.isOne(String(word[..<equals])) {
      variable = String(word[..<equals])
      rest = word[word.index(after: equals)...]
    } else {
      variable = nil
    }
    let parts = rest.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    (id, key) = (parts[0], parts.count == 2 ? parts[1] : nil)
    guard !id.isEmpty, key != "" else {
      throw UsageError(
        "the secret '\(word)' (--secrets, GRID_SECRETS) is not understood: expected a secret's name or ARN, as id, id#key, NAME=id or NAME=id#key"
      )
    }
    if let variable, let reason = VariableName.refusal(variable) {
      throw UsageError("the secret '\(word)' (--secrets, GRID_SECRETS) cannot become \(variable): \(reason)")
    }
  }
}

/// Names that a variable of k6's may have.
enum VariableName {
  /// Letters, digits and `_`, not a digit first.
  static func isOne(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
  }

  private static let prefixes = ["AWS_", "GRID_", "K6_SHARD_", "ECS_", "LD_"]
  private static let names: Set<String> = [
    "PATH", "HOME", "TMPDIR", "TZ", "GOMAXPROCS", "GOMEMLIMIT", "GOGC", "GODEBUG", "K6_BIN",
    "K6_NO_USAGE_REPORT", "K6_SECRET_SOURCE", "SSL_CERT_FILE", "SSL_CERT_DIR",
  ]

  /// `nil` for a name that a secret may have.
  static func refusal(_ name: String) -> String? {
    guard isOne(name) else { return "it is no name of a variable" }
    if prefixes.contains(where: name.hasPrefix) || names.contains(name)
      || K6Options.ignoredVariables.contains(name)
    {
      return "it has a meaning of its own for the agent, k6 or the system"
    }
    return nil
  }
}
