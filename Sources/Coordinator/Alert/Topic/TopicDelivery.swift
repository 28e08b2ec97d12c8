import Shared

/// Tells a topic of SNS.
struct TopicDelivery: Sendable {
  let topics: AlertSettings.TopicSettings
  /// Publish, in the topic's own region; answers with the message's id.
  let publish: @Sendable ([(name: String, value: String)]) async throws -> String

  /// - Throws: one sentence.
  func send(_ notice: Notice, _ facts: AlertFacts) async throws -> AlertDelivery.Sent {
    let message = try TopicMessage(notice, facts, topics: topics)
    let id = try await publish(message.parameters)
    return AlertDelivery.Sent("'\(message.subject)' was published to \(message.topic), message \(id)")
  }
}
