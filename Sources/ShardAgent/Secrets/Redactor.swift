import Shared
import Synchronization

/// Takes secrets out of everything that leaves the agent. Those of setup() are known only later, so it can learn.
final class Redactor: Sendable {
  private let patterns = Mutex(RedactionPatterns())

  var isEmpty: Bool { patterns.withLock(\.isEmpty) }

  /// From here on the value is shown as `***name***`.
  func add(_ value: String, name: String) {
    patterns.withLock { $0.add(value, placeholder: "***\(name)***") }
  }

  /// - Parameter setup: what setup() returned, as JSON.
  func learn(setup: String?) {
    for token in setup.map(SetupTokens.find) ?? [] { add(token.value, name: token.name) }
  }

  func redact(_ text: String) -> String {
    let patterns = patterns.withLock(\.self)
    guard !patterns.isEmpty else { return text }
    return String(decoding: patterns.redact(Array(text.utf8), isEnd: true).shown, as: UTF8.self)
  }

  fileprivate func redact(_ text: [UInt8], isEnd: Bool) -> (shown: [UInt8], taken: Int) {
    patterns.withLock(\.self).redact(text, isEnd: isEnd)
  }

  /// Why a value cannot be taken out without taking out what is no secret; `nil` when it can.
  static func problem(_ value: String) -> String? {
    if value.utf8.count < 4 { return "it has fewer than 4 characters" }
    if value.utf8.count < 6, value.utf8.allSatisfy({ (48...57).contains($0) }) {
      return "it is a number of fewer than 6 digits"
    }
    return words.contains(value) ? "it is a word that k6 itself writes" : nil
  }

  private static let words: Set<String> = [
    "true", "false", "null", "none", "default", "setup", "teardown", "http", "https", "POST", "HEAD", "info",
    "error", "warning", "console", "localhost", "undefined",
  ]
}

/// Text that comes in pieces: a secret may begin in one and end in another.
struct RedactedStream {
  private let redactor: Redactor
  /// What may be the beginning of a secret.
  private var kept: [UInt8] = []

  init(_ redactor: Redactor) { self.redactor = redactor }

  mutating func take(_ piece: [UInt8]) -> [UInt8] {
    guard !redactor.isEmpty || !kept.isEmpty else { return piece }
    let (shown, taken) = redactor.redact(kept + piece, isEnd: false)
    kept = Array((kept + piece)[taken...])
    return shown
  }

  /// What is left when nothing more comes.
  mutating func finish() -> [UInt8] {
    defer { kept = [] }
    return redactor.redact(kept, isEnd: true).shown
  }
}

extension Redactor {
  /// Names and texts of a document whose shape is not ours. k6 names groups and checks by their path's MD5.
  func redact(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return .string(redact(text))
    case .array(let values): return .array(values.map(redact))
    case .object(let members): return .object(redact(members))
    case .null, .bool, .number: return value
    }
  }

  func redact(_ members: [String: JSONValue]) -> [String: JSONValue] {
    guard !isEmpty else { return members }
    var redacted: [String: JSONValue] = [:]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      var (shown, number) = (redact(name), 2)
      // Two ways to write one secret: neither takes the other's place.
      while redacted[shown] != nil {
        shown = "\(redact(name)) (\(number))"
        number += 1
      }
      redacted[shown] = redact(value)
    }
    if case .string(let path)? = redacted["path"], redacted["path"] != members["path"], members["id"] != nil {
      redacted["id"] = .string(md5(path))
    }
    return redacted
  }

  /// What the script plans, for others to read.
  func redact(_ plan: ScriptPlan) -> ScriptPlan {
    guard !isEmpty else { return plan }
    var redacted = ScriptPlan(
      thresholds: plan.thresholds.map {
        ScriptPlan.Threshold(
          selector: redact($0.selector), expression: redact($0.expression), abortOnFail: $0.abortOnFail,
          delayAbortEval: $0.delayAbortEval)
      },
      scenarios: plan.scenarios.map { scenario in
        var redacted = ScriptPlan.Scenario(
          name: redact(scenario.name), executor: scenario.executor, plannedSeconds: scenario.plannedSeconds,
          vus: scenario.vus)
        redacted.load = scenario.load.map(redact)
        return redacted
      }, maxVUs: plan.maxVUs, totalSeconds: plan.totalSeconds)
    (redacted.setup, redacted.teardown) = (plan.setup, plan.teardown)
    return redacted
  }
}
