/// GitHub's own token for a job with `permissions: id-token: write`. It lives for minutes, so each one is used once.
struct GitHubIdentity: Sendable, Equatable, CustomStringConvertible {
  private let address: String
  private let requestToken: String
  private let audience: String

  var description: String { "GitHub's identity (redacted)" }

  /// - Returns: `nil` outside such a job.
  init?(_ set: [String: String], _ region: AWSRegion) throws(UsageError) {
    guard let address = set["ACTIONS_ID_TOKEN_REQUEST_URL"], let token = set["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    else { return nil }
    guard let parts = WebAddress(address), parts.scheme == "https" || parts.isLoopback else {
      throw UsageError("ACTIONS_ID_TOKEN_REQUEST_URL '\(address)' is not understood: expected https")
    }
    guard token.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw UsageError("ACTIONS_ID_TOKEN_REQUEST_TOKEN has characters that no token has")
    }
    (self.address, requestToken) = (address, token)
    audience = region.partition == "aws-cn" ? "sts.amazonaws.com.cn" : "sts.amazonaws.com"
  }

  func token(_ exchange: AWSExchange) async throws -> String {
    struct Answer: Decodable { let value: String }
    guard let parts = WebAddress(address) else { throw CredentialError("\(address) is no address") }
    let query = [parts.query, "audience=\(percentEncoded(audience))"].filter { !$0.isEmpty }
    let request = HTTPRequest(
      method: "GET", scheme: parts.scheme, host: parts.host, path: parts.path,
      query: query.joined(separator: "&"),
      headers: [("authorization", "bearer \(requestToken)"), ("accept", "application/json")],
      timeout: .seconds(exchange.patience.attemptSeconds), replyLimit: 1 << 20)
    return try await exchange.json(request, as: Answer.self, from: "GitHub's token endpoint").value
  }
}
