import Foundation
import TestSupport
import Testing

@testable import Shared

/// Our signatures against those of botocore, AWS's own client for Python, on generated requests.
@Suite(.enabled(if: Moto.isThere, "botocore is not installed in .tools: run scripts/setup moto"))
struct SigV4OracleTests {
  /// One request with its circumstances, as the script reads it.
  private struct Case: Encodable {
    struct Header: Encodable { let name, value: String }
    let service, region, method, url, time, key, secret: String
    let token: String?
    let headers: [Header]
    let body: String
  }

  private static let count = 6000

  @Test func `signatures are those of botocore`() throws {
    var generator = SeededGenerator(seed: 20_261_123)
    var cases: [Case] = []
    var ours: [String] = []
    for _ in 0..<Self.count {
      let made = Self.request(&generator)
      cases.append(made.0)
      ours.append(made.1)
    }
    let theirs = try Self.botocore(cases)
    #expect(theirs.count == Self.count)
    let different = zip(ours, theirs).enumerated().filter { $0.element.0 != $0.element.1 }
    #expect(different.isEmpty)
    for (index, pair) in different.prefix(3) {
      Issue.record("\(cases[index])\nours:   \(pair.0)\ntheirs: \(pair.1)")
    }
    #expect(Set(ours).count == Self.count, "every request is another")
  }

  private static func botocore(_ cases: [Case]) throws -> [String] {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (folder.appending(path: "in.json"), folder.appending(path: "out.json"))
    try JSONEncoder().encode(cases).write(to: input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-S", repositoryRoot().appending(path: "Tests/StandIns/Moto/sigv4_oracle.py").path,
      input.path, output.path,
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONPATH": Moto.tools.path]) { $1 }
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return try JSONDecoder().decode([String].self, from: Data(contentsOf: output))
  }

  private static func request(_ generator: inout SeededGenerator) -> (Case, String) {
    func pick<Element>(_ list: [Element]) -> Element { list.randomElement(using: &generator)! }
    func text(_ pieces: [String], _ range: ClosedRange<Int>) -> String {
      (0..<Int.random(in: range, using: &generator)).map { _ in pick(pieces) }.joined()
    }
    let service = pick(["s3", "s3", "s3", "ecs", "sts", "sns", "secretsmanager", "logs"])
    let region = pick(["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
    let awkward = [
      "a", "Z", "0", "-", ".", "_", "~", "+", " ", "/", "//", "..", "%", "&", "=", "?", "#", ":", "@", "!",
      "'",
      "(", ")", "*", ",", ";", "$", "\"", "\\", "é", "ሴ", "😀", "%2F", "\u{7F}",
    ]
    let isS3 = service == "s3"
    let path = isS3 ? "/" + percentEncoded(text(awkward, 0...12), keeping: "/") : "/"
    var pairs: [String] = []
    let names = [
      "prefix", "Param", "Param-3", "a", "A", "a b", "list-type", "é", "versionId", "x+y", "p", "",
    ]
    for _ in 0..<(isS3 ? pick([0, 0, 1, 2, 3, 6]) : 0) {
      let (name, value) = (percentEncoded(pick(names)), percentEncoded(text(awkward, 0...6)))
      pairs.append(pick([true, true, true, false]) ? "\(name)=\(value)" : name)
    }
    let query = pairs.joined(separator: "&")
    var headers: [(name: String, value: String)] = []
    let values = [
      "a", "b c", "  lead", "trail  ", "two  spaces", "\ttab\t", "\"quoted  etag\"", "", "é", "1,2",
    ]
    for _ in 0..<Int.random(in: 0...5, using: &generator) {
      let name = pick([
        "X-Amz-Meta-A", "x-amz-meta-a", "x-amz-meta-B", "content-type", "If-Match", "if-none-match", "Range",
        "x-amz-server-side-encryption", "X-Amz-Target", "User-Agent", "Expect", "x-amzn-trace-id",
        "x_odd.name",
      ])
      headers.append((name, text(values, 1...2)))
    }
    let body = pick(["", "", "{}", text(awkward, 0...40)])
    let instant = UTCInstant(nanoseconds: 0).advanced(
      bySeconds: Double(Int.random(in: 0...4_000_000_000, using: &generator) / 2))
    let credentials = AWSCredentials(
      accessKeyID: "AKID\(Int.random(in: 0...99, using: &generator))", secretAccessKey: text(awkward, 1...20),
      sessionToken: pick([nil, "T/+=\(text(["a", "b"], 1...8))"]))
    let host = pick(["examplebucket.s3.amazonaws.com", "127.0.0.1:5000", "moto:5000", "h.example.com:8443"])
    let scheme = pick(["https", "http"])
    let signed = SigV4Signer(credentials: credentials, region: region, service: service).signed(
      HTTPRequest(
        method: isS3 ? pick(["GET", "PUT", "DELETE", "HEAD"]) : "POST", scheme: scheme, host: host,
        path: path,
        query: query, headers: headers, body: Array(body.utf8)), at: instant)
    return (
      Case(
        service: service, region: region, method: signed.method,
        url: "\(scheme)://\(host)\(path)\(query.isEmpty ? "" : "?\(query)")",
        time: SigV4Signer.timestamp(instant), key: credentials.accessKeyID,
        secret: credentials.secretAccessKey,
        token: credentials.sessionToken, headers: headers.map { .init(name: $0.name, value: $0.value) },
        body: body
      ),
      header("authorization", signed) ?? ""
    )
  }
}
