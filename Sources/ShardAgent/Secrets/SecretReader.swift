import Shared

/// Reads secrets from Secrets Manager with the task's role.
struct SecretReader: Sendable {
  let retry: RetryWindow
  /// `GetSecretValue`.
  let get: @Sendable (_ id: String) async throws -> SecretAnswer

  /// How many are read at once.
  private static let mostAtOnce = 4

  /// - Parameter environment: k6's; a secret takes no other variable's place.
  /// - Throws: ``ShardFailure`` with one sentence that names secret and key, never a value.
  func read(_ entries: [SecretEntry], environment: [String: String]) async throws -> [Secret] {
    let answers = try await answers(to: entries)
    var secrets: [Secret] = []
    for entry in entries {
      for secret in try SecretContent(answers[entry.id]!, entry).secrets() {
        if let other = secrets.first(where: { $0.name == secret.name }) {
          throw ShardFailure.unavailable(
            "the variable \(secret.name) would come from \(other.source) and from \(secret.source) (GRID_SECRETS): give one another name, as NAME=\(secret.source)"
          )
        }
        guard environment[secret.name] == nil else {
          throw ShardFailure.unavailable(
            "the variable \(secret.name) would come from \(secret.source) (GRID_SECRETS), and the environment has it already: give it another name, as NAME=\(secret.source), or take it out of the environment"
          )
        }
        secrets.append(secret)
      }
    }
    return secrets
  }

  /// Each secret is read once, however many of its keys are wanted.
  private func answers(to entries: [SecretEntry]) async throws -> [String: SecretAnswer] {
    let ids = Set(entries.map(\.id)).sorted()
    var answers: [String: SecretAnswer] = [:]
    try await withThrowingTaskGroup(of: (String, SecretAnswer).self) { group in
      for (number, id) in ids.enumerated() {
        if number >= Self.mostAtOnce, let (id, answer) = try await group.next() { answers[id] = answer }
        group.addTask { (id, try await answer(id)) }
      }
      for try await (id, answer) in group { answers[id] = answer }
    }
    return answers
  }

  private func answer(_ id: String) async throws -> SecretAnswer {
    do { return try await retry { try await get(id) } } catch let failure as ShardFailure {
      throw failure
    } catch let error as UsageError {
      throw ShardFailure(sentence: "the secret \(id) cannot be read: \(error)", exitCode: 64)
    } catch {
      throw ShardFailure.unavailable(
        "the secret \(id) cannot be read: \(error) (the task role needs secretsmanager:GetSecretValue on it, and kms:Decrypt where it has a key of its own)"
      )
    }
  }
}

/// What Secrets Manager answers, as far as it is looked at: a text, or bytes.
struct SecretAnswer: Decodable, Sendable {
  let text: String?

  private enum CodingKeys: String, CodingKey { case text = "SecretString" }
}

struct SecretQuestion: Encodable, Sendable {
  let id: String

  private enum CodingKeys: String, CodingKey { case id = "SecretId" }
}

/// From a secret's text to variables.
private struct SecretContent {
  private let text: String
  private let entry: SecretEntry

  init(_ answer: SecretAnswer, _ entry: SecretEntry) throws {
    guard let text = answer.text else {
      throw ShardFailure.unavailable("the secret \(entry.id) is binary: expected a text, or a JSON object")
    }
    (self.text, self.entry) = (text, entry)
  }

  func secrets() throws -> [Secret] {
    if entry.key == nil, let variable = entry.variable { return [try secret(variable, text, key: nil)] }
    guard let members = try? decoded([String: Field].self, from: Array(text.utf8), name: "") else {
      throw ShardFailure.unavailable(
        entry.key == nil
          ? "the secret \(entry.id) is no JSON object: give it a variable's name, as NAME=\(entry.id)"
          : "the secret \(entry.id) is no JSON object, so it has no key '\(entry.key!)'")
    }
    if let key = entry.key {
      guard let field = members[key] else {
        throw ShardFailure.unavailable("the secret \(entry.id) has no key '\(key)'")
      }
      return [try secret(entry.variable ?? key, value(field, key), key: key)]
    }
    return try members.sorted { $0.key < $1.key }.map {
      try secret($0.key, value($0.value, $0.key), key: $0.key)
    }
  }

  private func value(_ field: Field, _ key: String) throws -> String {
    guard case .text(let text) = field else {
      throw ShardFailure.unavailable(
        "the key '\(key)' of the secret \(entry.id) holds a list, an object or nothing: expected a text, a number, true or false"
      )
    }
    return text
  }

  private func secret(_ variable: String, _ value: String, key: String?) throws -> Secret {
    let source = key.map { "\(entry.id)#\($0)" } ?? entry.id
    if let reason = VariableName.refusal(variable) {
      throw ShardFailure.unavailable(
        "\(source) (GRID_SECRETS) cannot become the variable '\(variable)': \(reason); give it another name, as NAME=\(source)"
      )
    }
    guard !value.utf8.contains(0) else {
      throw ShardFailure.unavailable("\(source) (GRID_SECRETS) holds a NUL character, which no variable can")
    }
    return Secret(name: variable, value: value, source: source)
  }

  /// Numbers as they are in decimal, `true` and `false` as such.
  private enum Field: Decodable {
    case text(String)
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let bool = try? container.decode(Bool.self) {
        self = .text("\(bool)")
      } else if let number = try? container.decode(Int64.self) {
        self = .text("\(number)")
      } else if let number = try? container.decode(UInt64.self) {
        self = .text("\(number)")
      } else if let number = try? container.decode(Double.self) {
        self = .text("\(number)")
      } else {
        self = .other
      }
    }
  }
}
