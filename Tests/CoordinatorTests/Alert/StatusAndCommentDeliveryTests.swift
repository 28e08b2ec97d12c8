import Shared
import Testing

@testable import Coordinator

@Suite struct StatusAndCommentDeliveryTests {
  private let gitHub = PaperGitHub()
  private static let sha = String(repeating: "c4d8e1a0", count: 5)

  private func facts(
    _ verdicts: [Verdict], commit: String? = sha, pullRequest: Int? = nil, release: HistoryRecord? = nil
  ) throws -> AlertFacts {
    let facts = try AlertSamples.facts(verdicts)
    let result = try AlertSamples.changed(facts.result) { document in
      var plan = document["plan"] as? [String: Any] ?? [:]
      (plan["commit"], plan["pull_request"]) = (commit, pullRequest)
      document["plan"] = plan
    }
    return AlertFacts(
      result: result, night: facts.night, situation: facts.situation, reference: nil, lastGreen: nil,
      lastGreenRelease: release, thresholds: facts.thresholds, step: nil, release: nil, moves: [],
      links: facts.links, supersededBy: nil)
  }

  private func set(_ facts: AlertFacts, isRelease: Bool = false, context: String? = nil) async throws
    -> String
  {
    try await StatusDelivery(
      gitHub: gitHub.client(), settings: AlertSettings.StatusSettings(context: context), isRelease: isRelease
    ).send(facts).what
  }

  @Test func `the status is set on the run's commit`() async throws {
    #expect(try await set(try facts([.pass, .fail])) == "failure was set on c4d8e1a as k6-grid/suite")
    #expect(
      await gitHub.statuses == [
        PaperGitHub.Status(
          state: "failure", description: "p95 960 ms > 800 ms · errors 0.31 % · night 1",
          context: "k6-grid/suite",
          targetUrl: "https://acme.github.io/shop/#n-2025-10-10", sha: Self.sha)
      ])
  }

  @Test func `a release has its own context and commit`() async throws {
    var release = HistorySamples.night(0)
    (release.commit, release.release) = ("9f31c02", "v2.40")
    let what = try await set(try facts([.fail], release: release), isRelease: true, context: "nightly")
    #expect(what == "failure was set on 9f31c02 as nightly/release")
    #expect(await gitHub.statuses.first?.description.hasPrefix("since v2.40 · p95 960 ms") == true)
    #expect(
      try await set(try facts([.fail]), isRelease: true) == "no status was set: no release has passed yet")
  }

  @Test func `without a commit there is none, and what is no commit is said`() async throws {
    #expect(
      try await set(try facts([.fail], commit: nil))
        == "no status was set: the run does not know of which commit it is")
    await #expect(throws: StatusCommitUnknown.self) { try await set(try facts([.fail], commit: "main/../x")) }
    #expect(await gitHub.log == [])
  }

  private func comment(_ facts: AlertFacts, _ when: AlertSettings.Comment = .problem) async throws -> String {
    try await CommentDelivery(gitHub: gitHub.client(), when: when).send(facts).what
  }

  @Test func `a pull request's comment comes with a problem, and is kept up to date`() async throws {
    #expect(try await comment(try facts([.pass], pullRequest: 7)) == "no comment on #7: the run passed")
    #expect(try await comment(try facts([.pass, .fail], pullRequest: 7)) == "#7 got a comment")
    #expect(
      try await comment(try facts([.pass, .fail], pullRequest: 7)) == "the comment on #7 says it already")
    #expect(
      try await comment(try facts([.pass, .fail, .pass], pullRequest: 7)) == "the comment on #7 was edited")
    let comments = await gitHub.comments
    #expect(comments.count == 1 && comments[0].body.contains("### Load test passed: suite"))
    // An older run that is told again.
    let old = try await comment(try facts([.pass, .fail], pullRequest: 7))
    #expect(old == "the comment on #7 is of run night-2, which is newer")
    #expect(await gitHub.comments.first?.body == comments[0].body)
  }

  @Test func `always is always`() async throws {
    #expect(try await comment(try facts([.pass], pullRequest: 7), .always) == "#7 got a comment")
  }

  @Test func `somebody else's comment with our marker is not ours`() async throws {
    let body = try CommentText(facts: try facts([.fail], pullRequest: 7)).body()
    await gitHub.add(body, on: 7, author: "octocat")
    #expect(try await comment(try facts([.pass, .fail], pullRequest: 7)) == "#7 got a comment")
    #expect(await gitHub.comments.map(\.user.login) == ["octocat", PaperGitHub.login])
  }

  @Test func `a commit's pull requests are told, those that were given up are not`() async throws {
    await gitHub.setPulls([(3, "closed", true), (4, "closed", false), (5, "open", false)])
    #expect(try await comment(try facts([.fail])) == "#3 got a comment; #5 got a comment")
    await gitHub.setPulls([])
    #expect(try await comment(try facts([.fail])) == "no comment: the run is of no pull request")
    #expect(try await comment(try facts([.fail], commit: nil)) == "no comment: the run is of no pull request")
  }

  @Test func `a comment whose posting was not answered is found`() async throws {
    await gitHub.cut("POST /issues/7/comments")
    #expect(try await comment(try facts([.fail], pullRequest: 7)) == "the comment on #7 says it already")
    #expect(await gitHub.comments.count == 1)
  }
}
