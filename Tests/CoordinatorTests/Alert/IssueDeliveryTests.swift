import Shared
import Testing

@testable import Coordinator

@Suite struct IssueDeliveryTests {
  private let gitHub = PaperGitHub()

  private func send(_ verdicts: [Verdict]) async throws -> AlertDelivery.Sent {
    try await IssueDelivery(
      gitHub: gitHub.client(), settings: AlertSettings.IssueSettings(),
      now: { HistorySamples.night(20).startedAt }
    ).send(try AlertSamples.facts(verdicts))
  }

  @Test func `a trouble from its first night to its end`() async throws {
    let opened = try await send([.pass, .fail])
    #expect(opened.what == "issue #101 was opened")
    #expect(opened.issue == IssueLink(number: 101, url: "https://github.com/acme/shop/issues/101"))
    #expect(try await send([.pass, .fail, .fail]).what == "issue #101 was edited")
    let recovered = try await send([.pass, .fail, .fail, .pass])
    #expect(recovered.what == "issue #101 was closed: the suite has recovered")
    #expect(recovered.issue?.number == 101)
    #expect(
      try await send([.pass, .fail, .fail, .pass, .pass]).what
        == "nothing goes on, and no issue is open")
    #expect(try await send([.pass, .fail, .fail, .pass, .pass, .fail]).what == "issue #101 was opened again")
    let issues = await gitHub.issues
    #expect(issues.count == 1 && issues[101]?.state == "open" && issues[101]?.stateReason == "reopened")
    #expect(await gitHub.comments.count == 2)
    // A list does not say who closed it.
    #expect(await gitHub.log.filter { $0 == "GET /issues/101" }.count > 0)
  }

  @Test func `the labels are there before an issue has them`() async throws {
    _ = try await send([.fail])
    #expect(await gitHub.writes() == ["POST /labels", "POST /labels", "POST /labels", "POST /issues"])
    await gitHub.clearLog()
    _ = try await send([.fail, .fail])
    #expect(await gitHub.writes() == ["PATCH /issues/101"])
  }

  @Test func `the same run again writes nothing`() async throws {
    for nights in [[Verdict.pass, .fail], [.pass, .fail, .incomplete], [.pass, .fail, .incomplete, .pass]] {
      _ = try await send(nights)
      let before = await (gitHub.issues.mapValues(\.body), gitHub.comments.count)
      await gitHub.clearLog()
      let again = try await send(nights)
      #expect(again.what.hasSuffix("issue #101 has heard of this run before") && again.issue?.number == 101)
      #expect(await gitHub.writes() == [])
      #expect(await gitHub.issues.mapValues(\.body) == before.0)
      #expect(await gitHub.comments.count == before.1)
    }
  }

  /// The answer is lost, and with a second try that begins from nothing it is the same as a crash.
  @Test func `an issue whose opening was not answered is found, not opened twice`() async throws {
    await gitHub.cut("POST /issues")
    #expect(try await send([.pass, .fail]).issue?.number == 101)
    #expect(await gitHub.issues.count == 1)
  }

  @Test func `a comment whose posting was not answered is found, and one after a crash is not doubled`()
    async throws
  {
    _ = try await send([.pass, .fail])
    await gitHub.cut("POST /issues/101/comments")
    _ = try await send([.pass, .fail, .incomplete])
    #expect(await gitHub.comments.count == 1)
    // Cut off between the comment and the edit that closes.
    await gitHub.cut("PATCH /issues/101", times: 1000)
    await #expect(throws: GitHubError.self) { try await send([.pass, .fail, .incomplete, .pass]) }
    await gitHub.cut("PATCH /issues/101", times: 0)
    _ = try await send([.pass, .fail, .incomplete, .pass])
    #expect(await gitHub.comments.count == 2)
    #expect(await gitHub.issues[101]?.state == "closed")
  }

  @Test func `of two runs that open one at once, the later one closes its own`() async throws {
    let facts = try AlertSamples.facts([.pass, .fail])
    await gitHub.race(try IssueText(facts: facts).body(IssueMarker(facts, kind: .service)))
    let sent = try await send([.pass, .fail])
    #expect(
      sent.what == "issue #101 was opened by another run at the same time; #102 was closed for it")
    #expect(sent.issue?.number == 101)
    let issues = await gitHub.issues
    #expect(issues[101]?.state == "open" && issues[102]?.state == "closed")
    #expect(await gitHub.comments.map(\.issue) == [102])
  }

  @Test func `without its labels an issue is not found again: that is said`() async throws {
    await gitHub.dropLabels()
    await #expect {
      _ = try await send([.fail])
    } throws: { error in
      "\(error)".hasPrefix("issue #101 was opened, but GitHub left its labels load-test and suite:suite out")
    }
  }

  @Test func `somebody else's issue with our labels, our marker even, stays as it is`() async throws {
    let facts = try AlertSamples.facts([.fail])
    let body = try IssueText(facts: facts).body(IssueMarker(facts, kind: .service))
    await gitHub.add(issue: "mine", body, labels: ["load-test", "suite:suite"], author: "octocat")
    #expect(try await send([.fail]).issue?.number == 102)
    #expect(try await send([.fail, .pass]).issue?.number == 102)
    let theirs = await gitHub.issues[101]
    #expect(theirs?.body == body && theirs?.state == "open" && theirs?.title == "mine")
  }

  @Test func `a run that a newer one speaks for asks nothing`() async throws {
    let delivery = IssueDelivery(
      gitHub: try await gitHub.client(), settings: AlertSettings.IssueSettings(), now: { Samples.instant(0) })
    let sent = try await delivery.send(try AlertSamples.facts([.fail], supersededBy: RunID("later")))
    #expect(sent.what == "nothing is done: run later is newer, and speaks for the suite")
    #expect(await gitHub.log == [])
  }
}
