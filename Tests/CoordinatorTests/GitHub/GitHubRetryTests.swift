import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct GitHubRetryTests {
  private func attempt(_ answer: ScriptedGitHub.Answer, attempts: Int = 1, random: Double = 0)
    -> GitHubAttempt
  {
    switch answer {
    case .success(let response):
      GitHubAttempt(response, now: Samples.instant(1000), attempts: attempts, random: random)
    case .failure(let failure): GitHubAttempt(failure)
    }
  }

  /// Each is asked of a call that may be repeated, and of one that may not.
  @Test(
    arguments: [
      (.cut, .wait(1), .stop), (.unconnected, .wait(1), .wait(1)),
      (.failure(HTTPFailure("too long", isFinal: true)), .stop, .stop),
      (.html(502), .wait(1), .stop), (.refusal(500, "Server Error"), .wait(1), .stop),
      (.html(503), .wait(1), .stop), (.html(504), .wait(1), .stop), (.html(501), .stop, .stop),
      (.refusal(400, "Problems parsing JSON"), .stop, .stop),
      (.refusal(401, "Bad credentials"), .stop, .stop),
      (.refusal(403, "Resource not accessible by integration"), .stop, .stop),
      (.refusal(404, "Not Found"), .stop, .stop), (.refusal(422, "Validation Failed"), .stop, .stop),
      (.refusal(301, "Moved Permanently"), .stop, .stop),
      (.refusal(403, "any", ["Retry-After": "7"]), .wait(7), .wait(7)),
      (.refusal(429, "You have exceeded a secondary rate limit."), .wait(60), .wait(60)),
      (.refusal(403, "You have exceeded a secondary rate limit."), .wait(60), .wait(60)),
    ] as [(ScriptedGitHub.Answer, GitHubRetry.Step, GitHubRetry.Step)])
  func `what is tried again`(
    answer: ScriptedGitHub.Answer, repeatable: GitHubRetry.Step, other: GitHubRetry.Step
  ) {
    func step(_ isRepeatable: Bool, _ random: Double) -> GitHubRetry.Step {
      GitHubRetry.step(
        after: attempt(answer), isRepeatable: isRepeatable, attempts: 1, left: 80, random: random)
    }
    #expect(step(true, 1) == repeatable && step(false, 1) == other)
  }

  @Test func `waits grow, a part of each is random, five attempts are the most`() {
    func waits(_ random: Double) -> [GitHubRetry.Step] {
      (1...5).map {
        GitHubRetry.step(after: attempt(.cut), isRepeatable: true, attempts: $0, left: 80, random: random)
      }
    }
    #expect(waits(1) == [.wait(1), .wait(2), .wait(4), .wait(8), .stop])
    #expect(waits(0) == [.wait(0.5), .wait(1), .wait(2), .wait(4), .stop])
  }

  @Test(
    arguments: [
      (["retry-after": "30"], "secondary rate limit", 30), (["retry-after": "0"], "secondary rate limit", 1),
      (["retry-after": "soon"], "secondary rate limit", 60),
      (["retry-after": "99999999999999999999"], "secondary rate limit", 60),
      (["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1040"], "API rate limit exceeded", 41),
      (["x-ratelimit-remaining": "0", "x-ratelimit-reset": "900"], "API rate limit exceeded", 1),
      (["x-ratelimit-remaining": "0"], "API rate limit exceeded", 60),
      (
        ["x-ratelimit-remaining": "0", "retry-after": "3", "x-ratelimit-reset": "9000"],
        "API rate limit exceeded", 3
      ),
      (["x-ratelimit-remaining": "14"], "You have triggered an abuse detection mechanism.", 60),
      (["x-ratelimit-remaining": "14"], "Resource not accessible by integration", nil),
      (
        ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1040"], "Resource not accessible by integration",
        nil
      ),
    ] as [([String: String], String, Double?)])
  func `how long GitHub wants to be left alone`(headers: [String: String], message: String, wait: Double?) {
    let response = HTTPResponse(status: 403, headers: headers.map { ($0.key, $0.value) })
    let limit = GitHubLimit(
      response, message: message, now: Samples.instant(1000), attempts: 1, random: 0)
    #expect(limit?.wait == wait)
  }

  @Test func `a limit without a time is waited for longer each time, with jitter`() {
    let response = HTTPResponse(status: 429)
    func wait(_ attempts: Int, _ random: Double) -> Double? {
      GitHubLimit(response, message: "", now: Samples.instant(0), attempts: attempts, random: random)?.wait
    }
    #expect(wait(1, 0) == 60 && wait(1, 1) == 66 && wait(2, 0) == 120 && wait(1000, 0) == 3840)
  }

  @Test func `nothing is waited for that is longer than the patience`() {
    func step(_ left: Double) -> GitHubRetry.Step {
      GitHubRetry.step(
        after: attempt(.refusal(403, "", ["retry-after": "10"])), isRepeatable: true, attempts: 1, left: left,
        random: 0)
    }
    #expect(step(11) == .wait(10) && step(10.9) == .stop)
  }
}

@Suite struct GitHubLinksTests {
  @Test(
    arguments: [
      ([], nil), ([""], nil), (["nonsense"], nil),
      (
        [#"<https://api.github.com/a?page=2>; rel="next", <https://api.github.com/a?page=9>; rel="last""#],
        "a?page=2"
      ),
      (
        [#"<https://api.github.com/a?page=1>; rel="prev", <https://api.github.com/a?page=3>; rel="next""#],
        "a?page=3"
      ),
      ([#"<https://api.github.com/a?page=1>; rel="prev""#], nil),
      ([#"<https://api.github.com/a?labels=x,y&page=2>; rel=next"#], "a?labels=x,y&page=2"),
      (
        [#"<https://api.github.com/a>; rel="first""#, #"<https://api.github.com/a?page=2>; rel="next""#],
        "a?page=2"
      ),
      ([#"<https://api.github.com/a; rel="next""#], nil),
    ] as [([String], String?)])
  func `the next page`(headers: [String], next: String?) {
    let response = HTTPResponse(status: 200, headers: headers.map { ("Link", $0) })
    #expect(GitHubLinks.next(response) == next.map { "https://api.github.com/\($0)" })
  }
}

@Suite struct GitHubAddressTests {
  @Test(
    arguments: [
      ("https://api.github.com", "https", "api.github.com", ""),
      ("https://api.github.com/", "https", "api.github.com", ""),
      ("https://github.acme.example/api/v3", "https", "github.acme.example", "/api/v3"),
      ("https://github.acme.example:8443/api/v3/", "https", "github.acme.example:8443", "/api/v3"),
      ("http://127.0.0.1:4010", "http", "127.0.0.1:4010", ""),
    ])
  func `an address is taken apart`(text: String, scheme: String, host: String, prefix: String) throws {
    let address = try GitHubAddress(text)
    #expect(address.scheme == scheme && address.host == host && address.prefix == prefix)
  }

  /// The token must not go over the wire for everybody to read.
  @Test(arguments: [
    "", "api.github.com", "http://github.acme.example/api/v3", "https://a b", "https://u:p@h", "ftp://h",
  ])
  func `an address that is not understood is refused`(text: String) {
    let error = #expect(throws: UsageError.self) { try GitHubAddress(text) }
    #expect(error?.description.contains("GITHUB_API_URL '\(text)' is not understood") == true)
  }

  @Test func `the token stays with its server`() throws {
    let address = try GitHubAddress("https://github.acme.example/api/v3")
    let own = address.target("https://GitHub.acme.example/api/v3/repositories/1/issues?page=2")
    #expect(own?.path == "/api/v3/repositories/1/issues" && own?.query == "page=2")
    for other in [
      "https://evil.example/api/v3/a", "http://github.acme.example/api/v3/a", "/a",
      "https://github.acme.example:8443/a", "https://github.acme.example@evil.example/a",
    ] {
      #expect(address.target(other) == nil, "\(other)")
    }
  }

  @Test func `a token is shown nowhere`() throws {
    let token = try GitHubToken(" ghs_secret\n")
    #expect(token.header.value == "Bearer ghs_secret")
    var dumped = ""
    let client = try ScriptedGitHub([.cut]).client()
    dump(client, to: &dumped)
    for text in ["\(token)", String(reflecting: token), "\(client)", String(reflecting: client), dumped] {
      #expect(!text.contains("ghs_secret"), "\(text)")
    }
    for bad in ["", "  ", "a b", "a\nb", "ä"] {
      #expect(throws: UsageError.self, "\(bad)") { try GitHubToken(bad) }
    }
  }
}
