import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct TopicMessageTests {
  private func message(_ story: NoticeSamples.Story) async throws -> (TopicMessage, AlertFacts) {
    let (notice, facts) = try await NoticeSamples.told(story)
    return (try TopicMessage(notice, facts, topics: NoticeSamples.topics), facts)
  }

  private func https(_ message: TopicMessage) throws -> [String: JSON] {
    let texts = try #require(try JSON(message.message.utf8).object)
    #expect(Set(texts.keys) == ["default", "email", "https"] && texts.values.allSatisfy { $0.string != nil })
    #expect(texts["default"] == texts["email"])
    return try #require(try JSON((texts["https"]?.string ?? "").utf8).object)
  }

  /// Of CloudWatch's own messages, with their types; then ours.
  private static let members: [String: String] = [
    "AlarmName": "text", "AlarmDescription": "text", "AWSAccountId": "text",
    "AlarmConfigurationUpdatedTimestamp": "time", "NewStateValue": "text", "NewStateReason": "text",
    "StateChangeTime": "time", "Region": "text", "AlarmArn": "text", "OldStateValue": "text",
    "OKActions": "list", "AlarmActions": "list", "InsufficientDataActions": "list", "Trigger": "object",
    "run": "text", "issue": "text", "trend": "text",
  ]
  private static let trigger: [String: String] = [
    "MetricName": "text", "Namespace": "text", "StatisticType": "text", "Statistic": "text", "Unit": "text",
    "Dimensions": "list", "Period": "number", "EvaluationPeriods": "number", "ComparisonOperator": "text",
    "Threshold": "number", "TreatMissingData": "text", "EvaluateLowSampleCountPercentile": "text",
  ]

  private func types(_ object: [String: JSON]) -> [String: String] {
    object.mapValues { value in
      switch value {
      case .string(let text):
        text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000/#) == nil ? "text" : "time"
      case .array: "list"
      case .object: "object"
      case .number: "number"
      default: "\(value)"
      }
    }
  }

  @Test(
    arguments: [
      (NoticeSamples.Story.firstFail, "ALARM", "OK", "checkout-api nightly load test"),
      (.failing, "ALARM", "ALARM", "checkout-api nightly load test"),
      (.recovered, "OK", "ALARM", "checkout-api nightly load test"),
      (.notRunning, "ALARM", "OK", "checkout-api nightly load test not running"),
      (.runsAgain, "OK", "ALARM", "checkout-api nightly load test not running"),
    ])
  func `for PagerDuty it is a CloudWatch alarm, member by member`(
    story: NoticeSamples.Story, state: String, before: String, name: String
  ) async throws {
    let (message, facts) = try await message(story)
    let alarm = try https(message)
    #expect(types(alarm) == Self.members)
    #expect(types(alarm["Trigger"]?.object ?? [:]) == Self.trigger)
    #expect(alarm["NewStateValue"]?.string == state && alarm["OldStateValue"]?.string == before)
    // What is discarded otherwise.
    #expect(message.subject.hasPrefix("\(state): "))
    #expect(alarm["AlarmName"]?.string == name)
    #expect(alarm["AWSAccountId"]?.string == "123456789012")
    let region = story == .notRunning || story == .runsAgain ? "eu-central-1" : "eu-west-1"
    #expect(alarm["Region"]?.string == region)
    #expect(alarm["AlarmArn"]?.string == "arn:aws:cloudwatch:\(region):123456789012:alarm:\(name)")
    #expect(alarm["AlarmActions"]?.strings == [message.topic] && alarm["OKActions"] == alarm["AlarmActions"])
    #expect(alarm["Trigger"]?["Dimensions"] == [["name": "Suite", "value": "checkout-api"]])
    #expect(alarm["StateChangeTime"]?.string == "2026-11-22T02:24:12.000+0000")
    #expect(alarm["run"]?.string == facts.plan.workflowRunURL && alarm["trend"]?.string == facts.links.night)
    #expect(alarm["issue"]?.string == "https://github.com/acme/checkout/issues/412")
  }

  @Test(arguments: [NoticeSamples.Story.degraded, .asUsual, .incomplete])
  func `what wakes nobody has nothing of an alarm`(story: NoticeSamples.Story) async throws {
    let (message, _) = try await message(story)
    let document = try https(message)
    #expect(
      Set(document.keys).isDisjoint(with: Set(Self.members.keys).subtracting(["run", "issue", "trend"])))
    #expect(document["notice"]?.string == "mail" && message.attributes["notice"] == "mail")
    #expect(!message.subject.hasPrefix("ALARM: ") && !message.subject.hasPrefix("OK: "))
  }

  @Test(
    arguments: [
      (NoticeSamples.Story.failing, "fail", "service", "alarm"), (.recovered, "pass", "service", "ok"),
      (.degraded, "degraded", "service", "mail"), (.asUsual, "pass", "service", "mail"),
      (.incomplete, "incomplete", "harness", "mail"), (.notRunning, "incomplete", "harness", "alarm"),
      (.runsAgain, "pass", "harness", "ok"),
    ])
  func `subscriptions are filtered by its attributes, and each audience has its topic`(
    story: NoticeSamples.Story, verdict: String, audience: String, notice: String
  ) async throws {
    let (message, _) = try await message(story)
    #expect(message.attributes == ["verdict": verdict, "audience": audience, "notice": notice])
    let topics = NoticeSamples.topics
    #expect(message.topic == (audience == "harness" ? topics.harness : topics.service))
    let (own, facts) = try await NoticeSamples.told(story)
    let one = AlertSettings.TopicSettings(service: topics.service)
    #expect(try TopicMessage(own, facts, topics: one).topic == topics.service)
  }

  @Test func `the parameters of Publish`() async throws {
    let (message, _) = try await message(.failing)
    let parameters = message.parameters
    #expect(
      parameters.map(\.name) == [
        "TopicArn", "Subject", "Message", "MessageStructure", "MessageAttributes.entry.1.Name",
        "MessageAttributes.entry.1.Value.DataType", "MessageAttributes.entry.1.Value.StringValue",
        "MessageAttributes.entry.2.Name", "MessageAttributes.entry.2.Value.DataType",
        "MessageAttributes.entry.2.Value.StringValue", "MessageAttributes.entry.3.Name",
        "MessageAttributes.entry.3.Value.DataType", "MessageAttributes.entry.3.Value.StringValue",
      ])
    #expect(
      parameters.map(\.value).suffix(10) == [
        "json", "audience", "String", "service", "notice", "String", "alarm", "verdict", "String", "fail",
      ])
  }

  @Test(
    arguments: [
      ("arn:aws:sqs:eu-west-1:1:x", "is no topic: expected an ARN"), ("topic", "is no topic"),
      ("arn:aws:sns:EU West:1:x", "'EU West' is no region"),
    ])
  func `a topic that is none is one sentence`(arn: String, words: String) async throws {
    let (notice, facts) = try await NoticeSamples.told(.failing)
    let error = #expect(throws: UsageError.self) {
      try TopicMessage(notice, facts, topics: AlertSettings.TopicSettings(service: arn))
    }
    #expect(error?.description.contains(words) == true)
  }

  @Test func `what was published is said, and what SNS refuses is thrown on`() async throws {
    let (notice, facts) = try await NoticeSamples.told(.recovered)
    let sent = try await TopicDelivery(topics: NoticeSamples.topics) { _ in "m-1" }.send(notice, facts)
    #expect(sent.what.hasPrefix("'OK: checkout-api nightly recovered: p95 "))
    #expect(sent.what.hasSuffix("' was published to \(NoticeSamples.topics.service), message m-1"))
    await #expect(throws: AWSError.self) {
      try await TopicDelivery(topics: NoticeSamples.topics) { _ in
        throw AWSError(call: "sns:Publish", code: "NotFound", message: "")
      }.send(notice, facts)
    }
  }
}
