import Foundation
import TestSupport
import Testing

@testable import Shared

/// AWS's own worked examples.
@Suite struct SigV4SignerTests {
  private static let s3 = SigV4Signer(
    credentials: AWSCredentials(
      accessKeyID: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    region: "us-east-1", service: "s3")

  struct Example: Sendable, CustomTestStringConvertible {
    let method: String
    var path = "/"
    var query = ""
    var headers: [(name: String, value: String)] = []
    var body = ""
    let signature: String
    var testDescription: String { "\(method) \(path)?\(query)" }
  }

  @Test(arguments: [
    Example(
      method: "GET", path: "/test.txt", headers: [("Range", "bytes=0-9")],
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    Example(
      method: "PUT", path: "/test%24file.text",
      headers: [
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
      ], body: "Welcome to Amazon S3.",
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    Example(
      method: "GET", query: "lifecycle",
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    Example(
      method: "GET", query: "max-keys=2&prefix=J",
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
  ])
  func `S3's examples`(example: Example) throws {
    let signed = Self.s3.signed(
      HTTPRequest(
        method: example.method, scheme: "https", host: "examplebucket.s3.amazonaws.com", path: example.path,
        query: example.query, headers: example.headers, body: Array(example.body.utf8)),
      at: try #require(UTCInstant(httpDate: "Fri, 24 May 2013 00:00:00 GMT")))
    #expect(signature(signed) == example.signature)
    #expect(header("x-amz-content-sha256", signed) == sha256(Array(example.body.utf8)), "S3 refuses without")
  }

  private static let suite = SigV4Signer(
    credentials: AWSCredentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    region: "us-east-1", service: "service")

  @Test func `the test suite's simplest request, and an instant in words`() throws {
    let signer = Self.suite
    let signed = signer.signed(
      HTTPRequest(method: "GET", scheme: "https", host: "example.amazonaws.com"),
      at: try #require(UTCInstant(httpDate: "Sun, 30 Aug 2015 12:36:00 GMT")))
    #expect(signature(signed) == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    #expect(header("x-amz-date", signed) == "20150830T123600Z")
    #expect(header("x-amz-content-sha256", signed) == nil)
  }

  @Test func `a session's token is sent and signed, and a request that is signed again has one of each`() {
    let signer = SigV4Signer(
      credentials: AWSCredentials(accessKeyID: "A", secretAccessKey: "S", sessionToken: "T+/="),
      region: "us-east-1", service: "ecs")
    let first = signer.signed(
      HTTPRequest(method: "POST", scheme: "https", host: "h"), at: UTCInstant(nanoseconds: 0))
    let second = signer.signed(first, at: UTCInstant(nanoseconds: 0).advanced(bySeconds: 60))
    #expect(header("x-amz-security-token", second) == "T+/=")
    #expect(header("authorization", second)?.contains("x-amz-security-token") == true)
    #expect(header("authorization", second)?.contains("SignedHeaders=host;x-amz-date;") == true)
    #expect(Set(second.headers.map(\.name)).count == second.headers.count)
    #expect(signature(first) != signature(second))
  }

  @Test(
    arguments: [
      ("Fri, 24 May 2013 00:00:00 GMT", "2013-05-24T00:00:00Z" as String?),
      ("Wed, 31 Dec 2026 23:59:59 GMT", "2026-12-31T23:59:59Z"), ("Fri, 31 Feb 2013 00:00:00 GMT", nil),
      ("2013-05-24", nil), ("Fri, 24 May 2013 00:00:00 CET", nil), ("", nil),
    ])
  func `dates of HTTP`(text: String, expected: String?) {
    #expect(UTCInstant(httpDate: text)?.description == expected)
  }

  @Test func `credentials print without their secrets`() {
    let credentials = AWSCredentials(
      accessKeyID: "AKID", secretAccessKey: "very-secret", sessionToken: "token-secret")
    var dumped = ""
    dump([credentials], to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])", dumped] {
      #expect(!text.contains("very-secret") && !text.contains("token-secret"), "\(text)")
      #expect(text.contains("AKID"))
    }
  }
}

func signature(_ request: HTTPRequest) -> String? {
  header("authorization", request)?.components(separatedBy: "Signature=").last
}

func header(_ name: String, _ request: HTTPRequest) -> String? {
  request.headers.first { $0.name.lowercased() == name }?.value
}
