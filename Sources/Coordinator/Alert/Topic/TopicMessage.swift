import Foundation
import Shared

/// One Publish to SNS for a notice: mail and the text for anything else for people, the shape of a CloudWatch alarm for PagerDuty.
struct TopicMessage: Sendable, Equatable {
  /// An ARN.
  let topic: String
  let subject: String
  /// JSON, a text for each kind of subscriber.
  let message: String
  /// For filter policies of subscriptions.
  let attributes: [String: String]

  /// - Throws: ``UsageError`` for a topic that is none.
  init(_ notice: Notice, _ facts: AlertFacts, topics: AlertSettings.TopicSettings) throws {
    topic = notice.audience == .harness ? topics.harness ?? topics.service : topics.service
    let words = NoticeWords(notice, facts)
    let title = NoticeTitle(notice, facts)
    let mail = NoticeMail(words).text
    subject = title.subject
    let https =
      if let alarm = CloudWatchAlarm(words, try TopicARN(topic)) {
        try jsonText(alarm)
      } else {
        try jsonText(QuietDocument(words, title))
      }
    // Queues, functions and telephones read what people read.
    message = try jsonText(["default": mail, "email": mail, "https": https])
    attributes = [
      "audience": notice.audience.rawValue, "notice": notice.kind.rawValue,
      "verdict": notice.verdict(facts).rawValue,
    ]
  }

  /// Of SNS's Query API.
  var parameters: [(name: String, value: String)] {
    let entries = attributes.sorted { $0.key < $1.key }.enumerated().flatMap { index, attribute in
      let entry = "MessageAttributes.entry.\(index + 1)"
      return [
        (name: "\(entry).Name", value: attribute.key), (name: "\(entry).Value.DataType", value: "String"),
        (name: "\(entry).Value.StringValue", value: attribute.value),
      ]
    }
    return [
      (name: "TopicArn", value: topic), (name: "Subject", value: subject), (name: "Message", value: message),
      (name: "MessageStructure", value: "json"),
    ] + entries
  }
}

/// What webhooks get of a notice that wakes nobody. It has neither AlarmName nor NewStateValue nor Trigger: PagerDuty's
/// integration finds no alarm in it, and drops it, as it does for the Subject alone. It is there because without it they
/// would get the mail's text, which a webhook of one's own cannot read.
private struct QuietDocument: Encodable {
  let notice, audience, verdict, suite, summary, reason: String
  let run, issue, trend: String?

  init(_ words: NoticeWords, _ title: NoticeTitle) {
    let facts = words.facts
    (notice, audience) = (words.notice.kind.rawValue, words.notice.audience.rawValue)
    (verdict, suite) = (facts.verdict.rawValue, facts.plan.suite)
    (summary, reason) = (title.text(most: 250), PlainText.outside(words.reason, most: 1000))
    run = facts.address("Run") ?? facts.links.result
    (issue, trend) = (facts.address("Issue"), facts.address("Trend"))
  }
}

/// `arn:aws:sns:eu-west-1:123456789012:load-test`
struct TopicARN: Sendable, Equatable {
  let text, partition, region, account: String

  /// - Throws: ``UsageError``
  init(_ text: String) throws(UsageError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "sns" else {
      throw UsageError(
        "'\(PlainText.outside(text))' is no topic: expected an ARN, as arn:aws:sns:eu-west-1:123456789012:load-test"
      )
    }
    // A topic answers in its own region alone: the request goes there, and is signed for it.
    guard AWSRegion(parts[3]) != nil else {
      throw UsageError(
        "the topic \(PlainText.outside(text)) cannot be reached: '\(PlainText.outside(parts[3]))' is no region"
      )
    }
    (self.text, partition, region, account) = (text, parts[1], parts[3], parts[4])
  }
}

/// On one line, the same for the same value.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
