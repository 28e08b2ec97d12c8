import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator
@testable import PagerDutyStandIn

/// Everybody whom a run is told to, and a month's store: `coordinator alert` is run against them as a user runs it.
final class AlertWorld {
  static let key = "R0123456789ABCDEFGHIJKLMNOPQRSTU"
  static let harnessKey = "H0123456789ABCDEFGHIJKLMNOPQRSTU"
  static let bot = "github-actions[bot]"

  let month: AlertMonth
  let gitHub: GitHubServer
  let pagerDuty: PagerDutyServer
  let moto: Moto
  private let queue: String
  private let config: URL
  private let usual: [String: String]
  private var environment: [String: String]
  private let topic: String

  init(configuration: String = "") async throws {
    month = try AlertMonth()
    gitHub = try await GitHubServer()
    pagerDuty = try await PagerDutyServer(keys: [Self.key, Self.harnessKey])
    moto = try await Moto()
    topic = try #require(
      try await moto.call("sns", "create_topic", ["Name": "load-test"])["TopicArn"]?.string)
    queue = try #require(
      try await moto.call("sqs", "create_queue", ["QueueName": "mails"])["QueueUrl"]?.string)
    config = month.folder.appending(path: "grid.yml")
    let yaml = """
      suite: checkout-api
      store: file://\(month.folder.path)
      report: {url: "https://acme.github.io/checkout/"}
      alert:
        issue: true
        status: true
        comment: problem
        sns: \(topic)
        pagerduty: true
        runbook: https://acme.example/runbook
      \(configuration)
      """
    try Data(yaml.utf8).write(to: config)
    usual = moto.environment.merging(
      [
        "PAGERDUTY_API_URL": pagerDuty.address, "PAGERDUTY_ROUTING_KEY": Self.key,
        "PAGERDUTY_HARNESS_ROUTING_KEY": Self.harnessKey,
      ]) { $1 }.merging(gitHub.environment) { $1 }
    environment = usual
    try await subscribe()
  }

  private func subscribe() async throws {
    let attributes = try await moto.call(
      "sqs", "get_queue_attributes", ["QueueUrl": queue, "AttributeNames": ["QueueArn"]])
    try await moto.call(
      "sns", "subscribe",
      [
        "TopicArn": topic, "Protocol": "sqs",
        "Endpoint": attributes["Attributes"]?["QueueArn"]?.string ?? "",
      ])
  }

  /// For the program, from now on.
  func replace(_ variable: String, with value: String) { environment[variable] = value }
  func restore() { environment = usual }

  func removeTopic() async throws { try await moto.call("sns", "delete_topic", ["TopicArn": topic]) }

  /// Does nothing where it is there.
  func makeTopic() async throws {
    try await moto.call("sns", "create_topic", ["Name": "load-test"])
    let known = try await moto.call("sns", "list_subscriptions_by_topic", ["TopicArn": topic])
    if known["Subscriptions"]?.array?.isEmpty ?? true { try await subscribe() }
  }

  /// That wait to be read.
  func mailCount() async throws -> Int {
    let answer = try await moto.call(
      "sqs", "get_queue_attributes",
      ["QueueUrl": queue, "AttributeNames": ["ApproximateNumberOfMessages"]])
    return Int(answer["Attributes"]?["ApproximateNumberOfMessages"]?.string ?? "") ?? -1
  }

  /// Any command of the coordinator's, with this configuration.
  func start(_ arguments: [String], _ more: [String: String] = [:]) throws -> Program {
    try Program(
      "coordinator", arguments + ["--config", config.path], environment: environment.merging(more) { $1 })
  }

  /// The same, to its end; none of the secrets is in what it says.
  func coordinator(_ arguments: [String], _ more: [String: String] = [:]) async throws -> Program.Ending {
    let ending = await (try start(arguments, more)).ending()
    try expectNoSecret(in: ending)
    return ending
  }

  func alert(_ run: RunID? = nil, _ flags: [String] = []) async throws -> Program.Ending {
    let name = run.map { [month.folder.appending(path: $0.text).path] } ?? []
    return try await coordinator(["alert"] + name + flags)
  }

  private func expectNoSecret(in ending: Program.Ending) throws {
    let secrets = [
      "GITHUB_TOKEN", "PAGERDUTY_ROUTING_KEY", "PAGERDUTY_HARNESS_ROUTING_KEY", "AWS_SECRET_ACCESS_KEY",
    ]
    for variable in secrets {
      let secret = try #require(environment[variable])
      #expect(!(ending.output + ending.errors).contains(secret), "\(variable) is in the output")
    }
  }

  /// The Subject and text of each that came since the last look, in their order.
  func mails() async throws -> [(subject: String, text: String)] {
    let answer = try await moto.call(
      "sqs", "receive_message", ["QueueUrl": queue, "MaxNumberOfMessages": 10])
    return try await (answer["Messages"]?.array ?? []).asyncMap { message in
      let envelope = try JSON((message["Body"]?.string ?? "").utf8)
      try await self.moto.call(
        "sqs", "delete_message",
        ["QueueUrl": self.queue, "ReceiptHandle": message["ReceiptHandle"]?.string ?? ""])
      return (envelope["Subject"]?.string ?? "", envelope["Message"]?.string ?? "")
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
