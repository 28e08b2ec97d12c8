import Foundation
import TestSupport
import Testing

@testable import Coordinator

/// What SNS is sent, held against files that people have looked at. After a change that is wanted:
/// `RECORD_ALERTS=1 swift test --filter TopicGoldenTests`, then look at the difference.
@Suite struct TopicGoldenTests {
  private static let folder = repositoryRoot().appending(path: "Tests/TestSupport/Recorded/alerts/sns")

  @Test(arguments: NoticeSamples.Story.allCases)
  func `what people and pagers get is what was looked at`(story: NoticeSamples.Story) async throws {
    let (notice, facts) = try await NoticeSamples.told(story)
    let message = try TopicMessage(notice, facts, topics: NoticeSamples.topics)
    let texts = try JSON(message.message.utf8)
    let https = try JSONSerialization.data(
      withJSONObject: try JSONSerialization.jsonObject(with: Data((texts["https"]?.string ?? "").utf8)),
      options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    let attributes = message.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let text = """
      To: \(message.topic)
      Subject: \(message.subject)
      Attributes: \(attributes.joined(separator: " "))

      \(texts["email"]?.string ?? "")
      https: \(String(decoding: https, as: UTF8.self))

      """
    let file = Self.folder.appending(path: "\(story.rawValue).txt")
    if ProcessInfo.processInfo.environment["RECORD_ALERTS"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8), "\(story.rawValue).txt")
  }

  @Test func `our own words are ASCII, and their lines short`() async throws {
    for story in NoticeSamples.Story.allCases {
      let (notice, facts) = try await NoticeSamples.told(story)
      let mail = NoticeMail(NoticeWords(notice, facts)).text
      #expect(mail.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) }, "\(mail)")
      for line in mail.split(separator: "\n") where !line.contains("https://") {
        #expect(line.count <= 90, "\(line)")
      }
    }
  }
}
