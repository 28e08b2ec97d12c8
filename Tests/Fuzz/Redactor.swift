/// Stands for the agent's, which needs JSON and digests: what is fuzzed has no secrets.
final class Redactor: Sendable {
  var isEmpty: Bool { true }

  func redact(_ text: String) -> String { text }
}
