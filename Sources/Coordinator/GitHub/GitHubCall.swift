import FoundationEssentials
import Shared

/// One request to GitHub, and what has to be known of it when it does not go well.
struct GitHubCall: Sendable {
  let method: String
  /// Below the API's address; as it goes over the wire.
  let path: String
  var query = ""
  var body: [UInt8] = []
  /// A second time does no harm.
  var isRepeatable = true
  /// Which permission a token needs, in a workflow's words: `issues: write`.
  var permission: String?
  /// What is not there when GitHub says 404: `issue #12`; the repository itself is told in any case.
  var subject: String?

  /// For people.
  var name: String { "\(method) \(path)" }

  static func get(
    _ path: String, _ query: [(name: String, value: String)] = [], needs permission: String? = nil,
    of subject: String? = nil
  ) -> GitHubCall {
    GitHubCall(
      method: "GET", path: path, query: percentEncoded(query), permission: permission, subject: subject)
  }

  /// One that makes something new: not to be repeated without a look.
  static func post(_ path: String, _ body: some Encodable, needs permission: String, of subject: String)
    throws
    -> GitHubCall
  {
    GitHubCall(
      method: "POST", path: path, body: try text(body), isRepeatable: false, permission: permission,
      subject: subject)
  }

  static func patch(_ path: String, _ body: some Encodable, needs permission: String, of subject: String)
    throws -> GitHubCall
  {
    GitHubCall(method: "PATCH", path: path, body: try text(body), permission: permission, subject: subject)
  }

  private static func text(_ body: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(body))
  }
}
