import Foundation
import FoundationNetworking
import TestSupport

/// Where the keys come from that tasks are given.
enum CredentialSource: Equatable, Sendable {
  /// Keys that only the stand-in knows.
  case own
  /// Always the same two, which another service knows; the session token is the stand-in's.
  case fixed(id: String, secret: String)
  /// AssumeRole of the STS at an address, signed with these.
  case sts(String, id: String, secret: String)

  /// - Returns: `nil` if the text is none of `own`, `ID:SECRET`, `ID:SECRET@http://...`.
  init?(_ text: String) {
    if text == "own" {
      self = .own
      return
    }
    guard let found = text.wholeMatch(of: #/([^:@]+):([^@]+?)(@(https?:\/\/.+))?/#) else { return nil }
    let (id, secret) = (String(found.1), String(found.2))
    self = found.4.map { .sts(String($0), id: id, secret: secret) } ?? .fixed(id: id, secret: secret)
  }
}

extension ECSState {
  /// The credentials endpoint's answer. Every one is a new hand-out with its own end.
  func credentials(taskID: String, token: String?) async -> Answer {
    func refuse(_ status: Int, _ code: String, _ message: String) -> Answer {
      Answer(status: status, body: ["code": .string(code), "message": .string(message)])
    }
    guard let task = tasks[taskID], let role = task.definition.taskRole, !task.isStopped else {
      return refuse(400, "InvalidIdInRequest", "CredentialsV2Request: Credentials not found")
    }
    guard credentialTokens[taskID].map({ $0 == token }) ?? true else {
      return refuse(403, "AccessDenied", "the Authorization header is not the task's token")
    }
    // To the second, as it is told.
    let end = Date().timeIntervalSince1970 + settings.credentialSeconds
    let expires = Date(timeIntervalSince1970: end.rounded(.down))
    do {
      let key = try await newKey(role, session: taskID, expires: expires)
      keys.add(key)
      handOuts += 1
      return Answer(
        status: 200,
        body: [
          "RoleArn": .string(role), "AccessKeyId": .string(key.id), "SecretAccessKey": .string(key.secret),
          "Token": .string(key.token ?? ""),
          "Expiration": .string(expires.formatted(Date.ISO8601FormatStyle(timeZone: .gmt))),
        ])
    } catch {
      return refuse(500, "CredentialsUnavailable", "\(error)")
    }
  }

  private func newKey(_ role: String, session: String, expires: Date) async throws -> KeyRing.Key {
    let random = UUID().uuidString.replacing("-", with: "")
    switch settings.credentialSource {
    case .own:
      return KeyRing.Key(
        id: "ASIA\(random.prefix(16))", secret: "\(random)/+\(session.prefix(6))", token: "token-\(random)",
        expires: expires)
    case .fixed(let id, let secret):
      return KeyRing.Key(id: id, secret: secret, token: "token-\(random)", expires: expires)
    case .sts(let address, let id, let secret):
      var key = try await assumeRole(role, session: session, at: address, id: id, secret: secret)
      key.expires = expires
      return key
    }
  }

  private func assumeRole(_ role: String, session: String, at address: String, id: String, secret: String)
    async throws -> KeyRing.Key
  {
    let form =
      "Action=AssumeRole&Version=2011-06-15&DurationSeconds=900&RoleSessionName=\(session)&RoleArn=\(role)"
    let body = Data(form.replacing(":", with: "%3A").replacing("/", with: "%2F").utf8)
    guard let url = URL(string: "\(address)/"), let host = url.host() else { throw URLError(.badURL) }
    let time = KeyRing.text(Date())
    let headers = [
      "host": url.port.map { "\(host):\($0)" } ?? host, "x-amz-date": time,
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    ]
    let signedHeaders = headers.keys.sorted()
    let signature = SigV4.signature(
      of: SigV4.Request(method: "POST", path: "/", query: "", headers: headers, body: body), secret: secret,
      signedHeaders: signedHeaders, time: time, region: settings.region, service: "sts")
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.httpBody = body
    for (name, value) in headers where name != "host" { request.setValue(value, forHTTPHeaderField: name) }
    request.setValue(
      "AWS4-HMAC-SHA256 Credential=\(id)/\(time.prefix(8))/\(settings.region)/sts/aws4_request, "
        + "SignedHeaders=\(signedHeaders.joined(separator: ";")), Signature=\(signature)",
      forHTTPHeaderField: "Authorization")
    let (data, _) = try await URLSession.shared.data(for: request)
    return try Self.key(in: String(decoding: data, as: UTF8.self))
  }

  private static func key(in answer: String) throws -> KeyRing.Key {
    guard let id = answer.firstMatch(of: #/<AccessKeyId>(.+?)<\/AccessKeyId>/#)?.1,
      let secret = answer.firstMatch(of: #/<SecretAccessKey>(.+?)<\/SecretAccessKey>/#)?.1,
      let token = answer.firstMatch(of: #/<SessionToken>(.+?)<\/SessionToken>/#)?.1
    else { throw FaultError(message: "STS gave no credentials: \(answer.prefix(500))") }
    return KeyRing.Key(id: String(id), secret: String(secret), token: String(token))
  }
}
