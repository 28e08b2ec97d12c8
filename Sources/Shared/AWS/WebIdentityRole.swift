/// A role that is assumed with a token of somebody else's: GitHub's for a job, or one in a file.
struct WebIdentityRole: Sendable, Equatable {
  enum Token: Sendable, Equatable {
    /// Read anew each time: whoever writes it renews it.
    case file(String)
    case github(GitHubIdentity)
  }

  let arn: String
  let sessionName: String
  let durationSeconds: Int
  let token: Token

  /// - Parameter set: the environment without empty variables.
  /// - Returns: `nil` when no role is named, or there is no token for it.
  init?(_ set: [String: String], _ region: AWSRegion) throws(UsageError) {
    guard let arn = set["AWS_ROLE_ARN"] else { return nil }
    if let path = set["AWS_WEB_IDENTITY_TOKEN_FILE"] {
      token = .file(path)
    } else if let identity = try GitHubIdentity(set, region) {
      token = .github(identity)
    } else {
      return nil
    }
    guard arn.hasPrefix("arn:"), arn.contains(":role/"), arn.utf8.count <= 2048 else {
      throw UsageError(
        "AWS_ROLE_ARN '\(arn)' is no role: expected one like arn:aws:iam::123456789012:role/grid")
    }
    self.arn = arn
    sessionName = try Self.sessionName(set)
    durationSeconds = try Self.duration(set["AWS_ROLE_DURATION_SECONDS"])
  }

  /// Shown in CloudTrail.
  private static func sessionName(_ set: [String: String]) throws(UsageError) -> String {
    let name = set["AWS_ROLE_SESSION_NAME"] ?? set["GITHUB_RUN_ID"].map { "k6-grid-\($0)" } ?? "k6-grid"
    let isValid =
      (2...64).contains(name.utf8.count)
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+=,.@-".contains($0)) }
    guard isValid else {
      throw UsageError(
        "the role's session name '\(name)' is not valid: expected 2 to 64 letters, digits and _+=,.@-")
    }
    return name
  }

  /// An hour is what a role allows when nobody raised it; the client renews in time.
  private static func duration(_ text: String?) throws(UsageError) -> Int {
    guard let text else { return 3600 }
    guard let seconds = Int(text), (900...43_200).contains(seconds) else {
      throw UsageError("AWS_ROLE_DURATION_SECONDS '\(text)' is not valid: expected 900 to 43200")
    }
    return seconds
  }

  /// - Throws: ``AWSError``, ``CredentialError``.
  func assumed(_ exchange: AWSExchange, _ endpoints: AWSEndpoints) async throws -> AWSCredentials {
    var retries = 0
    while true {
      let parameters = [
        (name: "RoleArn", value: arn), (name: "RoleSessionName", value: sessionName),
        (name: "WebIdentityToken", value: try await webIdentityToken(exchange)),
        (name: "DurationSeconds", value: "\(durationSeconds)"),
      ]
      let call = AWSCall.query(
        .sts, "AssumeRoleWithWebIdentity", parameters, on: arn, endpoints, exchange.patience)
      do {
        return try credentials(call, try await exchange.send(call, credentials: nil))
      } catch let error as AWSError where Self.wantsFreshToken.contains(error.code ?? "") && retries < 3 {
        let delay = RetryTable.delay(retry: retries, random: exchange.host.random())
        try await exchange.host.sleep(delay * exchange.patience.delayUnit)
        retries += 1
      }
    }
  }

  private static let wantsFreshToken: Set<String> = [
    "IDPCommunicationError", "InvalidIdentityToken", "ExpiredTokenException",
  ]

  private func webIdentityToken(_ exchange: AWSExchange) async throws -> String {
    switch token {
    case .github(let identity): return try await identity.token(exchange)
    case .file(let path):
      do {
        let text = String(decoding: try exchange.host.readFile(path), as: UTF8.self)
        return String(text.split { $0.isWhitespace }.first ?? "")
      } catch {
        throw CredentialError("AWS_WEB_IDENTITY_TOKEN_FILE \(path) cannot be read (\(error))")
      }
    }
  }

  private func credentials(_ call: AWSCall, _ response: HTTPResponse) throws -> AWSCredentials {
    guard let element = try call.xml(of: response).first("Credentials"), let id = element["AccessKeyId"],
      let secret = element["SecretAccessKey"], let token = element["SessionToken"],
      let expiration = element["Expiration"].flatMap({ UTCInstant(rfc3339: Array($0.utf8).span) })
    else { throw call.unreadable(response, "the answer has no credentials") }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiresAt: expiration)
  }
}
