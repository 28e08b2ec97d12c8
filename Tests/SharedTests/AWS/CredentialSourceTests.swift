import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite struct CredentialSourceTests {
  private static let keys = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"]
  private static let role = ["AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/grid"]
  private static let github = [
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example.com/x?api-version=2",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-secret",
  ]
  private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/abc"]

  private func source(_ environments: [String: String]...) throws -> CredentialSource {
    let environment = environments.reduce([:]) { $0.merging($1) { $1 } }
    return try CredentialSource(environment, #require(AWSRegion("eu-central-1")))
  }

  private func client(
    _ transport: any HTTPTransport, clock: TestClock = TestClock(), files: [String: String] = [:],
    _ environments: [String: String]...
  ) throws -> AWSClient {
    let environment = environments.reduce(["AWS_REGION": "eu-central-1"]) { $0.merging($1) { $1 } }
    return try AWSSamples.client(transport, clock: clock, environment: environment, files: files)
  }

  @Test func `the first that is configured counts`() throws {
    guard case .environment = try source(Self.keys, Self.role, Self.github, Self.container),
      case .role(let file) = try source(
        Self.role, Self.github, Self.container, ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]),
      case .role(let github) = try source(Self.role, Self.github, Self.container),
      case .container = try source(Self.role, Self.container),
      case .container = try source(Self.github, Self.container, ["AWS_ACCESS_KEY_ID": ""])
    else { return #expect(Bool(false)) }
    #expect(file.token == .file("/t") && file.sessionName == "k6-grid" && file.durationSeconds == 3600)
    guard case .github = github.token else { return #expect(Bool(false)) }
  }

  @Test func `a session is named for the workflow's run`() throws {
    guard
      case .role(let role) = try source(
        Self.role, Self.github, ["GITHUB_RUN_ID": "42", "AWS_ROLE_DURATION_SECONDS": "7200"])
    else { return #expect(Bool(false)) }
    #expect(role.sessionName == "k6-grid-42" && role.durationSeconds == 7200)
  }

  @Test(
    arguments: [
      ([:], "no AWS credentials are configured"),
      (["AWS_ACCESS_KEY_ID": "a"], "only one of"), (["AWS_SECRET_ACCESS_KEY": "a"], "only one of"),
      (role, "id-token: write"),
      (role.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "grid"]) { $1 }, "is no role"),
      (role.merging(github.merging(["AWS_ROLE_DURATION_SECONDS": "899"]) { $1 }) { $1 }, "900 to 43200"),
      (role.merging(github.merging(["AWS_ROLE_SESSION_NAME": "a b"]) { $1 }) { $1 }, "session name"),
      (
        role.merging(github.merging(["ACTIONS_ID_TOKEN_REQUEST_URL": "http://evil.example.com/"]) { $1 }) {
          $1
        }, "expected https"
      ),
      (
        role.merging(github.merging(["ACTIONS_ID_TOKEN_REQUEST_TOKEN": "a\nb: c"]) { $1 }) { $1 },
        "no token has"
      ),
      (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "v2"], "is no path"),
      (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example.com/"], "is not allowed"),
      (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.169.254/"], "is not allowed"),
    ] as [([String: String], String)])
  func `what is configured by half, or wrongly, is one sentence`(environment: [String: String], words: String)
  {
    let error = #expect(throws: UsageError.self) { try source(environment) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.description.contains("request-secret") != true)
  }

  @Test(
    arguments: [
      "http://169.254.170.23/v1", "http://[fd00:ec2::23]/v1", "http://localhost:1/",
      "https://any.example.com/x",
      "http://127.0.0.1:8/",
    ])
  func `addresses that a container may get its credentials from`(address: String) throws {
    guard case .container = try source(["AWS_CONTAINER_CREDENTIALS_FULL_URI": address]) else {
      return #expect(Bool(false))
    }
  }

  private static let issued = Result<HTTPResponse, HTTPFailure>.ok(
    #"{"AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-15T09:00:00Z","RoleArn":"r"}"#
  )

  @Test func `a task's role: three attempts, and the token of the session is sent`() async throws {
    let clock = TestClock()
    let transport = ScriptedTransport([
      .cut, .success(HTTPResponse(status: 500)), Self.issued, .ok(#"{"count":1}"#),
    ])
    let client = try client(transport, clock: clock, Self.container)
    _ = try await client.call(.ecs, "X", [String: String](), as: [String: Int].self)
    let asked = try #require(transport.requests.first)
    #expect("\(asked.scheme)://\(asked.host)\(asked.path)" == "http://169.254.170.2/v2/credentials/abc")
    #expect(asked.timeout == .seconds(2) && header("authorization", asked) == nil)
    #expect(clock.sleeps == [1, 1])
    #expect(header("x-amz-security-token", transport.requests[3]) == "t")
  }

  @Test func `a container's token comes from its file, each time, and cannot add headers`() async throws {
    let address = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other",
    ]
    let transport = ScriptedTransport([Self.issued, .ok(#"{"count":1}"#)])
    _ = try await client(transport, files: ["/token": "from-file"], address).call(
      .ecs, "X", [String: String](), as: [String: Int].self)
    #expect(header("authorization", transport.requests[0]) == "from-file")
    for files in [["/token": "a\r\nx: y"], [:]] {
      await #expect(throws: CredentialError.self) {
        try await client(transport, files: files, address).call(
          .ecs, "X", [String: String](), as: [String: Int].self)
      }
    }
  }

  @Test func `a source that is configured and fails is an error, with no other tried`() async throws {
    let transport = ScriptedTransport([.success(HTTPResponse(status: 404))])
    let error = await #expect(throws: CredentialError.self) {
      try await client(transport, Self.container).call(
        .ecs, "X", [String: String](), as: [String: Int].self)
    }
    #expect(
      "\(try #require(error))" == "no AWS credentials: the container's credential endpoint answered HTTP 404")
    #expect(transport.requests.count == 1 && error.map(isTransient) == false)
  }

  @Test(arguments: [
    Result<HTTPResponse, HTTPFailure>.cut, .success(HTTPResponse(status: 500)),
    .success(HTTPResponse(status: 429)),
  ])
  func `an endpoint that does not answer, fails or is asked too often may do better later`(
    answer: Result<HTTPResponse, HTTPFailure>
  ) async throws {
    let error = await #expect(throws: CredentialError.self) {
      try await client(ScriptedTransport([answer]), Self.container).call(
        .ecs, "X", [String: String](), as: [String: Int].self)
    }
    #expect(error.map(isTransient) == true)
  }

  private static let assumed = Result<HTTPResponse, HTTPFailure>.ok(
    """
    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
    <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t+/=</SessionToken>
    <Expiration>2027-01-15T09:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
    </AssumeRoleWithWebIdentityResponse>
    """)

  @Test func `GitHub's token assumes the role, unsigned, and a token that is refused is fetched anew`()
    async throws
  {
    let jwt = Result<HTTPResponse, HTTPFailure>.ok(#"{"value":"ey.J.w","count":1}"#)
    let transport = ScriptedTransport([
      jwt, .xml(400, "InvalidIdentityToken"), jwt, .xml(400, "IDPCommunicationError"), jwt, Self.assumed,
      .ok(#"{"count":1}"#),
    ])
    let clock = TestClock()
    let client = try client(transport, clock: clock, Self.role, Self.github)
    _ = try await client.call(.ecs, "X", [String: String](), as: [String: Int].self)
    let (asked, assuming, call) = (transport.requests[0], transport.requests[5], transport.requests[6])
    #expect(
      "\(asked.host)\(asked.path)?\(asked.query)"
        == "token.example.com/x?api-version=2&audience=sts.amazonaws.com")
    #expect(header("authorization", asked) == "bearer request-secret")
    #expect(assuming.host == "sts.eu-central-1.amazonaws.com" && header("authorization", assuming) == nil)
    #expect(
      String(decoding: assuming.body, as: UTF8.self)
        == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fgrid&RoleSessionName=k6-grid&WebIdentityToken=ey.J.w&DurationSeconds=3600"
    )
    #expect(header("x-amz-security-token", call) == "t+/=")
    #expect(clock.sleeps == [1, 2])
  }

  @Test func `a trust policy that refuses is final, and the hint names it`() async throws {
    let jwt = Result<HTTPResponse, HTTPFailure>.ok(#"{"value":"ey.J.w"}"#)
    let transport = ScriptedTransport([jwt, .xml(403, "AccessDenied")])
    let error = await #expect(throws: AWSError.self) {
      try await client(transport, Self.role, Self.github).call(
        .ecs, "X", [String: String](), as: [String: Int].self)
    }
    #expect(
      error?.description.contains("trust policy") == true && error?.description.contains("ey.J.w") == false)
    #expect(transport.requests.count == 2)
  }

  @Test func `China's tokens have an audience of their own`() async throws {
    let transport = ScriptedTransport([.ok(#"{"value":"j"}"#), Self.assumed, .ok(#"{"count":1}"#)])
    _ = try await client(transport, Self.role, Self.github, ["AWS_REGION": "cn-north-1"]).call(
      .ecs, "X", [String: String](), as: [String: Int].self)
    #expect(transport.requests[0].query.hasSuffix("&audience=sts.amazonaws.com.cn"))
    #expect(transport.requests[1].host == "sts.cn-north-1.amazonaws.com.cn")
  }
}
