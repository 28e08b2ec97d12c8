import Foundation
import TestSupport

/// The access keys that may sign, those included that tasks were given.
struct KeyRing: Sendable {
  struct Key: Equatable, Sendable {
    let id: String
    let secret: String
    /// Of temporary keys.
    var token: String?
    var expires: Date?
  }

  /// Without a key from the command line only the form of a signature is looked at.
  let verifies: Bool
  let region: String
  private var keys: [Key]

  init(_ keys: [Key], region: String) {
    (self.keys, self.region) = (keys, region)
    verifies = !keys.isEmpty
  }

  mutating func add(_ key: Key) { keys.append(key) }

  /// - Throws: ``ECSError`` as the front door of a JSON service gives it.
  func admit(_ request: SigV4.Request, service: String = "ecs", now: Date) throws {
    guard let header = request.headers["authorization"] else {
      throw ECSError.frontDoor("MissingAuthenticationTokenException", "Missing Authentication Token")
    }
    guard let claim = SigV4.Claim(header) else {
      throw ECSError.frontDoor(
        "IncompleteSignatureException",
        "Authorization header does not have the form of Signature Version 4: '\(header)'")
    }
    try checkScope(claim, request, service: service)
    let time = try checkTime(request, claim, now: now)
    try checkSignedHeaders(claim, request)
    guard verifies || known(claim, request) != nil else { return }
    try verify(claim, request, time: time, now: now)
  }

  private func known(_ claim: SigV4.Claim, _ request: SigV4.Request) -> Key? {
    keys.first { $0.id == claim.keyID && $0.token == request.headers["x-amz-security-token"] }
  }

  private func verify(_ claim: SigV4.Claim, _ request: SigV4.Request, time: String, now: Date) throws {
    guard let key = known(claim, request) else {
      throw ECSError.frontDoor(
        "UnrecognizedClientException", "The security token included in the request is invalid.")
    }
    if let expires = key.expires, expires <= now {
      throw ECSError.frontDoor(
        "ExpiredTokenException", "The security token included in the request is expired")
    }
    let expected = SigV4.signature(
      of: request, secret: key.secret, signedHeaders: claim.signedHeaders, time: time, region: claim.region,
      service: claim.service)
    guard expected == claim.signature else {
      throw Self.invalid(
        "The request signature we calculated does not match the signature you provided. "
          + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
      )
    }
  }

  private func checkScope(_ claim: SigV4.Claim, _ request: SigV4.Request, service: String) throws {
    guard claim.service == service else {
      throw Self.invalid("Credential should be scoped to correct service: '\(service)'.")
    }
    guard claim.region == region else {
      throw Self.invalid("Credential should be scoped to a valid region: '\(region)'.")
    }
    if let hash = request.headers["x-amz-content-sha256"], hash != SigV4.hash(request.body) {
      throw Self.invalid("The x-amz-content-sha256 header is not the hash of the body.")
    }
  }

  /// The JSON services allow five minutes either way.
  private func checkTime(_ request: SigV4.Request, _ claim: SigV4.Claim, now: Date) throws -> String {
    guard let time = request.headers["x-amz-date"], let date = Self.date(time) else {
      throw ECSError.frontDoor(
        "IncompleteSignatureException", "x-amz-date must be of the form yyyyMMdd'T'HHmmss'Z'")
    }
    guard time.hasPrefix(claim.date) else {
      throw Self.invalid(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
    }
    if date < now.addingTimeInterval(-300) {
      throw Self.invalid("Signature expired: \(time) is now earlier than the server's time less 5 min.")
    }
    if date > now.addingTimeInterval(300) {
      throw Self.invalid(
        "Signature not yet current: \(time) is still later than the server's time plus 5 min.")
    }
    return time
  }

  private func checkSignedHeaders(_ claim: SigV4.Claim, _ request: SigV4.Request) throws {
    let mustBeSigned = request.headers.keys.filter { $0 == "host" || $0.hasPrefix("x-amz-") }
    for name in mustBeSigned.sorted() where !claim.signedHeaders.contains(name) {
      throw Self.invalid("'\(name)' must be a 'SignedHeader' in the AWS Authorization.")
    }
    guard claim.signedHeaders == claim.signedHeaders.sorted() else {
      throw Self.invalid("SignedHeaders must be sorted.")
    }
    for name in claim.signedHeaders where request.headers[name] == nil {
      throw Self.invalid("The signed header '\(name)' is not in the request.")
    }
  }

  private static func invalid(_ message: String) -> ECSError {
    .frontDoor("InvalidSignatureException", message)
  }

  /// As `20261123T021400Z`.
  private static let basic = Date.ISO8601FormatStyle(
    dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted, timeZone: .gmt)

  static func date(_ time: String) -> Date? {
    time.wholeMatch(of: #/\d{8}T\d{6}Z/#) == nil ? nil : try? Date(time, strategy: basic)
  }

  static func text(_ date: Date) -> String { date.formatted(basic) }
}
