import Crypto
import Foundation

/// Signature Version 4 from AWS's text, for requests whose path needs no normalisation. Written apart from the
/// signer of the product, so that the two agree only if both are right.
enum SigV4 {
  struct Request: Sendable {
    let method: String
    /// As it came over the wire.
    let path: String
    let query: String
    /// Names in lower case.
    let headers: [String: String]
    let body: Data
  }

  /// What an `Authorization` header says.
  struct Claim: Equatable, Sendable {
    let keyID: String
    let date: String
    let region: String
    let service: String
    let signedHeaders: [String]
    let signature: String

    /// - Returns: `nil` if the header is not of that form.
    init?(_ header: String) {
      let pattern =
        #/AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})/#
      guard let found = header.wholeMatch(of: pattern) else { return nil }
      (keyID, date, region, service) = (
        String(found.1), String(found.2), String(found.3), String(found.4)
      )
      signedHeaders = found.5.split(separator: ";").map(String.init)
      signature = String(found.6)
    }
  }

  static func signature(
    of request: Request, secret: String, signedHeaders: [String], time: String, region: String,
    service: String
  ) -> String {
    let canonical = [
      request.method, request.path, canonical(query: request.query),
      signedHeaders.map { "\($0):\(folded(request.headers[$0] ?? ""))\n" }.joined(),
      signedHeaders.joined(separator: ";"), hash(request.body),
    ].joined(separator: "\n")
    let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
    let toSign = ["AWS4-HMAC-SHA256", time, scope, hash(Data(canonical.utf8))]
    let key = [String(time.prefix(8)), region, service, "aws4_request"].reduce(Data("AWS4\(secret)".utf8)) {
      hmac($0, $1)
    }
    return hex(hmac(key, toSign.joined(separator: "\n")))
  }

  /// Sorted by name and then by value; a name without a value gets its `=`.
  private static func canonical(query: String) -> String {
    query.split(separator: "&").map { part -> (String, String) in
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (halves[0], halves.count > 1 ? halves[1] : "")
    }.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
  }

  private static func folded(_ value: String) -> String {
    value.split(separator: " ").joined(separator: " ")
  }

  private static func hmac(_ key: Data, _ text: String) -> Data {
    Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
  }

  static func hash(_ data: Data) -> String { hex(SHA256.hash(data: data)) }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
