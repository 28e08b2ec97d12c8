import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

@Suite struct GitHubClientTests {
  private func page(_ numbers: [Int], next: String? = nil, pulls: Set<Int> = []) -> ScriptedGitHub.Answer {
    .json(
      200, .array(numbers.map { GitHubSamples.issue($0, isPull: pulls.contains($0)) }),
      next.map { ["link": "<\($0)>; rel=\"next\""] } ?? [:])
  }

  @Test func `a list has all pages, no pull requests, nothing twice`() async throws {
    let second = "https://api.github.com/repositories/4711/issues?state=all&page=2"
    let gitHub = ScriptedGitHub([
      page([9, 8, 7], next: second, pulls: [8]), page([7, 6], pulls: []),
    ])
    let found = try await gitHub.client().issues(
      labels: ["load-test", "suite:shop"], state: .all, since: Samples.instant(1_790_000_000.75))
    #expect(found.map(\.number) == [9, 7, 6])
    #expect(gitHub.requests.map(\.path) == ["/repos/acme/checkout/issues", "/repositories/4711/issues"])
    #expect(
      gitHub.requests.map(\.query) == [
        "state=all&sort=created&direction=desc&per_page=100&labels=load-test%2Csuite%3Ashop&since=2026-09-21T14%3A13%3A20Z",
        "state=all&page=2",
      ])
  }

  @Test func `an issue is read with what may be missing`() async throws {
    var json = GitHubSamples.issue(author: .null).object ?? [:]
    (json["body"], json["closed_by"], json["closed_at"]) = (
      .null, ["login": "ada"], "2026-11-24T02:31:04Z"
    )
    (json["state"], json["state_reason"]) = ("closed", "not_planned")
    let issue = try await ScriptedGitHub([.json(200, .object(json))]).client().issue(12)
    #expect(issue.author == "ghost" && issue.body == nil && issue.closedBy == "ada" && issue.state == .closed)
    #expect(issue.labels == ["load-test", "suite:shop"] && issue.stateReason == "not_planned")
    #expect(issue.closedAt?.description == "2026-11-24T02:31:04Z")
  }

  @Test func `a list without end, and a page elsewhere, are errors`() async {
    let round = page([1], next: "https://api.github.com/repositories/4711/issues?page=2")
    let endless = ScriptedGitHub([round])
    let error = await gitHubError {
      _ = try await endless.client().issues(labels: [], state: .open, since: nil)
    }
    #expect(error?.description.contains("it has more than 50 pages") == true)
    #expect(endless.requests.count == 50)
    let elsewhere = ScriptedGitHub([page([1], next: "https://evil.example/?page=2")])
    let other = await gitHubError {
      _ = try await elsewhere.client().issues(labels: [], state: .open, since: nil)
    }
    #expect(other?.description.contains("its next page is elsewhere (https://evil.example/?page=2)") == true)
    #expect(elsewhere.requests.count == 1)
  }

  @Test func `on a GitHub Enterprise Server the path's prefix stays`() async throws {
    let next = "https://github.acme.example/api/v3/repositories/1/issues/12/comments?page=2"
    let gitHub = ScriptedGitHub([
      .json(200, [GitHubSamples.comment(1)], ["link": "<\(next)>; rel=\"next\""]),
      .json(200, [GitHubSamples.comment(2)]),
    ])
    let client = try gitHub.client(api: "https://github.acme.example/api/v3")
    #expect(try await client.comments(on: 12).map(\.id) == [1, 2])
    #expect(
      gitHub.requests.map { "\($0.scheme)://\($0.host)\($0.path)" } == [
        "https://github.acme.example/api/v3/repos/acme/checkout/issues/12/comments",
        "https://github.acme.example/api/v3/repositories/1/issues/12/comments",
      ])
  }

  @Test func `a changed body is read back, and an old one that was kept is an error`() async throws {
    // Lines may end in another way, and what is blank at the end goes.
    let kept = ScriptedGitHub([
      .json(200, GitHubSamples.issue(body: "old")), .json(200, GitHubSamples.issue(body: "a\r\nb")),
    ])
    _ = try await kept.client().update(12, GitHubIssueChange(body: "a\nb\n\n"))
    #expect(kept.requests.map(\.method) == ["PATCH", "GET"])
    let lost = ScriptedGitHub([
      .json(200, GitHubSamples.issue(body: "new")), .json(200, GitHubSamples.issue(body: "old")),
    ])
    let error = await gitHubError {
      _ = try await lost.client().update(12, GitHubIssueChange(body: "new", state: .closed))
    }
    #expect(
      error?.description
        == "GitHub did not take PATCH /repos/acme/checkout/issues/12: the body of issue #12 is not what was sent (3 bytes): GitHub keeps the old text in place of one that is too long, or somebody else has changed it at the same moment"
    )
    let comment = ScriptedGitHub([
      .json(200, GitHubSamples.comment(7, "new")), .json(200, GitHubSamples.comment(7, "old")),
    ])
    let other = await gitHubError { _ = try await comment.client().change(comment: 7, "new") }
    #expect(other?.description.contains("comment 7 is not what was sent") == true)
    let title = ScriptedGitHub([.json(200, GitHubSamples.issue())])
    _ = try await title.client().update(12, GitHubIssueChange(title: "new"))
    #expect(title.requests.count == 1)
  }

  @Test func `a copy that lags behind is looked at once more`() async throws {
    let clock = SleptClock()
    let gitHub = ScriptedGitHub(["new", "old", "new"].map { .json(200, GitHubSamples.issue(body: $0)) })
    _ = try await gitHub.client(clock).update(12, GitHubIssueChange(body: "new"))
    #expect(gitHub.requests.map(\.method) == ["PATCH", "GET", "GET"] && clock.sleeps == [2])
  }

  @Test func `a label that is there already is fine, another refusal is not`() async throws {
    let labels = ["a", "b"].map { GitHubLabel(name: $0, color: "5319e7", description: "of tests") }
    let exists = JSON([
      "message": "Validation Failed", "errors": [["resource": "Label", "code": "already_exists"]],
    ])
    let gitHub = ScriptedGitHub([.json(422, exists), .json(201, ["name": "b"])])
    try await gitHub.client().ensure(labels)
    #expect(gitHub.requests.count == 2)
    let invalid = JSON([
      "message": "Validation Failed", "errors": [["resource": "Label", "code": "invalid", "field": "color"]],
    ])
    let error = await gitHubError { try await ScriptedGitHub([.json(422, invalid)]).client().ensure(labels) }
    #expect(error?.description.contains("422 Validation Failed (Label.color invalid)") == true)
  }

  @Test func `who we are`() async throws {
    #expect(try await ScriptedGitHub([.json(200, ["login": "ada"])]).client().login() == "ada")
    let actions = ScriptedGitHub([.refusal(403, "Resource not accessible by integration")])
    #expect(try await actions.client().login() == "github-actions[bot]")
    let limited = ScriptedGitHub([.refusal(403, "rate limit", ["retry-after": "900"])])
    let error = await gitHubError { _ = try await limited.client().login() }
    #expect(error?.isRateLimit == true)
  }

  @Test func `commits between two, and the pull requests of one`() async throws {
    let commits: JSON = [
      [
        "sha": "a1", "commit": ["message": "One\n\nand more", "author": ["name": "Ada L."]],
        "author": ["login": "ada"],
      ],
      ["sha": "b2", "commit": ["message": "Two", "author": ["name": "Bo"]], "author": [:]],
      ["sha": "c3", "commit": ["message": "", "author": .null], "author": .null],
    ]
    let gitHub = ScriptedGitHub([
      .json(200, ["total_commits": 3, "commits": commits, "html_url": "https://github.com/c"])
    ])
    let range = try await gitHub.client().compare("9f31c02", "c4/d8")
    #expect(
      range
        == CommitRange(
          total: 3,
          commits: [
            .init(sha: "a1", title: "One", author: "ada"), .init(sha: "b2", title: "Two", author: "Bo"),
            .init(sha: "c3", title: "", author: nil),
          ], url: "https://github.com/c"))
    #expect(gitHub.requests[0].path == "/repos/acme/checkout/compare/9f31c02...c4%2Fd8")
    let pulls = ScriptedGitHub([
      .json(
        200,
        [
          ["number": 3, "state": "closed", "merged_at": "2026-11-23T02:31:04Z"],
          ["number": 2, "state": "open", "merged_at": .null],
        ])
    ])
    #expect(
      try await pulls.client().pullRequests(of: "c4d8e1a") == [
        GitHubPullRequest(number: 3, state: .closed, isMerged: true),
        GitHubPullRequest(number: 2, state: .open, isMerged: false),
      ])
  }

  @Test func `calls within one patience give up together`() async throws {
    let clock = SleptClock()
    let gitHub = ScriptedGitHub([.unconnected])
    let client = try gitHub.client(clock).within(10)
    let first = await gitHubError { _ = try await client.issue(1) }
    #expect(first?.attempts == 4 && clock.sleeps.reduce(0, +) < 10)
    #expect(gitHub.requests.map(\.timeout) == gitHub.requests.map { min($0.timeout, .seconds(10)) })
    clock.advance(10)
    let second = await gitHubError { _ = try await client.issue(1) }
    #expect(
      second?.description
        == "GET /repos/acme/checkout/issues/1 was not sent to GitHub: the calls before it have used up the time that there was"
    )
    #expect(gitHub.requests.count == 4 && second?.mayHaveBeenCarriedOut == false)
  }

  @Test func `a dry run shows what it would write, and reads`() async throws {
    let shown = Mutex<[String]>([])
    let gitHub = ScriptedGitHub([.json(200, GitHubSamples.issue(body: "old"))])
    let client = try gitHub.client(show: { text in shown.withLock { $0.append(text) } })
    let created = try await client.create(GitHubIssueDraft(title: "slow", body: "why", labels: ["a"]))
    #expect(created.number == 0 && created.title == "slow" && created.labels == ["a"])
    let changed = try await client.update(12, GitHubIssueChange(body: "new", state: .closed))
    #expect(changed.body == "new" && changed.state == .closed && changed.title == "slow")
    #expect(try await client.comment(on: 12, "words").body == "words")
    #expect(try await client.change(comment: 7, "others").id == 7)
    try await client.ensure([GitHubLabel(name: "a", color: "ffffff", description: "")])
    try await client.set(GitHubStatus(state: .success, description: "fine", context: "k6"), on: "c4d8e1a")
    #expect(gitHub.requests.map(\.method) == ["GET"])
    let texts = shown.withLock(\.self)
    #expect(texts.count == 6 && !texts.joined().contains("ghs_secret"))
    #expect(
      texts.first
        == "POST https://api.github.com/repos/acme/checkout/issues\n{\"body\":\"why\",\"labels\":[\"a\"],\"title\":\"slow\"}\n"
    )
  }

  @Test(arguments: ["", "checkout", "acme/checkout/x", "acme/", "acme/che ckout", "../x"])
  func `a repository that is none is refused`(name: String) {
    #expect(throws: UsageError.self) {
      try GitHubClient(
        repository: name, token: "t", api: "https://api.github.com", transport: ScriptedGitHub([.cut]),
        host: SleptClock().host)
    }
  }
}
