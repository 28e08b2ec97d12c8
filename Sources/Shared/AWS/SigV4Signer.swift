import Crypto

/// Signs requests by AWS Signature Version 4. Pure: the same request at the same instant gets the same signature.
package struct SigV4Signer: Sendable {
  let credentials: AWSCredentials
  let region: String
  /// As `s3`, in the credential scope.
  let service: String

  package init(credentials: AWSCredentials, region: String, service: String) {
    (self.credentials, self.region, self.service) = (credentials, region, service)
  }

  /// The request with its host, date, token and signature. What a client adds later is not signed.
  ///
  /// S3 wants the path as it goes over the wire. Other services want it normalised and encoded a second time; that branch
  /// does not exist, because every call of ours to them is `POST /`.
  package func signed(_ request: HTTPRequest, at instant: UTCInstant) -> HTTPRequest {
    precondition(
      service == "s3" || (request.path == "/" && request.query.isEmpty),
      "only S3 has requests with a path or a query")
    var request = request
    let time = Self.timestamp(instant)
    let payload = sha256(request.body)
    set("host", request.host, in: &request)
    set("x-amz-date", time, in: &request)
    if let token = credentials.sessionToken { set("x-amz-security-token", token, in: &request) }
    if service == "s3" { set("x-amz-content-sha256", payload, in: &request) }
    let headers = canonicalHeaders(request.headers)
    let names = headers.map(\.name).joined(separator: ";")
    let canonical = [
      request.method, request.path, canonicalQuery(request.query),
      headers.map { "\($0.name):\($0.value)\n" }.joined(), names, payload,
    ].joined(separator: "\n")
    let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
    let toSign = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(sha256(Array(canonical.utf8)))"
    let signature = signature(toSign, scope: scope)
    set(
      "authorization",
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)",
      in: &request)
    return request
  }

  /// `20130524T000000Z`
  static func timestamp(_ instant: UTCInstant) -> String {
    let text = instant.description.prefix(19)
    return text.filter { $0 != "-" && $0 != ":" } + "Z"
  }

  private func signature(_ text: String, scope: String) -> String {
    var key = SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
    for part in scope.split(separator: "/", omittingEmptySubsequences: false) {
      key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
    }
    return hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
  }

  /// By name and then by value: a sort of the joined pairs would put `a-b=` before `a=`.
  private func canonicalQuery(_ query: String) -> String {
    guard !query.isEmpty else { return "" }
    return query.split(separator: "&", omittingEmptySubsequences: false).map { pair in
      let name = pair.prefix { $0 != "=" }
      return (name: name.utf8, value: pair.dropFirst(name.count + 1).utf8)
    }.sorted { left, right in
      left.name.elementsEqual(right.name)
        ? left.value.lexicographicallyPrecedes(right.value)
        : left.name.lexicographicallyPrecedes(right.name)
    }.map { "\(Substring($0.name))=\(Substring($0.value))" }.joined(separator: "&")
  }

  /// Lower-case names in the order of their bytes, values trimmed, white space within them as one space, several of one name
  /// joined in their order.
  private func canonicalHeaders(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)]
  {
    var values: [String: [String]] = [:]
    for header in headers {
      let name = header.name.lowercased()
      guard !Self.unsigned.contains(name) else { continue }
      let words = header.value.utf8.split { $0 == 32 || $0 == 9 }.map { Substring($0) }
      values[name, default: []].append(words.joined(separator: " "))
    }
    return values.map { ($0.key, $0.value.joined(separator: ",")) }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
  }

  /// Those that a proxy or a client may change on the way.
  private static let unsigned: Set<String> = [
    "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
  ]

  private func set(_ name: String, _ value: String, in request: inout HTTPRequest) {
    request.headers.removeAll { $0.name.lowercased() == name }
    request.headers.append((name, value))
  }
}
