import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// The client beside the stand-in, over a real connection.
@Suite(.serialized) struct GitHubClientTests {
  private let now = UTCInstant(nanoseconds: 1_795_400_000_000_000_000)

  /// Waits are short, and kept.
  private final class Impatient: Sendable {
    private let sleeps = Mutex<[Double]>([])
    var slept: [Double] { sleeps.withLock(\.self) }

    var host: CoordinatorHost {
      CoordinatorHost(
        now: CoordinatorHost.live().now,
        sleep: { duration in
          self.sleeps.withLock { $0.append(duration / .seconds(1)) }
          try await Task.sleep(for: .milliseconds(1))
        }, environment: [:], randomText: { "random" })
    }
  }

  private func error(_ call: () async throws -> Void) async -> GitHubError? {
    do { try await call() } catch { return error as? GitHubError }
    return nil
  }

  @Test func `an issue's life, as the client sees it and as GitHub keeps it`() async throws {
    let gitHub = try await GitHubServer(now: now)
    let client = try gitHub.client()
    #expect(try await client.login() == "github-actions[bot]")
    try await client.ensure([GitHubLabel(name: "load-test", color: "5319e7", description: "of the load test")]
    )
    try await client.ensure([GitHubLabel(name: "load-test", color: "5319e7", description: "of the load test")]
    )
    let draft = GitHubIssueDraft(
      title: "slow: p95 843 ms", body: "<!-- k6-grid:shop {} -->\n**p95** is 843 ms",
      labels: ["load-test", "suite:shop"],
      assignees: ["ada"])
    let issue = try await client.create(draft)
    #expect(issue.number == 1 && issue.title == draft.title && issue.body == draft.body)
    #expect(issue.author == "github-actions[bot]" && issue.labels == draft.labels && issue.state == .open)
    #expect(
      issue.url == "https://github.com/acme/checkout/issues/1"
        && issue.createdAt.description == "2026-11-23T02:13:20Z")
    await gitHub.setNow(now.advanced(bySeconds: 86_400))
    let changed = try await client.update(
      1,
      GitHubIssueChange(
        body: "worse\n\u{1F4C8}", state: .closed, stateReason: "completed", labels: ["load-test"]))
    #expect(changed.body == "worse\n\u{1F4C8}" && changed.state == .closed && changed.labels == ["load-test"])
    #expect(
      changed.closedBy == "github-actions[bot]" && changed.closedAt?.description == "2026-11-24T02:13:20Z")
    try await gitHub.reopen(1, by: "ada")
    let reopened = try await client.issue(1)
    #expect(reopened.state == .open && reopened.stateReason == "reopened" && reopened.closedBy == nil)
    let comment = try await client.comment(on: 1, "still slow")
    try await gitHub.comment(on: 1, "on it", by: "ada")
    _ = try await client.change(comment: comment.id, "slower")
    let comments = try await client.comments(on: 1)
    #expect(
      comments.map(\.body) == ["slower", "on it"] && comments.map(\.author) == ["github-actions[bot]", "ada"])
    #expect(await gitHub.state()["labels"]?.array?.count == 2)
    #expect(await gitHub.issues().first?["assignees"]?.array?.first?["login"] == "ada")
  }

  @Test func `a list has many pages, other people's issues and pull requests among them`() async throws {
    let gitHub = try await GitHubServer(now: now)
    for number in 1...230 {
      await gitHub.setNow(now.advanced(bySeconds: Double(number)))
      if number % 10 == 0 {
        await gitHub.open(pull: "change", by: "bo", head: String(repeating: "a", count: 40))
      } else {
        try await gitHub.open(
          issue: "issue", by: "ada", labels: number % 2 == 0 ? ["load-test", "x"] : ["x"])
      }
    }
    try await gitHub.close(2, by: "ada")
    let client = try gitHub.client(prefix: "/api/v3")
    let all = try await client.issues(labels: [], state: .all, since: nil).map(\.number)
    #expect(all == (1...230).reversed().filter { $0 % 10 != 0 })
    let open = try await client.issues(labels: ["load-test", "X"], state: .open, since: nil).map(\.number)
    #expect(open == (3...230).reversed().filter { $0 % 2 == 0 && $0 % 10 != 0 })
    let recent = try await client.issues(
      labels: [], state: .all, since: now.advanced(bySeconds: 225.5)
    ).map(\.number)
    // Number 2 was closed last of all, and 225 is in the same second as what is asked for.
    #expect(recent == [229, 228, 227, 226, 225, 2])
    let paths = await gitHub.requests().prefix(3).compactMap { $0["path"]?.string }
    #expect(
      paths == [
        "/api/v3/repos/acme/checkout/issues", "/api/v3/repositories/4711/issues",
        "/api/v3/repositories/4711/issues",
      ])
  }

  @Test func `statuses, pull requests and commits`() async throws {
    let gitHub = try await GitHubServer(now: now)
    let shas = (0..<130).map { String(format: "%040x", $0 + 1) }
    for (index, sha) in shas.enumerated() {
      await gitHub.add(
        commit: sha, "Commit \(index)\n\nwith more", by: index == 1 ? nil : "ada", name: "Bo Name")
    }
    await gitHub.open(pull: "change", by: "ada", head: shas[5], commits: [shas[4]], mergeCommit: shas[6])
    let client = try gitHub.client()
    let range = try await client.compare(shas[0], shas[129])
    #expect(range.total == 129 && range.commits.count == 100 && range.commits[0].author == "Bo Name")
    #expect(range.commits[1] == .init(sha: shas[2], title: "Commit 2", author: "ada"))
    #expect(range.url == "https://github.com/acme/checkout/compare/\(shas[0])...\(shas[129])")
    for sha in shas[4...6] {
      #expect(try await client.pullRequests(of: sha) == [.init(number: 1, state: .closed, isMerged: true)])
    }
    #expect(try await client.pullRequests(of: shas[7]) == [])
    let status = GitHubStatus(
      state: .failure, description: String(repeating: "µ", count: 140), context: "k6-grid/shop",
      targetURL: "https://acme.example/#n")
    try await client.set(status, on: shas[9])
    try await client.set(status, on: shas[9])
    let kept = await gitHub.statuses()
    #expect(kept.count == 2 && kept[0]["sha"] == .string(shas[9]) && kept[0]["context"] == "k6-grid/shop")
    let long = GitHubStatus(state: .error, description: String(repeating: "x", count: 141), context: "c")
    let refused = await error { try await client.set(long, on: shas[9]) }
    #expect(
      refused?.description.contains(
        "422 Validation Failed (description is too long (maximum is 140 characters))") == true)
    let unknown = await error { try await client.set(status, on: String(repeating: "f", count: 40)) }
    #expect(unknown?.description.contains("422 No commit found for SHA: ffff") == true)
    let gone = await error { _ = try await client.compare("abcdefabcdef", shas[0]) }
    #expect(
      gone?.description.contains("there is no commit abcdefabcdef or \(shas[0]) in acme/checkout") == true)
  }

  @Test func `what GitHub refuses is said in one sentence`() async throws {
    let gitHub = try await GitHubServer(login: "ada", now: now)
    let client = try gitHub.client()
    #expect(try await client.login() == "ada")
    let draft = GitHubIssueDraft(title: "slow", body: "why")
    func refused(_ client: GitHubClient, _ draft: GitHubIssueDraft = draft) async -> String {
      await error { _ = try await client.create(draft) }?.description ?? "it was taken"
    }
    #expect(
      try await refused(gitHub.client(token: "ghp_other")).contains(
        "401 Bad credentials: GITHUB_TOKEN is not valid"))
    #expect(
      await refused(client, .init(title: "t", body: String(repeating: "x", count: 65_537))).contains(
        "body is too long (maximum is 65536 characters)"))
    #expect(await refused(client, .init(title: " ", body: "b")).contains("Issue.title missing_field"))
    await gitHub.setAssignable(["ada"])
    #expect(
      await refused(client, .init(title: "t", body: "b", assignees: ["bo"])).contains(
        "Issue.assignees invalid"))
    await gitHub.permit(["issues": "read"])
    #expect(
      await refused(client).contains(
        "403 Resource not accessible by personal access token: the token lacks the permission issues: write"))
    await gitHub.permit(["issues": "write"])
    await gitHub.setIssues(enabled: false)
    #expect(await refused(client).contains("410 Issues are disabled for this repo"))
    await gitHub.rename(to: "acme/shop")
    #expect(
      await refused(client).contains(
        "has moved to \(gitHub.address)/repositories/4711/issues: set alert.repository"))
    let moved = await error { _ = try await client.issue(1) }
    #expect(moved?.status == 301)
    #expect(await gitHub.issues().isEmpty)
  }

  @Test func `an over-long body that GitHub silently did not take is an error`() async throws {
    let gitHub = try await GitHubServer(now: now)
    let client = try gitHub.client(host: Impatient().host)
    let issue = try await client.create(GitHubIssueDraft(title: "slow", body: "old"))
    let comment = try await client.comment(on: issue.number, "old")
    let long = String(repeating: "x", count: 262_145)
    for what in ["issue", "comment"] {
      let lost = await error {
        if what == "issue" {
          _ = try await client.update(issue.number, GitHubIssueChange(title: "worse", body: long))
        } else {
          _ = try await client.change(comment: comment.id, long)
        }
      }
      #expect(lost?.description.contains("is not what was sent (262145 bytes)") == true)
    }
    let kept = await gitHub.issues().first
    #expect(kept?["body"] == "old" && kept?["title"] == "worse")
    _ = try await client.update(issue.number, GitHubIssueChange(body: String(long.dropLast())))
  }

  @Test(
    arguments: [
      ("retry-after", 3, "seconds", 3.0), ("rate-limit", 20, "seconds", 21.0),
      ("secondary-limit", 0, "", 60.0),
    ])
  func `a limit is waited for`(fault: String, number: Int, member: String, least: Double) async throws {
    let gitHub = try await GitHubServer()
    var told: [String: JSON] = ["fault": .string(fault), "method": "POST", "calls": [1]]
    if !member.isEmpty { told[member] = .number(Double(number)) }
    try await gitHub.addFaults([.object(told)])
    let clock = Impatient()
    let issue = try await gitHub.client(host: clock.host).create(GitHubIssueDraft(title: "slow", body: "why"))
    #expect(issue.number == 1 && clock.slept.count == 1)
    #expect((least - 2...least + 7).contains(clock.slept.first ?? 0), "\(clock.slept)")
    #expect(await gitHub.requests().compactMap { $0["status"]?.integer }.last == 201)
  }

  @Test(arguments: ["bad-gateway", "bad-gateway-after", "cut-before", "cut"])
  func `what may be repeated is repeated`(fault: String) async throws {
    let gitHub = try await GitHubServer(now: now)
    try await gitHub.open(issue: "slow", by: "ada")
    try await gitHub.addFaults([["fault": .string(fault), "calls": [1, 2]]])
    let clock = Impatient()
    let client = try gitHub.client(host: clock.host)
    #expect(try await client.update(1, GitHubIssueChange(title: "slower")).title == "slower")
    #expect(clock.slept.count == 2 && clock.slept.allSatisfy { $0 >= 0.5 && $0 <= 2 })
    #expect(await gitHub.requests().count == 3)
  }

  @Test(
    arguments: [
      ("bad-gateway", false, true), ("bad-gateway-after", true, true), ("cut-before", false, true),
      ("cut", true, true), ("cut-json", true, true), ("html", false, true), ("forbidden", false, false),
      ("not-found", false, false), ("renamed", false, false),
    ])
  func `an issue is not opened twice`(fault: String, isThere: Bool, mayBe: Bool) async throws {
    let gitHub = try await GitHubServer(now: now)
    try await gitHub.addFaults([
      ["fault": .string(fault), "method": "POST", "path": "*/issues", "calls": [1]]
    ])
    let client = try gitHub.client(host: Impatient().host)
    let found = await error { _ = try await client.create(GitHubIssueDraft(title: "slow", body: "why")) }
    #expect(found?.mayHaveBeenCarriedOut == mayBe, "\(String(describing: found))")
    #expect(await gitHub.requests().count == 1)
    #expect(await gitHub.issues().count == (isThere ? 1 : 0))
  }

  @Test func `an answer that does not come in time is no answer`() async throws {
    let gitHub = try await GitHubServer(now: now)
    try await gitHub.addFaults([["fault": "hang", "milliseconds": 30_000, "method": "POST"]])
    let client = try gitHub.client().within(1)
    let late = await error { _ = try await client.comment(on: 1, "words") }
    #expect(late?.mayHaveBeenCarriedOut == true && late?.status == nil, "\(String(describing: late))")
  }

  @Test func `two runs that look at the same moment both find nothing`() async throws {
    let gitHub = try await GitHubServer(now: now)
    try await gitHub.addFaults([
      ["fault": "together", "count": 2, "method": "GET", "path": "*/issues", "calls": [1, 2]]
    ])
    @Sendable func run(_ name: String) async throws -> Int {
      let client = try gitHub.client()
      let found = try await client.issues(labels: ["load-test"], state: .open, since: nil)
      guard found.isEmpty else { return 0 }
      return try await client.create(.init(title: name, body: name, labels: ["load-test"])).number
    }
    async let one = run("one")
    async let other = run("other")
    #expect(try await Set([one, other]) == [1, 2])
    #expect(try await run("third") == 0)
  }
}
