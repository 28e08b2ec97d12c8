import Shared

/// The keys of PagerDuty's integrations: secrets, which print as nothing.
struct PagerDutyKeys: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  static let service = "PAGERDUTY_ROUTING_KEY"
  static let harness = "PAGERDUTY_HARNESS_ROUTING_KEY"

  private let keys: [Notice.Audience: String]

  /// - Throws: ``UsageError``, without the key.
  init(_ environment: [String: String]) throws(UsageError) {
    guard let service = try Self.key(Self.service, environment) else {
      throw UsageError(
        "\(Self.service) is not set: expected the integration key of an Events API v2 integration, 32 letters and digits"
      )
    }
    var keys = [Notice.Audience.service: service]
    keys[.harness] = try Self.key(Self.harness, environment)
    self.keys = keys
  }

  private static func key(_ variable: String, _ environment: [String: String]) throws(UsageError) -> String? {
    guard let key = environment[variable], !key.isEmpty else { return nil }
    let isPlain = key.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
    }
    guard key.utf8.count == 32, isPlain else {
      let found = isPlain ? "\(key.utf8.count) of them" : "\(key.utf8.count) bytes with others among them"
      throw UsageError(
        "\(variable) is no integration key of Events API v2: expected 32 letters and digits, found \(found)")
    }
    return key
  }

  /// - Returns: `nil` where nobody is paged.
  func key(_ audience: Notice.Audience) -> String? { keys[audience] }

  /// What others say of a request may have its key in it.
  func hidden(_ text: String) -> String {
    keys.values.reduce(text) { $0.replacing($1, with: "***") }
  }

  var description: String { "(hidden)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
