import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// Against moto, which checks every signature.
@Suite(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
struct TopicMotoTests {
  /// A queue that is sent what a subscription's policy lets through.
  private func subscribe(_ moto: Moto, _ name: String, _ topic: String, _ policy: String) async throws
    -> String
  {
    let queue = try #require(
      try await moto.call("sqs", "create_queue", ["QueueName": name])["QueueUrl"]?.string)
    let attributes = try await moto.call(
      "sqs", "get_queue_attributes", ["QueueUrl": queue, "AttributeNames": ["QueueArn"]])
    let arn = try #require(attributes["Attributes"]?["QueueArn"]?.string)
    try await moto.call(
      "sns", "subscribe",
      ["TopicArn": topic, "Protocol": "sqs", "Endpoint": arn, "Attributes": ["FilterPolicy": policy]])
    return queue
  }

  /// Envelopes of SNS.
  private func received(_ moto: Moto, _ queue: String) async throws -> [JSON] {
    let answer = try await moto.call(
      "sqs", "receive_message", ["QueueUrl": queue, "MaxNumberOfMessages": 10])
    return try (answer["Messages"]?.array ?? []).map { try JSON(($0["Body"]?.string ?? "").utf8) }
  }

  private func delivery(_ environment: [String: String], _ topic: String) throws -> TopicDelivery {
    let client = try AWSClient.live(environment)
    return TopicDelivery(topics: AlertSettings.TopicSettings(service: topic)) { parameters in
      let answer = try await client.query(.sns, "Publish", parameters, on: topic)
      return answer.first("MessageId")?.text ?? ""
    }
  }

  @Test func `a topic passes on what subscriptions ask for`() async throws {
    let moto = try await Moto()
    let topic = try #require(
      try await moto.call("sns", "create_topic", ["Name": "load-test"])["TopicArn"]?.string)
    let all = try await subscribe(moto, "all", topic, "{}")
    let pager = try await subscribe(
      moto, "pager", topic, #"{"verdict":["fail","pass"],"notice":["alarm","ok"]}"#)
    let delivery = try delivery(moto.environment, topic)
    for story in [NoticeSamples.Story.failing, .degraded, .recovered, .asUsual, .incomplete] {
      let (notice, facts) = try await NoticeSamples.told(story)
      let sent = try await delivery.send(notice, facts)
      #expect(sent.what.contains("was published to \(topic), message "))
    }
    let mails = try await received(moto, all)
    #expect(
      Set(mails.compactMap { $0["Subject"]?.string?.prefix { $0 != ":" } }) == [
        "ALARM", "Degraded", "OK", "Recovered", "Incomplete",
      ])
    let paged = try await received(moto, pager)
    #expect(Set(paged.compactMap { $0["Subject"]?.string?.prefix { $0 != ":" } }) == ["ALARM", "OK"])
    let alarm = try #require(paged.first { $0["Subject"]?.string?.hasPrefix("ALARM") == true })
    let (notice, facts) = try await NoticeSamples.told(.failing)
    #expect(alarm["Message"]?.string == NoticeMail(NoticeWords(notice, facts)).text)
    #expect(alarm["MessageAttributes"]?["audience"]?["Value"] == "service")
  }

  @Test func `a topic that is not there, and a role that may not publish`() async throws {
    let moto = try await Moto()
    let (notice, facts) = try await NoticeSamples.told(.failing)
    let gone = "arn:aws:sns:eu-central-1:123456789012:gone"
    let missing = await #expect(throws: AWSError.self) {
      try await delivery(moto.environment, gone).send(notice, facts)
    }
    #expect(
      missing?.description.hasSuffix("there is no such topic in this account and region") == true,
      "\(String(describing: missing))")
    let topic = try #require(
      try await moto.call("sns", "create_topic", ["Name": "load-test"])["TopicArn"]?.string)
    let reader = try await moto.makeUser(
      "reader", statements: #"[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]"#)
    let denied = await #expect(throws: AWSError.self) {
      try await delivery(reader, topic).send(notice, facts)
    }
    #expect(denied?.description.contains("sns:Publish on \(topic) was refused") == true)
    #expect(denied?.description.hasSuffix("the role lacks sns:Publish there") == true)
  }

  @Test func `a run's metrics are read back, and a role that may not put them is told`() async throws {
    let moto = try await Moto()
    func put(_ story: NoticeSamples.Story, _ environment: [String: String]) async throws {
      let facts = try await NoticeSamples.facts(story)
      let client = try AWSClient.live(environment)
      let now = facts.result.finishedAt.advanced(bySeconds: 30)
      let delivery = MetricsDelivery(
        namespace: "k6-grid", now: { now },
        put: { parameters in
          _ = try await client.query(.cloudWatch, "PutMetricData", parameters, on: "k6-grid")
        })
      _ = try await delivery.send(facts)
    }
    try await put(.failing, moto.environment)
    try await put(.notRunning, moto.environment)
    func sum(_ metric: String) async throws -> [Double?] {
      let answer = try await moto.call(
        "cloudwatch", "get_metric_statistics",
        [
          "Namespace": "k6-grid", "MetricName": metric,
          "Dimensions": [["Name": "Suite", "Value": "checkout-api"]],
          "StartTime": "2026-11-22T00:00:00Z", "EndTime": "2026-11-23T00:00:00Z", "Period": 86_400,
          "Statistics": ["Sum"],
        ])
      return (answer["Datapoints"]?.array ?? []).map { $0["Sum"]?.number }
    }
    #expect(try await sum("GateRun") == [2])
    #expect(try await sum("GateFailed") == [1])
    #expect(try await sum("RunP95") == [NoticeSamples.facts(.failing).record.p95])
    let reader = try await moto.makeUser(
      "reader", statements: #"[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]"#)
    let denied = await #expect(throws: AWSError.self) { try await put(.failing, reader) }
    #expect(denied?.description.hasSuffix("the role lacks cloudwatch:PutMetricData there") == true)
  }
}
