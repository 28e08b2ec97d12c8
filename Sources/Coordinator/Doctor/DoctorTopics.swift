import Shared

/// What SNS says of a topic.
struct TopicAttributes: Sendable, Equatable {
  let arn: String
  var isFIFO = false
  var confirmed: Int?
  var pending: Int?

  init(arn: String, _ answer: XMLElement) {
    self.arn = arn
    var values: [String: String] = [:]
    for entry in answer.first("Attributes")?.all("entry") ?? [] {
      if let key = entry["key"] { values[key] = entry["value"] }
    }
    isFIFO = values["FifoTopic"] == "true"
    confirmed = values["SubscriptionsConfirmed"].flatMap { Int($0) }
    pending = values["SubscriptionsPending"].flatMap { Int($0) }
  }
}

extension DoctorFinding {
  /// - Parameter asked: each topic of the configuration, by its ARN.
  static func topics(_ asked: [(arn: String, Asked<TopicAttributes>)]) -> DoctorFinding {
    let findings = asked.map { arn, answer in
      answer.finding(
        .topics,
        missing: .fault(
          .topics, "there is no topic \(arn)", do: "make it, or name one that is there: alert.sns"),
        topic)
    }
    // The worst of them; what is not known is worse than ok.
    let order: [DoctorFinding.Outcome] = [.fault, .notChecked, .warning, .ok]
    return order.lazy.compactMap { outcome in findings.first { $0.outcome == outcome } }.first
      ?? .ok(.topics, "no topic is named")
  }

  private static func topic(_ topic: TopicAttributes) -> DoctorFinding {
    if topic.isFIFO {
      return .fault(
        .topics, "\(topic.arn) is a FIFO topic, which reaches neither e-mail nor PagerDuty",
        do: "make a standard one, and name it: alert.sns")
    }
    if topic.confirmed == 0 {
      let pending = topic.pending ?? 0
      return .warning(
        .topics,
        "\(topic.arn) reaches nobody: it has no confirmed subscription\(pending > 0 ? ", and \(pending) to be confirmed" : "")",
        do: pending > 0
          ? "confirm the subscription by the link in its e-mail" : "subscribe an e-mail address or PagerDuty")
    }
    return .ok(
      .topics, "\(topic.arn) is there\(topic.confirmed.map { ", with \(counted($0, "subscription"))" } ?? "")"
    )
  }
}
