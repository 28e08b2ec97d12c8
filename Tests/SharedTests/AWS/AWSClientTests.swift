import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite struct AWSClientTests {
  struct Input: Encodable, Sendable { var cluster = "grid" }
  struct Output: Decodable, Sendable { let count: Int }

  private func call(_ client: AWSClient) async throws -> Int {
    try await client.call(.ecs, "DescribeTasks", Input(), as: Output.self).count
  }

  @Test func `a call of a service that speaks JSON`() async throws {
    let transport = ScriptedTransport([.ok(#"{"count":3}"#)])
    #expect(try await call(AWSSamples.client(transport)) == 3)
    let request = try #require(transport.requests.first)
    #expect(request.method == "POST" && request.path == "/" && request.scheme == "https")
    #expect(request.host == "ecs.eu-central-1.amazonaws.com")
    #expect(header("x-amz-target", request) == "AmazonEC2ContainerServiceV20141113.DescribeTasks")
    #expect(header("content-type", request) == "application/x-amz-json-1.1")
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"cluster":"grid"}"#)
    #expect(header("authorization", request)?.contains("/eu-central-1/ecs/aws4_request") == true)
  }

  @Test func `failures that pass are tried again, each time signed anew`() async throws {
    let clock = TestClock()
    let transport = ScriptedTransport([
      .json(400, "ThrottlingException"), .cut, .json(500, "ServerException"), .ok(#"{"count":1}"#),
    ])
    #expect(try await call(AWSSamples.client(transport, clock: clock)) == 1)
    #expect(clock.sleeps == [1, 2, 4])
    #expect(Set(transport.requests.map { header("authorization", $0) }).count == 4)
  }

  @Test func `after four attempts it is an error that says so, and whether it may have been done`()
    async throws
  {
    let throttled = await #expect(throws: AWSError.self) {
      try await call(
        AWSSamples.client(ScriptedTransport([.json(400, "ThrottlingException", "Rate exceeded")])))
    }
    #expect(throttled?.isThrottling == true && throttled?.isTransient == true)
    #expect(throttled?.mayHaveBeenCarriedOut == false)
    #expect(
      throttled?.description
        == "ecs:DescribeTasks on cluster grid failed after 4 attempts: ThrottlingException (Rate exceeded), request id id-1: AWS asks for fewer calls; try again later, or ask for a higher quota"
    )
    for (answers, doubt) in [([.cut], true), ([.unconnected], false), ([.cut, .unconnected], true)]
      as [(
        [Result<HTTPResponse, HTTPFailure>], Bool
      )]
    {
      let error = await #expect(throws: AWSError.self) {
        try await call(AWSSamples.client(ScriptedTransport(answers)))
      }
      #expect(error?.code == nil && error?.isTransient == true && error?.mayHaveBeenCarriedOut == doubt)
      #expect(error?.description.contains("got no answer after 4 attempts") == true)
    }
  }

  @Test func `a refusal is not tried again`() async throws {
    let transport = ScriptedTransport([.json(400, "InvalidParameterException")])
    let error = await #expect(throws: AWSError.self) { try await call(AWSSamples.client(transport)) }
    #expect(error?.attempts == 1 && error?.isTransient == false && error?.status == 400)
    #expect(transport.requests.count == 1)
  }

  @Test func `an answer that is too long, and one that says no more than 403`() async throws {
    let transport = ScriptedTransport([.failure(HTTPFailure("too long", isFinal: true))])
    let long = await #expect(throws: AWSError.self) { try await call(AWSSamples.client(transport)) }
    #expect(long?.isTransient == false && transport.requests.count == 1)
    #expect(long?.description.contains("UnusableAnswer (too long)") == true)
    let bare = AWSError(call: "s3:GetObject", code: "", message: "", status: 403)
    #expect(bare.description.contains("HTTP 403: the role lacks s3:GetObject there"))
    let key = AWSError(
      call: "s3:PutObject", code: "AccessDenied", message: "not authorized to perform: kms:GenerateDataKey",
      status: 403)
    #expect(key.description.contains("kms:Decrypt and kms:GenerateDataKey on the bucket's"))
  }

  @Test func `an answer that is not what is expected is an error`() async throws {
    let error = await #expect(throws: AWSError.self) {
      try await call(AWSSamples.client(ScriptedTransport([.ok(#"{"tasks":1}"#)])))
    }
    #expect(error?.description.contains("'count' is missing") == true)
    #expect(error?.mayHaveBeenCarriedOut == true && error?.isTransient == false)
  }

  /// Of what a date says, half of the exchange is unknown: a right clock must not be refused for one that took long.
  @Test func `a slow answer says less of the clock than a quick one`() async throws {
    let clock = TestClock()
    let seconds = Mutex(0.0)
    let transport = ScriptedTransport { _, _ in
      clock.advance(seconds.withLock(\.self))
      return HTTPResponse(
        status: 200, headers: [("date", "Fri, 15 Jan 2027 08:00:00 GMT")], body: Array(#"{"count":1}"#.utf8))
    }
    let client = try AWSSamples.client(transport, clock: clock)
    var bounds: [Double?] = []
    for next in [8.0, 10, 4, 0.5, 0.2, 6] {
      seconds.withLock { $0 = next }
      _ = try await call(client)
      bounds.append(client.clock?.errorBound)
    }
    #expect(bounds == [4500, 4500, 2500, 750, 600, 600])
  }

  @Test func `a wrong clock is corrected by AWS's own date, once, and remembered`() async throws {
    let clock = TestClock(1_800_000_000)
    let ahead = UTCInstant(nanoseconds: 0).advanced(bySeconds: 1_800_003_600)
    let date = "Fri, 15 Jan 2027 09:00:00 GMT"
    #expect(UTCInstant(httpDate: date) == ahead)
    let transport = ScriptedTransport([
      .json(400, "InvalidSignatureException", "Signature expired: x", date: date), .ok(#"{"count":1}"#),
    ])
    let client = try AWSSamples.client(transport, clock: clock)
    #expect(client.clock == nil)
    _ = try await call(client)
    #expect(client.clock == ClockQuality(source: .store, offset: -3_600_500, errorBound: 500))
    _ = try await call(client)
    #expect(
      transport.requests.map { header("x-amz-date", $0) } == [
        "20270115T080000Z", "20270115T090000Z", "20270115T090000Z",
      ])
    #expect(clock.sleeps.isEmpty)
    let stubborn = ScriptedTransport([
      .json(400, "InvalidSignatureException", "Signature expired: x", date: date)
    ])
    await #expect(throws: AWSError.self) { try await call(AWSSamples.client(stubborn)) }
    #expect(stubborn.requests.count == 2)
  }

  @Test func `cancellation ends a wait between attempts`() async throws {
    let (slept, signal) = AsyncStream<Void>.makeStream()
    let host = AWSHost(
      now: { UTCInstant(nanoseconds: 0) }, uptime: { 0 },
      sleep: { _ in
        signal.yield()
        try await Task.sleep(for: .seconds(3600))
      }, random: { 1 }, readFile: { _ in [] })
    let transport = ScriptedTransport([.json(500, "ServerException")])
    let client = try AWSClient(
      environment: AWSSamples.environment, transport: transport, host: host)
    let task = Task { try await call(client) }
    for await _ in slept { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(transport.requests.count == 1)
  }

  @Test func `a call of a service that speaks Query, and its error in XML`() async throws {
    let transport = ScriptedTransport([
      .ok("<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"),
      .success(
        HTTPResponse(
          status: 403,
          body: Array(
            "<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no &amp; no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
              .utf8))),
    ])
    let client = try AWSSamples.client(transport)
    let answer = try await client.query(
      .sns, "Publish", [("TopicArn", "arn:x"), ("Message", "a b&=+é")], on: "arn:x")
    #expect(answer.first("MessageId")?.text == "m-1")
    let body = String(decoding: try #require(transport.requests.first).body, as: UTF8.self)
    #expect(
      body == "Action=Publish&Version=2010-03-31&TopicArn=arn%3Ax&Message=a%20b%26%3D%2B%C3%A9")
    let error = await #expect(throws: AWSError.self) {
      try await client.query(.sns, "Publish", [], on: "arn:x")
    }
    #expect(
      error?.description
        == "sns:Publish on arn:x was refused: AuthorizationError (no & no), request id r: the role lacks sns:Publish there"
    )
  }

  @Test func `CloudWatch is signed for by another name than IAM knows it by`() async throws {
    let refusal =
      "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    let transport = ScriptedTransport([
      .success(HTTPResponse(status: 403, body: Array(refusal.utf8)))
    ])
    let error = await #expect(throws: AWSError.self) {
      try await AWSSamples.client(transport).query(
        .cloudWatch, "PutMetricData", [("Namespace", "k6-grid")], on: "k6-grid")
    }
    let request = try #require(transport.requests.first)
    #expect(request.host == "monitoring.eu-central-1.amazonaws.com")
    #expect(header("authorization", request)?.contains("/eu-central-1/monitoring/aws4_request") == true)
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "Action=PutMetricData&Version=2010-08-01&Namespace=k6-grid")
    #expect(
      error?.description
        == "cloudwatch:PutMetricData on k6-grid was refused: AccessDenied (no), request id r: the role lacks cloudwatch:PutMetricData there"
    )
  }

  /// A topic answers in its own region alone.
  @Test func `the region of the environment is where a call goes, and what it is signed for`() async throws {
    let transport = ScriptedTransport([.ok("<PublishResponse/>")])
    let environment = AWSSamples.environment.merging(["AWS_REGION": "us-east-2"]) { $1 }
    _ = try await AWSSamples.client(transport, environment: environment).query(.sns, "Publish", [], on: "t")
    let request = try #require(transport.requests.first)
    #expect(request.host == "sns.us-east-2.amazonaws.com")
    #expect(header("authorization", request)?.contains("/us-east-2/sns/aws4_request") == true)
  }
}
