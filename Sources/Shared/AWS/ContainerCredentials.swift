/// The credentials of a task's role, from an address that ECS (or EKS) puts into the container's environment.
struct ContainerCredentials: Sendable, Equatable, CustomStringConvertible {
  enum Authorization: Sendable, Equatable {
    case none
    case token(String)
    /// Read anew each time.
    case file(String)
  }
  private let address: String
  private let authorization: Authorization

  var description: String { "the container's credentials at \(address)" }

  /// - Returns: `nil` when there is no such address.
  /// - Throws: ``UsageError`` for one to which no credentials are entrusted.
  init?(_ set: [String: String]) throws(UsageError) {
    if let path = set["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      address = "http://169.254.170.2\(path)"
      authorization = .none
      guard path.hasPrefix("/"), WebAddress(address) != nil else {
        throw UsageError(
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI '\(path)' is no path: expected one with / first")
      }
    } else if let address = set["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
      guard let parts = WebAddress(address), Self.isTrusted(parts) else {
        throw UsageError(
          "AWS_CONTAINER_CREDENTIALS_FULL_URI '\(address)' is not allowed: expected https, or http to loopback or to the addresses of ECS and EKS"
        )
      }
      self.address = address
      authorization =
        set["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].map { .file($0) }
        ?? set["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { .token($0) } ?? .none
    } else {
      return nil
    }
  }

  private static func isTrusted(_ address: WebAddress) -> Bool {
    address.scheme == "https" || address.isLoopback
      || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(address.hostName)
  }

  func fetched(_ exchange: AWSExchange) async throws -> AWSCredentials {
    guard let parts = WebAddress(address) else { throw CredentialError("\(address) is no address") }
    var request = HTTPRequest(
      method: "GET", scheme: parts.scheme, host: parts.host, path: parts.path, query: parts.query,
      headers: [("accept", "application/json")], timeout: .seconds(2), replyLimit: 1 << 20)
    if let token = try token(exchange.host) { request.headers.append(("authorization", token)) }
    let answer = try await exchange.json(
      request, as: Answer.self, from: "the container's credential endpoint")
    guard let expiration = answer.expiration else { return answer.credentials(nil) }
    guard let instant = UTCInstant(rfc3339: Array(expiration.utf8).span) else {
      throw CredentialError("the container's credential endpoint gave the expiration '\(expiration)'")
    }
    return answer.credentials(instant)
  }

  /// A line end in it could add headers to the request.
  private func token(_ host: AWSHost) throws -> String? {
    let token: String
    switch authorization {
    case .none: return nil
    case .token(let text): token = text
    case .file(let path):
      do { token = String(decoding: try host.readFile(path), as: UTF8.self) } catch {
        throw CredentialError("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE \(path) cannot be read (\(error))")
      }
    }
    guard !token.utf8.contains(13), !token.utf8.contains(10) else {
      throw CredentialError("the container's authorization token has a line end in it")
    }
    return token
  }

  private struct Answer: Decodable {
    let id: String
    let secret: String
    let token: String?
    let expiration: String?

    private enum CodingKeys: String, CodingKey {
      case id = "AccessKeyId"
      case secret = "SecretAccessKey"
      case token = "Token"
      case expiration = "Expiration"
    }

    func credentials(_ expiresAt: UTCInstant?) -> AWSCredentials {
      AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiresAt: expiresAt)
    }
  }
}

extension AWSExchange {
  /// Something in JSON from an endpoint that is not AWS's, in three attempts.
  /// - Parameter source: for the error's sentence.
  func json<Answer: Decodable>(_ request: HTTPRequest, as type: Answer.Type, from source: String) async throws
    -> Answer
  {
    var attempt = 1
    while true {
      var problem = ""
      do {
        let response = try await transport.send(request)
        if response.status < 300 {
          return try decoded(type, from: response.body, name: "what \(source) said")
        }
        problem = "\(source) answered HTTP \(response.status)"
        if response.status < 500 && response.status != 429 { throw CredentialError(problem) }
      } catch let failure as HTTPFailure {
        problem = "\(source) gave no answer: \(failure)"
      }
      guard attempt < 3 else { throw CredentialError(problem, isTransient: true) }
      try await host.sleep(patience.delayUnit)
      attempt += 1
    }
  }
}
