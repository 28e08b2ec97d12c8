import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// What the nights of a story say on GitHub, held against files that people have read. After a change that is wanted:
/// `RECORD_ALERTS=1 swift test --filter AlertGoldenTests`, then look at the difference.
@Suite struct AlertGoldenTests {
  private static let folder = repositoryRoot().appending(path: "Tests/TestSupport/Recorded/alerts")

  @Test func `the issue of every night of the story is the one that was read`() async throws {
    var board = PaperBoard()
    for chapter in try await AlertStory.chapters.value {
      let before = board.comments.count
      let course = try board.tell(chapter.facts)
      var text = "\(course.sentence(opened: board.issues.keys.max()))\n"
      let comments = board.comments.dropFirst(before)
      for comment in comments { text += "\n---- comment on #\(comment.issue)\n\(comment.body)" }
      for case .change(let number, _) in course.steps { text += shown(board, number) }
      for case .open in course.steps { text += shown(board, board.issues.keys.max() ?? 0) }
      try hold(text, "issue-\(chapter.facts.record.night)-\(chapter.name).md")
    }
    #expect(board.issues.count == 2)
    #expect(board.issues.values.allSatisfy { $0.state == .closed })
  }

  @Test func `the status and the pull request's comment of a night are those that were read`() async throws {
    let chapters = try await AlertStory.chapters.value
    let lines = chapters.map { "\($0.name): \(StatusText(facts: $0.facts).line)" }
    let releases = chapters.map { "\($0.name): \(StatusText(facts: $0.facts, release: "v2.40").line)" }
    try hold((lines + [""] + releases).joined(separator: "\n") + "\n", "status.txt")
    for name in ["second", "recovered"] {
      let chapter = try #require(chapters.first { $0.name == name })
      try hold(try CommentText(facts: chapter.facts).body(), "comment-\(name).md")
    }
  }

  private func shown(_ board: PaperBoard, _ number: Int) -> String {
    guard let issue = board.issues[number] else { return "" }
    let labels = issue.labels.joined(separator: ", ")
    return "\n---- #\(number) \(issue.state.rawValue): \(issue.title)\n---- \(labels)\n\(issue.body ?? "")"
  }

  private func hold(_ text: String, _ name: String) throws {
    let file = Self.folder.appending(path: name)
    if ProcessInfo.processInfo.environment["RECORD_ALERTS"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    let (lines, expectedLines) = (
      text.split(separator: "\n", omittingEmptySubsequences: false),
      expected.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let first = zip(lines, expectedLines).first { $0 != $1 }
    #expect(first == nil && lines.count == expectedLines.count, "\(name): \(first.map { "\($0)" } ?? "")")
  }
}
