import Shared
import Synchronization
import Testing

@testable import ShardAgent

@Suite struct SecretReaderTests {
  private static let stored: [String: String?] = [
    "shop/staging": #"{"API_TOKEN":"abcd1234","PORT":5432,"BIG":12345678901234567890,"RATE":0.25,"ON":true}"#,
    "plain": "hunter22", "a=b/+.@-_": "odd name",
    "arn:aws:secretsmanager:eu-west-1:1:secret:x-AbCdEf": "by arn",
    "nested":
      #"{"a":{"b":"deepvalue"},"l":["deepvalue"],"n":null,"db-password":"deepvalue","PATH":"deepvalue"}"#,
    "nul": "deep\u{0}value", "binary": nil,
  ]

  private func read(_ text: String, environment: [String: String] = [:]) async throws -> [String: String] {
    let reads = Mutex<[String]>([])
    let reader = SecretReader(retry: .patient(TestHost())) { id in
      reads.withLock { $0.append(id) }
      guard let value = Self.stored[id] else {
        throw AWSError(
          call: "secretsmanager:GetSecretValue", code: "ResourceNotFoundException", message: "no", status: 400
        )
      }
      return SecretAnswer(text: value)
    }
    let secrets = try await reader.read(SecretEntry.list(text), environment: environment)
    #expect(Set(reads.withLock(\.self)).count == reads.withLock(\.count), "each is read once")
    return Dictionary(uniqueKeysWithValues: secrets.map { ($0.name, $0.value) })
  }

  @Test func `an object's keys become variables, numbers and booleans as text`() async throws {
    let all = [
      "API_TOKEN": "abcd1234", "PORT": "5432", "BIG": "12345678901234567890", "RATE": "0.25", "ON": "true",
    ]
    #expect(try await read("shop/staging") == all)
    #expect(
      try await read(" shop/staging#API_TOKEN,\n P=shop/staging#PORT ") == [
        "API_TOKEN": "abcd1234", "P": "5432",
      ])
  }

  @Test func `a plain text needs a name, and names and ARNs may have an equals sign`() async throws {
    #expect(try await read("PASSWORD=plain") == ["PASSWORD": "hunter22"])
    #expect(try await read("X=a=b/+.@-_") == ["X": "odd name"])
    #expect(
      try await read("Y=arn:aws:secretsmanager:eu-west-1:1:secret:x-AbCdEf") == ["Y": "by arn"])
    #expect(try await read("WHOLE=shop/staging")["WHOLE"]?.hasPrefix("{\"API_TOKEN\"") == true)
    #expect(try await read("") == [:])
  }

  @Test(
    arguments: [
      ("plain", "the secret plain is no JSON object: give it a variable's name, as NAME=plain"),
      ("plain#x", "the secret plain is no JSON object, so it has no key 'x'"),
      ("shop/staging#NONE", "the secret shop/staging has no key 'NONE'"),
      ("nested#a", "the key 'a' of the secret nested holds a list, an object or nothing"),
      ("nested#n", "the key 'n' of the secret nested holds a list, an object or nothing"),
      ("nested#db-password", "nested#db-password (GRID_SECRETS) cannot become the variable 'db-password'"),
      ("nested#PATH", "nested#PATH (GRID_SECRETS) cannot become the variable 'PATH'"),
      ("X=nul", "X=nul"), ("X=binary", "the secret binary is binary"),
      ("shop/staging API_TOKEN=plain", "API_TOKEN would come from shop/staging#API_TOKEN and from plain"),
      ("plain#x,none", "none"), ("TAKEN=plain", "the environment has it already"),
    ])
  func `what is wrong is one sentence without a value`(text: String, expected: String) async {
    let failure = await #expect(throws: ShardFailure.self) {
      try await read(text, environment: ["TAKEN": "x"])
    }
    let sentence = failure?.sentence ?? ""
    #expect(sentence.contains(text == "X=nul" ? "nul (GRID_SECRETS) holds a NUL" : expected), "\(sentence)")
    #expect(!sentence.contains("\n") && failure?.exitCode == 69)
    for value in ["hunter22", "abcd1234", "deepvalue", "5432"] { #expect(!sentence.contains(value)) }
  }

  private final class Tries: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }

  @Test func `what may pass is borne, until the shard is told to stop`() async throws {
    let (stop, host) = (StopRequest(), TestHost())
    let tries = Tries()
    func reader(_ lasts: Int) -> SecretReader {
      SecretReader(retry: .gettingReady(host.host(), stop, .silent)) { _ in
        guard tries.next() > lasts else { throw AWSError.sample("ThrottlingException", 400) }
        return SecretAnswer(text: "value")
      }
    }
    #expect(try await reader(30).read(SecretEntry.list("A=a"), environment: [:]).map(\.value) == ["value"])
    stop.signal("SIGTERM", at: host.now)
    let failure = await #expect(throws: ShardFailure.self) {
      try await reader(.max).read(SecretEntry.list("A=a"), environment: [:])
    }
    #expect(failure?.exitCode == 143 && tries.next() == 33)
  }

  @Test func `a refusal names the permission`() async {
    let reader = SecretReader(retry: .patient(TestHost())) { _ in
      throw AWSError.sample("AccessDeniedException", 400)
    }
    let failure = await #expect(throws: ShardFailure.self) {
      try await reader.read(SecretEntry.list("a#b"), environment: [:])
    }
    #expect(failure?.sentence.contains("the secret a cannot be read") == true)
    #expect(failure?.sentence.contains("secretsmanager:GetSecretValue") == true)
  }

  @Test(
    arguments: [
      "#x", "x#", "NAME=", "AWS_REGION=x", "GRID_STORE=x", "K6_SHARD_INDEX=x", "PATH=x#y", "K6_OUT=x",
    ])
  func `entries that cannot be are refused before anything is read`(text: String) {
    let error = #expect(throws: UsageError.self) { try SecretEntry.list("ok, \(text)") }
    #expect(error?.description.contains("GRID_SECRETS") == true)
  }

  @Test func `a secret prints without its value`() {
    let secret = Secret(name: "TOKEN", value: "abcd1234", source: "shop#TOKEN")
    var dumped = ""
    dump([secret], to: &dumped)
    for text in ["\(secret)", "\([secret])", String(reflecting: secret), dumped] {
      #expect(text.contains("TOKEN") && !text.contains("abcd1234"), "\(text)")
    }
  }

  @Test func `k6's file of secrets holds what k6 reads back as it was`() {
    func secret(_ name: String, _ value: String) -> Secret { Secret(name: name, value: value, source: "s") }
    let secrets = [
      secret("A", "a=b c"), secret("B", "line\nline"), secret("C", "cr\r"), secret("D", ""),
      secret("E", String(repeating: "x", count: 60_000)), secret("F", "é\"'\\"),
    ]
    let file = secrets.sourceFile
    #expect(String(decoding: file.bytes, as: UTF8.self) == "A=a=b c\nF=é\"'\\\n")
    #expect(file.leftOut == ["B", "C", "D", "E"])
  }
}
