import Shared
import TestSupport
import Testing

@testable import Coordinator

/// Every refusal is one sentence: the call, what GitHub said, what to do.
@Suite struct GitHubErrorTests {
  private let draft = GitHubIssueDraft(title: "slow", body: "why")

  private func error(_ answers: [ScriptedGitHub.Answer], _ clock: SleptClock = SleptClock()) async
    -> GitHubError?
  {
    await gitHubError { _ = try await ScriptedGitHub(answers).client(clock).create(draft) }
  }

  @Test(
    arguments: [
      (
        .refusal(
          403, "Resource not accessible by integration",
          ["X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"]),
        "refused POST /repos/acme/checkout/issues: 403 Resource not accessible by integration: the token lacks the permission issues: write or pull-requests: write; a workflow grants it under permissions:"
      ),
      (
        .refusal(403, "Resource not accessible by integration"),
        "refused POST /repos/acme/checkout/issues: 403 Resource not accessible by integration: the token lacks the permission issues: write; a workflow grants it under permissions:"
      ),
      (
        .refusal(403, "Repository was archived so is read-only."),
        "refused POST /repos/acme/checkout/issues: 403 Repository was archived so is read-only.: an archived repository takes nothing new"
      ),
      (
        .refusal(401, "Bad credentials"),
        "refused POST /repos/acme/checkout/issues: 401 Bad credentials: GITHUB_TOKEN is not valid there, or has expired: a workflow's own ends with its job"
      ),
      (
        .refusal(404, "Not Found"),
        "refused POST /repos/acme/checkout/issues: 404 Not Found: there is no repository acme/checkout, or the token may not see it (it needs issues: write)"
      ),
      (
        .refusal(410, "Issues are disabled for this repo"),
        "refused POST /repos/acme/checkout/issues: 410 Issues are disabled for this repo: issues are switched off in the repository's settings: switch them on, or leave out alert.issue"
      ),
      (
        .json(
          422,
          [
            "message": "Validation Failed",
            "errors": [
              [
                "resource": "Issue", "code": "custom", "field": "body",
                "message": "body is too long (maximum is 65536 characters)",
              ], ["resource": "Issue", "code": "missing_field", "field": "title"], "and a text",
            ],
          ]),
        "refused POST /repos/acme/checkout/issues: 422 Validation Failed (body is too long (maximum is 65536 characters); Issue.title missing_field; and a text)"
      ),
      (
        .json(
          307, ["message": "Moved Permanently"],
          ["location": "https://api.github.com/repositories/4711/issues"]),
        "refused POST /repos/acme/checkout/issues: 307 Moved Permanently: the repository was renamed or has moved to https://api.github.com/repositories/4711/issues: set alert.repository (or GITHUB_REPOSITORY) to its name of today"
      ),
      (
        .success(HTTPResponse(status: 302, headers: [("Location", "https://sso.acme.example/login")])),
        "refused POST /repos/acme/checkout/issues: 302: it leads on to 'https://sso.acme.example/login': set GITHUB_API_URL to where the API is"
      ),
      (
        .html(502),
        "failed at POST /repos/acme/checkout/issues: 502 (text/html in place of JSON): it may have been carried out, so it is not repeated without a look"
      ),
      (.html(418), "refused POST /repos/acme/checkout/issues: 418 (text/html in place of JSON)"),
      (
        .cut,
        "did not answer POST /repos/acme/checkout/issues: api.github.com closed the connection before its answer was whole: it may have been carried out, so it is not repeated without a look"
      ),
      (
        .unconnected,
        "did not answer POST /repos/acme/checkout/issues after 5 attempts: no connection to api.github.com: check the network, and GITHUB_API_URL if it is set"
      ),
    ] as [(ScriptedGitHub.Answer, String)])
  func `a refusal is one sentence`(answer: ScriptedGitHub.Answer, sentence: String) async {
    let error = await error([answer])
    #expect(error?.description == "GitHub \(sentence)")
  }

  @Test(
    arguments: [
      (.html(502), true), (.cut, true), (.unconnected, false), (.refusal(422, "no"), false),
      (.refusal(403, "no", ["retry-after": "600"]), false), (.html(201), true),
    ] as [(ScriptedGitHub.Answer, Bool)])
  func `an error says whether it may have been done`(answer: ScriptedGitHub.Answer, mayBe: Bool) async {
    let error = await error([answer])
    #expect(error?.mayHaveBeenCarriedOut == mayBe)
  }

  @Test func `a limit that would outlast the patience says until when`() async {
    let clock = SleptClock(1_800_000_000)
    let error = await error(
      [
        .refusal(
          403, "API rate limit exceeded", ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000600"])
      ], clock)
    #expect(clock.sleeps.isEmpty && error?.isRateLimit == true && error?.isTransient == true)
    #expect(
      error?.description
        == "GitHub takes no more calls for now, POST /repos/acme/checkout/issues among them: 403 API rate limit exceeded: it asks to wait until 2027-01-15T08:10:01Z, which is longer than there is time for"
    )
  }

  @Test func `a limit that comes again and again is an error as well`() async {
    let clock = SleptClock()
    let error = await error([.refusal(403, "slow down", ["retry-after": "1"])], clock)
    #expect(clock.sleeps == [1, 1, 1, 1])
    #expect(
      error?.description
        == "GitHub takes no more calls for now, POST /repos/acme/checkout/issues among them after 5 attempts: 403 slow down: it asks to wait until 2027-01-15T08:00:05Z"
    )
  }

  @Test func `a limit within the patience is waited for, a creation too`() async throws {
    let clock = SleptClock()
    let gitHub = ScriptedGitHub([
      .refusal(403, "You have exceeded a secondary rate limit.", ["retry-after": "31"]),
      .json(201, GitHubSamples.issue()),
    ])
    #expect(try await gitHub.client(clock).create(draft).number == 12)
    #expect(clock.sleeps == [31] && gitHub.requests.count == 2)
  }

  @Test func `a doubt of an earlier attempt is not forgotten`() async {
    let error = await gitHubError {
      _ = try await ScriptedGitHub([.cut, .refusal(422, "no")]).client().update(12, .init(title: "new"))
    }
    #expect(error?.attempts == 2 && error?.mayHaveBeenCarriedOut == true && error?.status == 422)
  }

  @Test(
    arguments: [
      (.html(200), "it is text/html in place of JSON"),
      (.json(200, []), "expected"), (.json(200, ["number": 12]), "'title' is missing"),
      (.json(200, ["number": "12"]), "expected Int at number"),
      (
        .success(
          HTTPResponse(
            status: 200, headers: [("content-type", "application/json")], body: Array(#"{"num"#.utf8))),
        "not valid JSON"
      ), (.success(HTTPResponse(status: 204)), "it is no content type in place of JSON"),
    ] as [(ScriptedGitHub.Answer, String)])
  func `an answer that is not what was expected is one sentence`(answer: ScriptedGitHub.Answer, words: String)
    async
  {
    let error = await gitHubError { _ = try await ScriptedGitHub([answer]).client().issue(12) }
    let text = error?.description ?? ""
    #expect(
      text.hasPrefix("GitHub's answer to GET /repos/acme/checkout/issues/12 cannot be used: "), "\(text)")
    #expect(text.contains(words) && !text.contains("\n"), "\(text)")
    #expect(error?.mayHaveBeenCarriedOut == false)
  }

  @Test func `whatever GitHub says goes on one line, not without end, and without the token`() async {
    let error = await error([
      .refusal(422, "ghs_secret\u{1B}[31m\r\n::error::" + String(repeating: "x", count: 9000))
    ])
    let text = error?.description ?? ""
    #expect(text.contains("422 (GITHUB_TOKEN) [31m  ::error::xxx"), "\(text)")
    #expect(text.count < 600 && !text.contains("ghs_secret") && !text.contains { $0.isNewline })
  }

  @Test(
    arguments: [
      ("issues=write", "issues: write"), ("", nil), (" ; ,", nil),
      (
        "contents=read,pull_requests=write; administration=read",
        "contents: read and pull-requests: write or administration: read"
      ),
    ])
  func `permissions are in a workflow's words`(header: String, text: String?) {
    #expect(GitHubHints.permissions(header) == text)
  }

  @Test(
    arguments: [
      ("issues", "no issue #12 in acme/checkout"),
      ("comments", "no issue or pull request #12 in acme/checkout"),
      ("compare", "no commit a or b in acme/checkout"), ("status", "no commit c in acme/checkout"),
    ])
  func `what is not there is named`(call: String, words: String) async {
    let error = await gitHubError {
      let client = try ScriptedGitHub([.refusal(404, "Not Found")]).client()
      switch call {
      case "issues": _ = try await client.issue(12)
      case "comments": _ = try await client.comments(on: 12)
      case "compare": _ = try await client.compare("a", "b")
      default: try await client.set(GitHubStatus(state: .success, description: "", context: "x"), on: "c")
      }
    }
    #expect(error?.description.contains("there is \(words), or the token may not see it") == true)
  }
}
