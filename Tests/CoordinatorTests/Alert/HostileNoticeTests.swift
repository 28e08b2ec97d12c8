import Shared
import TestSupport
import Testing

@testable import Coordinator

/// Names and reasons of any length and kind.
@Suite struct HostileNoticeTests {
  static let nasty = "\u{202E}\"\\<b>&@team [x](y) \r\n| \u{0} 🚀"
  static let wide = String(repeating: "\u{1F9EA}", count: 500)

  private func hostile(_ story: NoticeSamples.Story) async throws -> (Notice, AlertFacts) {
    let (notice, facts) = try await NoticeSamples.told(story)
    let thresholds = (0..<400).map { index in
      AlertThreshold.crossed("m\(index){name:\(Self.nasty)\(Self.wide)}", "p\(Self.wide)")
    }
    let moves = (0..<300).map { index in
      EndpointMove(
        endpoint: .init(name: "\(index)\(Self.nasty)\(Self.wide)", share: 0.1, p95: 900, errorRate: nil),
        before: .init(name: "", share: 0.1, p95: 600, errorRate: nil), change: 0.5)
    }
    var links = facts.links
    links.night = "https://acme.example/" + String(repeating: "a", count: 300_000)
    let many = try facts.with(
      suite: Self.nasty + Self.wide, reasons: (0..<500).map { "\($0) \(Self.nasty)\(Self.wide)" },
      thresholds: thresholds, moves: moves, release: Self.nasty + Self.wide, links: links,
      commits: CommitRange(total: 500, commits: [], url: "javascript:alert(1)"))
    return (notice, many)
  }

  @Test(arguments: NoticeSamples.Story.allCases)
  func `nothing is too long for SNS, and lines are cut whole`(story: NoticeSamples.Story) async throws {
    let (notice, facts) = try await hostile(story)
    let message = try TopicMessage(notice, facts, topics: NoticeSamples.topics)
    #expect(message.message.utf8.count < 262_144 / 2)
    #expect(message.subject.utf8.count <= 99 && message.subject.utf8.allSatisfy { (32...126).contains($0) })
    let texts = try JSON(message.message.utf8)
    let mail = try #require(texts["email"]?.string)
    #expect(!mail.contains("\u{202E}") && !mail.contains("\r") && !mail.contains("\u{0}"))
    #expect(!mail.contains("javascript:"))
    #expect(try JSON((texts["https"]?.string ?? "").utf8).object != nil)
    if [.failing, .firstFail].contains(story) {
      #expect(mail.contains("\n  ... and 388 more thresholds, 388 of them crossed\n"))
      #expect(mail.contains("\n  ... and 495 more reasons\n"))
    }
    #expect(mail.contains("\nRunbook  https://acme.example/runbooks/load\n"))
  }

  @Test(arguments: NoticeSamples.Story.allCases)
  func `nothing is too long for PagerDuty`(story: NoticeSamples.Story) async throws {
    let (notice, facts) = try await hostile(story)
    guard let event = PagerDutyEvent(notice, facts) else {
      return #expect(notice.kind == .mail)
    }
    #expect(try jsonText(event).utf8.count < 512 << 10)
    #expect(event.dedupKey.utf8.count <= 255)
    #expect(event.payload?.summary.count ?? 0 <= 1024)
    #expect(event.links?.allSatisfy { $0.href.hasPrefix("https://") && $0.href.utf8.count <= 2000 } ?? true)
  }
}
