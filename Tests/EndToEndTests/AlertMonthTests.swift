import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator
@testable import PagerDutyStandIn

/// A month of nights, told to everybody by the program itself: the transcript is a file that somebody has read. After a
/// change that was meant: `RECORD_ALERTS=1 swift test --filter AlertMonthTests`, then read the difference.
@Suite(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
final class AlertMonthTests {
  private static let recorded = repositoryRoot().appending(
    path: "Tests/TestSupport/Recorded/alerts/month.txt")

  /// What happens between the nights.
  private enum Event {
    case night(AlertMonth.Night)
    case people(String, (GitHubServer) async throws -> Void)
  }

  private var lines: [String] = []
  private var comments = 0
  private var statuses = 0
  private var events = 0

  @Test func `a month on call reads like a good story`() async throws {
    let world = try await AlertWorld()
    try await world.month.begin(before: 30)
    for ago in (0...54).reversed() {
      await world.gitHub.add(commit: AlertMonth.commit(ago), "Night \(ago)", by: "ada")
    }
    for event in Self.story {
      switch event {
      case .night(let night): try await tell(night, world)
      case .people(let what, let act):
        lines += ["", "   -- \(what)"]
        try await act(world.gitHub)
        comments = try await gitHubComments(world).count
      }
    }
    lines += ["", "At the end:"] + (try await issues(world))
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["RECORD_ALERTS"] == "1" {
      try FileManager.default.createDirectory(
        at: Self.recorded.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: Self.recorded, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: Self.recorded, encoding: .utf8)
    let (now, then) = (text.split(separator: "\n"), expected.split(separator: "\n"))
    let first = zip(now, then).first { $0 != $1 }
    #expect(first == nil && now.count == then.count, "\(first.map { "\($0)" } ?? "another length")")
    // Asked again, the newest run has nothing left to tell.
    let again = try await world.alert()
    #expect(again.code == 0)
    #expect(again.output.contains("was told before"))
    #expect(try await world.mails().isEmpty)
  }

  private static var story: [Event] {
    [
      .people("Grace has an issue of her own with the same labels") { gitHub in
        try await gitHub.open(
          issue: "Load test is slow to start", by: "grace", body: "Ten minutes until the first task.",
          labels: ["load-test", "suite:checkout-api"])
      },
      .night(.init(name: "an ordinary night", ago: 30)),
      .night(.init(name: "v2.41 is slow", ago: 29, step: 0.55, release: "v2.41")),
      .night(.init(name: "and stays so", ago: 28, step: 0.56)),
      .night(.init(name: "worse: errors, too", ago: 27, step: 0.75, errorRate: 0.021)),
      .night(.init(name: "Spot took two shards", ago: 26, step: 0.7, missing: [4, 7])),
      .night(.init(name: "half of it is mended", ago: 25, step: 0.22)),
      .night(.init(name: "all of it", ago: 24)),
      .night(.init(name: "and it lasts", ago: 23)),
      .night(.init(name: "quiet", ago: 22)),
      .night(.init(name: "the same again", ago: 21, step: 0.5)),
      .people("Ada closes the issue: she believes that it is mended") { gitHub in
        try await gitHub.close(try await ours(gitHub), by: "ada", reason: "completed")
      },
      .night(.init(name: "it is not", ago: 20, step: 0.5)),
      .people("Grace asks in the issue what is known") { gitHub in
        try await gitHub.comment(on: try await ours(gitHub), "Is this the cart again?", by: "grace")
      },
      .night(.init(name: "third night", ago: 19, step: 0.52)),
      .night(.init(name: "mended; the rule of three nights still sees it", ago: 18)),
      .night(.init(name: "as usual", ago: 17)),
      .night(.init(name: "quiet", ago: 16)),
      .night(.init(name: "no shard came", ago: 15, missing: Array(0..<10))),
      .night(.init(name: "none again", ago: 14, missing: Array(0..<10))),
      .night(.init(name: "they come again", ago: 13)),
      .night(.init(name: "just above the limit", ago: 12, step: 0.41)),
      .night(.init(name: "one pass may be noise", ago: 11)),
      .night(.init(name: "two are not", ago: 10)),
    ]
  }

  /// The newest issue of the bot's.
  private static func ours(_ gitHub: GitHubServer) async throws -> Int {
    let own = await gitHub.issues().filter { $0["user"]?["login"]?.string == AlertWorld.bot }
    return Int(try #require(own.last?["number"]?.number))
  }
}

extension AlertMonthTests {
  private func tell(_ night: AlertMonth.Night, _ world: AlertWorld) async throws {
    let result = try await world.month.run(night)
    await world.gitHub.setNow(result.finishedAt)
    lines += ["", "## \(result.plan.run), \(result.verdict.rawValue): \(night.name)", ""]
    let ending = try await world.alert(result.plan.run)
    #expect(ending.code == 0, "\(ending.errors)")
    let told = ending.output.replacing(#/, message [0-9a-f-]{36}/#, with: "")
      .replacing(#/ to arn:\S+/#, with: "")
    lines += told.split(separator: "\n").map { "   \($0)" }
    lines += try await issues(world)
    for comment in try await gitHubComments(world).dropFirst(comments) { lines += comment }
    comments = try await gitHubComments(world).count
    let all = await world.gitHub.statuses()
    for status in all.dropFirst(statuses) {
      lines.append(
        "   status \(status["state"]?.string ?? "") of \(status["sha"]?.string?.prefix(7) ?? ""): \(status["description"]?.string ?? "")"
      )
    }
    statuses = all.count
    for mail in try await world.mails() {
      lines +=
        ["   mail \"\(mail.subject)\""]
        + mail.text.split(separator: "\n", omittingEmptySubsequences: false).map {
          "   |  \($0)".trimmedRight
        }
    }
    let pages = await world.pagerDuty.state.events
    for page in pages.dropFirst(events) {
      let key = page.event["routing_key"]?.string == AlertWorld.harnessKey ? "harness" : "service"
      lines.append(
        "   pager of the \(key): \(page.event["event_action"]?.string ?? "") \(page.event["dedup_key"]?.string ?? "")"
          + (page.event["payload"]?["summary"]?.string.map { ": \($0)" } ?? ""))
    }
    events = pages.count
    try await world.month.refresh()
  }

  private func issues(_ world: AlertWorld) async throws -> [String] {
    let all = await world.gitHub.issues()
    return all.map { issue in
      let labels = (issue["labels"]?.array ?? []).compactMap { $0["name"]?.string }.sorted()
      let reason = issue["state_reason"]?.string.map { " (\($0))" } ?? ""
      return
        "   issue #\(Int(issue["number"]?.number ?? 0)) \(issue["state"]?.string ?? "")\(reason) by \(issue["user"]?["login"]?.string ?? ""): \(issue["title"]?.string ?? "") [\(labels.joined(separator: ", "))]"
    }
  }

  private func gitHubComments(_ world: AlertWorld) async throws -> [[String]] {
    let all = await world.gitHub.issues()
    let told = all.flatMap { issue in (issue["comments"]?.array ?? []).map { (issue, $0) } }
      .sorted { ($0.1["id"]?.number ?? 0) < ($1.1["id"]?.number ?? 0) }
    return told.map { issue, comment in
      let body = (comment["body"]?.string ?? "").split(separator: "\n").filter { !$0.hasPrefix("<!--") }
      return [
        "   comment on #\(Int(issue["number"]?.number ?? 0)) by \(comment["user"]?["login"]?.string ?? "")"
      ] + body.map { "   |  \($0)" }
    }
  }
}

extension String {
  fileprivate var trimmedRight: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
