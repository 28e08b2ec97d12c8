import Foundation
import TestSupport
import Testing

@testable import Shared

/// Against moto, which checks every signature.
@Suite(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
struct S3MotoTests {
  private func store(
    _ environment: [String: String], _ location: String = "s3://grid-runs/nightly"
  ) throws -> any ObjectStore {
    try liveStore(StoreLocation(location), environment: environment)
  }

  @Test func `a bucket keeps the contract`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    try await ObjectStoreContract(store: store(moto.environment)).check()
    // Without a prefix, with a name in the path that has dots.
    try await moto.makeBucket("grid.runs.2")
    try await ObjectStoreContract(store: store(moto.environment, "s3://grid.runs.2")).check()
    #expect(try await store(moto.environment, "s3://grid-runs").list("nightly/b/").count == 3)
  }

  @Test func `a bucket keeps what browsers are told, and says the type by the ending otherwise`() async throws
  {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    let store = try store(moto.environment)
    let headers = ObjectHeaders(contentType: "application/atom+xml", cacheControl: "max-age=300")
    guard case .stored(let etag) = try await store.put([1], at: "feed.xml", if: .absent, as: headers) else {
      return #expect(Bool(false), "a new object was refused")
    }
    func head(_ name: String) async throws -> [String?] {
      let head = try await moto.call(
        "s3", "head_object", ["Bucket": "grid-runs", "Key": "nightly/\(name)"])
      return [head["ContentType"]?.string, head["CacheControl"]?.string]
    }
    #expect(try await head("feed.xml") == ["application/atom+xml", "max-age=300"])
    let next = ObjectHeaders(cacheControl: "no-cache")
    #expect(try await store.put([2], at: "feed.xml", if: .absent, as: next) == .conditionFailed)
    #expect(try await head("feed.xml") == ["application/atom+xml", "max-age=300"])
    _ = try await store.put([2], at: "feed.xml", if: .matches(etag: etag), as: next)
    #expect(try await head("feed.xml") == ["application/xml", "no-cache"])
    _ = try await store.put([3], at: "x.csv", if: .always)
    #expect(try await head("x.csv") == ["text/csv; charset=utf-8", nil])
  }

  @Test func `a role that is assumed with a token in a file reads and writes`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    let file = try temporaryFolder().appending(path: "token")
    try "ey.J.w\n".write(to: file, atomically: true, encoding: .utf8)
    let environment = moto.environment.merging([
      "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_ROLE_ARN": try await moto.makeRole("grid"),
      "AWS_WEB_IDENTITY_TOKEN_FILE": file.path,
    ]) { $1 }
    let store = try store(environment)
    #expect(try await store.put([1], at: "a", if: .absent) != .conditionFailed)
    #expect(try await store.get("a")?.bytes == [1])
    let clock = try #require(store.clock)
    #expect(abs(try #require(clock.offset)) <= clock.errorBound, "the same machine's clock")
  }

  @Test func `who lacks a right is told which`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    let environment = try await moto.makeUser(
      "reader", statements: #"[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]"#)
    let store = try store(environment)
    let put = await #expect(throws: AWSError.self) { try await store.put([1], at: "a", if: .always) }
    #expect(put?.code == "AccessDenied")
    #expect(put?.description.contains("s3:PutObject on s3://grid-runs/nightly/a was refused") == true)
    #expect(put?.description.contains("the role lacks s3:PutObject there, or") == true)
    let list = await #expect(throws: AWSError.self) { try await store.list("") }
    #expect(list?.description.contains("the role lacks s3:ListBucket on the bucket") == true)
  }

  @Test func `wrong keys and a bucket that is not there`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    for (change, code) in [
      (["AWS_SECRET_ACCESS_KEY": "wrong"], "SignatureDoesNotMatch"),
      (["AWS_ACCESS_KEY_ID": "AKIAUNKNOWN"], "InvalidAccessKeyId"), ([:], "NoSuchBucket"),
    ] as [([String: String], String)] {
      let store = try store(
        moto.environment.merging(change) { $1 },
        code == "NoSuchBucket" ? "s3://other-bucket" : "s3://grid-runs")
      let error = await #expect(throws: AWSError.self) { try await store.get("a") }
      #expect(error?.code == code, "\(String(describing: error))")
    }
  }

  @Test func `a listing of many pages is whole and in order`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    let store = S3ObjectStore(
      client: try .live(moto.environment), bucket: "grid-runs", prefix: "p/", settings: try S3Settings([:]),
      pageSize: 3)
    let keys = (0..<10).map { ObjectKey("r/k-=+_.\($0)")! }
    for key in keys.reversed() { _ = try await store.put([1], at: key, if: .always) }
    #expect(try await store.list("r/") == keys)
    #expect(try await store.list("s/").isEmpty)
    #expect(try await store.get(keys[3])?.bytes == [1], "a key with + in it")
  }

  @Test func `of a deleted secret no version is left, of anything else they stay`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs", versioned: true)
    let store = try store(moto.environment)
    let (secret, other): (ObjectKey, ObjectKey) = ("2026-11-23/setup.json", "2026-11-23/run.json")
    func versions() async throws -> [String] {
      let list = try await moto.call("s3", "list_object_versions", ["Bucket": "grid-runs"])
      return ((list["Versions"]?.array ?? []) + (list["DeleteMarkers"]?.array ?? [])).compactMap {
        $0["Key"]?.string
      }
    }
    for round in 0..<3 as Range<UInt8> {
      _ = try await store.put([round], at: secret, if: .always)
      _ = try await store.put([round], at: other, if: .always)
      // Somebody has hidden it by a plain deletion.
      if round == 1 {
        try await moto.call("s3", "delete_object", ["Bucket": "grid-runs", "Key": "nightly/\(secret)"])
      }
    }
    #expect(try await versions().count == 7)
    try await store.delete(secret)
    try await store.delete(secret)
    try await store.delete(other)
    #expect(try await store.get(secret) == nil)
    #expect(try await store.get(other) == nil)
    #expect(try await versions() == Array(repeating: "nightly/\(other)", count: 4))
  }

  @Test func `a secret of AWS's Secrets Manager, and one that is not there`() async throws {
    let moto = try await Moto()
    try await moto.makeSecret("grid/login", "very-secret")
    let client = try AWSClient.live(moto.environment)
    let answer = try await client.call(
      .secretsManager, "GetSecretValue", ["SecretId": "grid/login"], as: JSON.self)
    #expect(answer["SecretString"]?.string == "very-secret")
    let error = await #expect(throws: AWSError.self) {
      try await client.call(.secretsManager, "GetSecretValue", ["SecretId": "none"], as: JSON.self)
    }
    #expect(error?.code == "ResourceNotFoundException")
    #expect(error?.description.contains("secretsmanager:GetSecretValue on secret none was refused") == true)
    #expect(error?.description.contains("there is no such secret") == true)
  }
}
