import Foundation
import TestSupport
import Testing

@testable import Shared

/// Answers of S3's that no stand-in gives on demand.
@Suite struct S3ObjectStoreTests {
  typealias Answer = Result<HTTPResponse, HTTPFailure>
  private static let stored = Answer.ok("", [("ETag", "\"e-1\"")])
  private static let conflict = Answer.xml(409, "ConditionalRequestConflict")
  private static let failed = Answer.xml(412, "PreconditionFailed")
  private static let gone = Answer.xml(404, "NoSuchKey")

  private static func object(_ text: String) -> Answer { .ok(text, [("ETag", "\"now\"")]) }

  struct Put: Sendable, CustomTestStringConvertible {
    let name: String
    var condition = PutCondition.matches(etag: "\"old\"")
    let answers: [Answer]
    /// `nil` when it throws.
    let outcome: PutOutcome?
    let requests: Int
    var testDescription: String { name }
  }

  @Test(arguments: [
    Put(name: "stored", answers: [stored], outcome: .stored(etag: "\"e-1\""), requests: 1),
    Put(name: "somebody was first", answers: [failed], outcome: .conditionFailed, requests: 1),
    Put(name: "there is nothing to replace", answers: [gone], outcome: .conditionFailed, requests: 1),
    Put(
      name: "a conflict is tried again", answers: [conflict, conflict, stored],
      outcome: .stored(etag: "\"e-1\""), requests: 3),
    Put(
      name: "a conflict, then somebody was first", answers: [conflict, failed], outcome: .conditionFailed,
      requests: 2),
    Put(name: "conflicts without end", answers: [conflict], outcome: .conditionFailed, requests: 11),
    Put(
      name: "conflicts without end at a new object", condition: .absent, answers: [conflict], outcome: nil,
      requests: 11),
    Put(
      name: "cut, and it had been stored", answers: [.cut, failed, object("mine")],
      outcome: .stored(etag: "\"now\""), requests: 3),
    Put(
      name: "cut, and somebody else's is there", answers: [.cut, failed, object("theirs")],
      outcome: .conditionFailed, requests: 3),
    Put(
      name: "500, and it had been stored", condition: .absent,
      answers: [.xml(500, "InternalError"), failed, object("mine")], outcome: .stored(etag: "\"now\""),
      requests: 3),
    Put(
      name: "cut, and what was to be replaced is gone", answers: [.cut, gone, gone],
      outcome: .conditionFailed,
      requests: 3),
    Put(
      name: "cut, a conflict, and it had been stored", answers: [.cut, conflict, failed, object("mine")],
      outcome: .stored(etag: "\"now\""), requests: 4),
    Put(
      name: "cut every time, and it had been stored", answers: [.cut, .cut, .cut, .cut, object("mine")],
      outcome: .stored(etag: "\"now\""), requests: 5),
    Put(
      name: "cut every time, and it is not there", answers: [.cut, .cut, .cut, .cut, object("old")],
      outcome: nil,
      requests: 5),
    Put(
      name: "never connected, so somebody else's", answers: [.unconnected, failed], outcome: .conditionFailed,
      requests: 2),
    Put(
      name: "too fast, then stored", answers: [.xml(503, "SlowDown"), stored],
      outcome: .stored(etag: "\"e-1\""),
      requests: 2),
    Put(
      name: "unconditional and cut every time", condition: .always, answers: [.cut], outcome: nil, requests: 4
    ),
    Put(name: "refused", answers: [.xml(403, "AccessDenied")], outcome: nil, requests: 1),
    Put(name: "no bucket", answers: [.xml(404, "NoSuchBucket")], outcome: nil, requests: 1),
  ])
  func `what comes of a put`(put: Put) async throws {
    let transport = ScriptedTransport(put.answers)
    let store = try AWSSamples.store(transport)
    if let outcome = put.outcome {
      #expect(try await store.put(Array("mine".utf8), at: "a/b", if: put.condition) == outcome)
    } else {
      await #expect(throws: AWSError.self) {
        try await store.put(Array("mine".utf8), at: "a/b", if: put.condition)
      }
    }
    #expect(transport.requests.count == put.requests)
  }

  @Test func `a put that ended without a word is known again when the caller repeats it`() async throws {
    let transport = ScriptedTransport([
      .cut, .cut, .cut, .cut, .xml(403, "AccessDenied"),  // the put, a look at it
      Self.failed, Self.object("mine"),  // the same put again
      Self.failed,  // and once more: that one is not in doubt
    ])
    let store = try AWSSamples.store(transport)
    await #expect(throws: AWSError.self) { try await store.put(Array("mine".utf8), at: "a", if: .absent) }
    #expect(try await store.put(Array("mine".utf8), at: "a", if: .absent) == .stored(etag: "\"now\""))
    #expect(try await store.put(Array("mine".utf8), at: "a", if: .absent) == .conditionFailed)
    #expect(transport.requests.count == 8)
  }

  private let clock = TestClock()

  /// With a task's role.
  private func store(_ transport: ScriptedTransport) throws -> S3ObjectStore {
    let environment = [
      "AWS_REGION": "eu-central-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/credentials",
    ]
    return S3ObjectStore(
      client: try AWSSamples.client(transport, clock: clock, environment: environment), bucket: "grid-runs",
      prefix: "", settings: try S3Settings([:]))
  }

  @Test func `a doubt stays until the outcome is known`() async throws {
    let credentials = Answer.ok(
      #"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2027-01-15T08:01:00Z"}"#)
    let transport = ScriptedTransport([
      credentials, .cut, .cut, .cut, .cut, .xml(403, "AccessDenied"),  // the put, a look at it
      .cut, .cut, .cut,  // again: no credentials
      credentials, Self.failed, .xml(403, "AccessDenied"),  // again: it is there
      Self.failed, Self.object("mine"),
    ])
    let store = try store(transport)
    func put() async throws -> PutOutcome { try await store.put(Array("mine".utf8), at: "a", if: .absent) }
    await #expect(throws: AWSError.self) { try await put() }
    clock.advance(60)
    await #expect(throws: CredentialError.self) { try await put() }
    await #expect(throws: AWSError.self) { try await put() }
    #expect(try await put() == .stored(etag: "\"now\""))
  }

  @Test func `credentials that fail between two attempts leave the first one in doubt`() async throws {
    let credentials = Answer.ok(
      #"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2027-01-15T08:00:10Z"}"#)
    let transport = ScriptedTransport { [clock] request, number in
      switch number {
      case 1, 6: return try credentials.get()
      case 2:
        clock.advance(20)
        throw HTTPFailure("cut")
      case 3...5: throw HTTPFailure("no answer")
      case 7: return try Self.failed.get()
      default: return try Self.object("mine").get()
      }
    }
    let store = try store(transport)
    await #expect(throws: CredentialError.self) {
      try await store.put(Array("mine".utf8), at: "a", if: .absent)
    }
    #expect(try await store.put(Array("mine".utf8), at: "a", if: .absent) == .stored(etag: "\"now\""))
  }

  @Test func `the owner that is named is the store's bucket's`() throws {
    let environment = AWSSamples.environment.merging(["GRID_S3_BUCKET_OWNER": "123456789012"]) { $1 }
    func owners(_ script: String, _ store: String) throws -> [String] {
      let store = try liveScriptStore(
        StoreLocation(script), beside: StoreLocation(store), environment: environment)
      return try #require(store as? S3ObjectStore).settings.ownerHeaders.map(\.value)
    }
    #expect(try owners("s3://scripts", "s3://grid-runs/suite") == [])
    #expect(try owners("s3://scripts", "file:///tmp/out") == [])
    #expect(try owners("s3://grid-runs", "s3://grid-runs/suite") == ["123456789012"])
  }

  @Test func `conflicts are tried again soon, with jitter`() async throws {
    let clock = TestClock()
    let store = try AWSSamples.store(ScriptedTransport([Self.conflict]), clock: clock)
    #expect(try await store.put([1], at: "a", if: .matches(etag: "\"x\"")) == .conditionFailed)
    #expect(clock.sleeps == [0.05, 0.1, 0.2, 0.4, 0.8, 1, 1, 1, 1, 1])
  }

  @Test func `a put says what it is, and on which condition`() async throws {
    let transport = ScriptedTransport([Self.stored])
    let store = S3ObjectStore(
      client: try AWSSamples.client(transport), bucket: "grid-runs", prefix: "suite/",
      settings: try S3Settings([
        "GRID_S3_SSE": "aws:kms", "GRID_S3_KMS_KEY_ID": "key-1", "GRID_S3_BUCKET_OWNER": "123456789012",
      ]))
    _ = try await store.put([1, 2], at: "a/b.json", if: .matches(etag: "\"opaque-7\""))
    _ = try await store.put([1], at: "report/index.html", if: .absent)
    let (first, second) = (transport.requests[0], transport.requests[1])
    #expect(first.method == "PUT" && first.path == "/suite/a/b.json" && first.body == [1, 2])
    #expect(first.host == "grid-runs.s3.eu-central-1.amazonaws.com")
    #expect(header("if-match", first) == "\"opaque-7\"" && header("if-none-match", first) == nil)
    #expect(header("content-type", first) == "application/json")
    #expect(header("x-amz-server-side-encryption", first) == "aws:kms")
    #expect(header("x-amz-server-side-encryption-aws-kms-key-id", first) == "key-1")
    #expect(header("x-amz-server-side-encryption-bucket-key-enabled", first) == "true")
    #expect(header("x-amz-expected-bucket-owner", first) == "123456789012")
    #expect(header("x-amz-content-sha256", first) == sha256([1, 2]))
    #expect(header("x-amz-acl", first) == nil, "a bucket whose owner owns everything refuses it")
    #expect(header("if-none-match", second) == "*")
    #expect(header("content-type", second) == "text/html; charset=utf-8")
    _ = try? await store.get("a/b.json")
    #expect(header("x-amz-server-side-encryption", transport.requests[2]) == nil, "S3 refuses it on reads")
  }

  @Test(
    arguments: [
      ["GRID_S3_SSE": "kms"], ["GRID_S3_KMS_KEY_ID": "k"],
      ["GRID_S3_SSE": "AES256", "GRID_S3_KMS_KEY_ID": "k"],
      ["GRID_S3_BUCKET_OWNER": "12345"], ["GRID_S3_SSE": "aws:kms", "GRID_S3_KMS_KEY_ID": "a\r\nx: y"],
    ])
  func `settings that are not understood`(environment: [String: String]) {
    #expect(throws: UsageError.self) { try S3Settings(environment) }
  }

  @Test func `only an object that is not there is nothing`() async throws {
    #expect(try await AWSSamples.store(ScriptedTransport([Self.gone])).get("a") == nil)
    for (answer, words) in [
      (.xml(404, "NoSuchBucket"), "there is no such bucket"), (.xml(403, "AccessDenied"), "s3:ListBucket"),
      (
        .xml(301, "PermanentRedirect", "", [("x-amz-bucket-region", "eu-west-1")]),
        "the bucket is in eu-west-1: set AWS_REGION=eu-west-1"
      ),
      (.xml(400, "AuthorizationHeaderMalformed", "<Region>us-east-2</Region>"), "AWS_REGION=us-east-2"),
      (.success(HTTPResponse(status: 404, body: Array("<html>nginx</html>".utf8))), "HTTP 404"),
    ] as [(Answer, String)] {
      let store = try AWSSamples.store(ScriptedTransport([answer]))
      let error = await #expect(throws: AWSError.self) { try await store.get("a") }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      #expect(error?.description.contains("s3://grid-runs/suite/a") == true)
    }
  }

  @Test func `a listing goes on to its last page, below the prefix alone`() async throws {
    func page(_ keys: [String], next: String?) -> Answer {
      .ok(
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Prefix>suite/r/</Prefix><IsTruncated>\(next != nil)</IsTruncated>"
          + keys.map { "<Contents><Key>\($0)</Key><Size>1</Size></Contents>" }.joined()
          + (next.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? "")
          + "</ListBucketResult>")
    }
    let transport = ScriptedTransport([
      page(["suite/r/b", "suite/r/a&amp;b"], next: "t+/="),
      page(["suite/r/a", "suite/r/folder/"], next: nil),
    ])
    #expect(try await AWSSamples.store(transport).list("r/").map(\.text) == ["r/a", "r/b"])
    #expect(transport.requests.map(\.path) == ["/", "/"])
    #expect(
      transport.requests.map(\.query) == [
        "list-type=2&max-keys=1000&prefix=suite%2Fr%2F",
        "list-type=2&max-keys=1000&prefix=suite%2Fr%2F&continuation-token=t%2B%2F%3D",
      ])
  }

  @Test func `a listing that is no listing is an error`() async throws {
    let store = try AWSSamples.store(ScriptedTransport([.ok("<html>")]))
    await #expect(throws: AWSError.self) { try await store.list("") }
  }

  @Test func `a secret is deleted version by version, a mark of deletion included`() async throws {
    func version(_ id: String) -> Answer { .ok("", [("x-amz-version-id", id)]) }
    let marked = Answer.success(
      HTTPResponse(status: 404, headers: [("x-amz-delete-marker", "true"), ("x-amz-version-id", "v/3")]))
    let none = Answer.success(HTTPResponse(status: 404))
    let transport = ScriptedTransport([marked, .ok(""), version("v2"), .ok(""), version("v1"), .ok(""), none])
    try await AWSSamples.store(transport).delete("2026-11-23/setup.json")
    #expect(
      transport.requests.map { "\($0.method) \($0.query)" } == [
        "HEAD ", "DELETE versionId=v%2F3", "HEAD ", "DELETE versionId=v2", "HEAD ", "DELETE versionId=v1",
        "HEAD ",
      ])
  }

  @Test func `without the right to delete versions a secret is hidden at least, and it is said`() async throws
  {
    let transport = ScriptedTransport([
      .ok("", [("x-amz-version-id", "v1")]), .xml(403, "AccessDenied"), .ok(""),
    ])
    let store = try AWSSamples.store(transport)
    let error = await #expect(throws: AWSError.self) { try await store.delete("2026-11-23/setup.json") }
    #expect(error?.description.contains("the role lacks s3:DeleteObjectVersion there") == true)
    #expect(transport.requests.last?.method == "DELETE" && transport.requests.last?.query == "")
  }
}
