import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct PagesTargetTests {
  @Test(arguments: [
    ("gh-pages", PagesTarget()), ("pages/load", PagesTarget(branch: "pages/load")),
    ("gh-pages:load", PagesTarget(folder: "load")), (":/load/nightly/", PagesTarget(folder: "load/nightly")),
    ("https://github.com/acme/shop#", PagesTarget(repository: "https://github.com/acme/shop")),
    (
      "https://github.com:8443/a/b.git#site:x",
      PagesTarget(repository: "https://github.com:8443/a/b.git", branch: "site", folder: "x")
    ),
    ("git@github.com:a/b.git#site", PagesTarget(repository: "git@github.com:a/b.git", branch: "site")),
    ("../pages.git#gh-pages:", PagesTarget(repository: "../pages.git")),
  ])
  func `what is understood`(text: String, target: PagesTarget) throws {
    #expect(try PagesTarget(text) == target)
  }

  @Test(arguments: [
    ("", "no branch to publish to was given"), ("https://github.com/a/b", "is no folder of a branch"),
    ("-x", "'-x' is no branch"), ("a..b", "is no branch"), ("a b", "is no branch"), ("a/.b", "is no branch"),
    ("x.lock", "is no branch"), ("a//b", "is no branch"), ("HEAD", "is no branch"),
    ("x@{1}", "'***@{1}' is no branch"),
    ("gh-pages:../x", "is no folder"), ("gh-pages:.git/hooks", "is no folder"),
    ("gh-pages:a//b", "is no folder"), ("--upload-pack=x#gh-pages", "is no repository"),
    ("#gh-pages", "is no repository"), ("ext::sh -c x#gh-pages", "is no repository"),
    ("a\nb#gh-pages", "is no repository"),
    ("https://secret-word@acme.com/a/b", "is no folder of a branch"),
    ("https://secret-word@acme.com::a#gh-pages", "is no repository"),
    ("https://user:secret-word@github.com/a/b#gh-pages", "has a password in its address"),
  ])
  func `what is refused, in a sentence`(text: String, words: String) {
    let error = #expect(throws: UsageError.self) { try PagesTarget(text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("secret-word") == false)
  }

  struct Address: Sendable, CustomTestStringConvertible {
    let text: String
    var environment: [String: String] = ["GITHUB_TOKEN": "token-1\n"]
    var address: String?
    let pair: String?
    var testDescription: String { text }
  }

  @Test(arguments: [
    Address(text: "https://github.com/a/b", pair: "x-access-token:token-1"),
    Address(text: "https://GitHub.com/a/b", pair: "x-access-token:token-1"),
    Address(text: "https://github.com/a/b", environment: [:], pair: nil),
    Address(text: "https://github.com/a/b", environment: ["GITHUB_TOKEN": " "], pair: nil),
    Address(text: "https://gitlab.com/a/b", pair: nil),
    Address(text: "http://github.com/a/b", pair: nil),
    Address(text: "https://github.com.evil.org/a/b", pair: nil),
    Address(
      text: "https://evil.org\\@github.com/a", address: "https://github.com/a",
      pair: "x-access-token:token-1"),
    Address(
      text: "https://git.acme.com/a/b",
      environment: ["GITHUB_TOKEN": "token-1", "GITHUB_SERVER_URL": "https://git.acme.com"],
      pair: "x-access-token:token-1"),
    Address(
      text: "https://me:p%40ss@gitlab.com/a/b", address: "https://gitlab.com/a/b", pair: "me:p@ss"),
    Address(
      text: "https://ghp_123@github.com/a/b", environment: [:], address: "https://github.com/a/b",
      pair: "ghp_123:"),
    // A user by itself may be a token, and is kept out of arguments and texts like one.
    Address(
      text: "https://ghp_123@git.acme.com/a/b", address: "https://git.acme.com/a/b", pair: "ghp_123:"),
    Address(
      text: "https://t%2Dk@git.acme.com:8443/a/b", address: "https://git.acme.com:8443/a/b", pair: "t-k:"),
    Address(text: "https://@git.acme.com/a/b", address: "https://git.acme.com/a/b", pair: nil),
    Address(text: "git@github.com:a/b", pair: nil), Address(text: "ssh://git@github.com/a/b", pair: nil),
    Address(text: "file:///x/y", pair: nil), Address(text: "/x/y", pair: nil),
    Address(text: "../y", address: "/here/../y", pair: nil),
    Address(text: "y", address: "/here/y", pair: nil),
  ])
  func `the token goes to GitHub alone, and what is secret stays out of the address`(address: Address) {
    let repository = PagesRepository(
      address.text, environment: address.environment, directory: "/here")
    let encoded = address.pair.map { Data($0.utf8).base64EncodedString() }
    #expect(repository.authorization == encoded.map { "Basic \($0)" })
    #expect(repository.address == address.address ?? address.text)
    if let encoded { #expect(repository.secrets.contains(encoded)) }
    if address.text.contains("ghp_123") { #expect(repository.secrets.contains("ghp_123")) }
  }

  @Test func `git's environment leads nowhere else, asks nobody, and has the token as a header alone`() {
    let environment = [
      "PATH": "/bin", "GIT_DIR": "/other", "GIT_INDEX_FILE": "x", "GIT_TRACE_CURL": "1",
      "GITHUB_TOKEN": "t-oken",
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c",
      "GIT_SSH_COMMAND": "ssh -4",
    ]
    let repository = PagesRepository(
      "https://github.com/a/b", environment: environment, directory: "/")
    let variables = gitEnvironment(environment, repository)
    #expect(variables["GIT_DIR"] == nil && variables["GIT_INDEX_FILE"] == nil)
    #expect(variables["GIT_TRACE_CURL"] == nil)
    #expect(variables["GIT_SSH_COMMAND"] == "ssh -4")
    #expect(variables["GIT_TERMINAL_PROMPT"] == "0")
    #expect(!variables.values.contains { $0.contains("t-oken") })
    let count = Int(variables["GIT_CONFIG_COUNT"] ?? "") ?? 0
    #expect(count == 7)
    #expect(variables["GIT_CONFIG_KEY_0"] == "a.b")
    for index in [count - 2, count - 1] {
      #expect(variables["GIT_CONFIG_KEY_\(index)"] == "http.https://github.com/a/b.extraHeader")
    }
    #expect(variables["GIT_CONFIG_VALUE_\(count - 2)"] == "", "no second header from a configuration")
    #expect(variables["GIT_CONFIG_VALUE_\(count - 1)"]?.hasPrefix("Authorization: Basic ") == true)
  }

  @Test func `who commits is said by git's variables, and nothing in them ends a name`() {
    #expect(PagesCommitter([:]).name == "k6-grid")
    #expect(PagesCommitter([:]).email == "k6-grid@users.noreply.github.com")
    let other = PagesCommitter(["GIT_COMMITTER_NAME": "A\nB <x>", "GIT_COMMITTER_EMAIL": " "])
    #expect(other.name == "A B x")
    #expect(other.email == "k6-grid@users.noreply.github.com")
  }

  @Test(arguments: [
    ("! refs/x [rejected] (stale info)", GitFailure.Meaning.overtaken),
    ("cannot lock ref 'refs/heads/gh-pages': is at 1 but expected 2", .overtaken),
    ("Unable to create '/x/gh-pages.lock': File exists.", .overtaken),
    ("fatal: couldn't find remote ref refs/heads/gh-pages", .overtaken),
    ("fatal: unable to access 'https://x/': Could not resolve host: x", .passing),
    ("error: RPC failed; HTTP 502; fatal: the requested URL returned error: 502", .passing),
    ("timed out after 120 s", .passing), ("killed by signal 9", .passing), ("something else", .unknown),
  ])
  func `what git's words mean`(words: String, meaning: GitFailure.Meaning) {
    #expect(GitFailure("push", words).meaning == meaning)
  }

  @Test(arguments: [
    (
      "remote: error: GH006: Protected branch update failed; ! [remote rejected] (protected branch hook declined)",
      "the branch is protected"
    ),
    ("! [remote rejected] gh-pages -> gh-pages (non-fast-forward)", "the branch is protected"),
    (
      "remote: Permission to a/b.git denied to github-actions[bot].; The requested URL returned error: 403",
      "permissions: contents: write"
    ),
    (
      "fatal: could not read Username for 'https://github.com': terminal prompts disabled", "set GITHUB_TOKEN"
    ),
    (
      "git@github.com: Permission denied (publickey).; fatal: Could not read from remote repository.",
      "ssh was not let in"
    ),
    (
      "remote: Repository not found.; fatal: repository 'https://github.com/a/b/' not found",
      "no such repository"
    ),
    ("fatal: '/x' does not appear to be a git repository", "no such repository"),
  ])
  func `what to do about a refusal`(words: String, advice: String) {
    guard case .refused(let sentence) = GitFailure("push", words).meaning else {
      Issue.record("\(words) is no refusal")
      return
    }
    #expect(sentence.contains(advice))
  }

  @Test func `a commit as git reads it`() {
    func stream(_ tip: BranchTip?) -> String {
      String(
        decoding: PagesCommit(
          tip: tip, files: [Site.File("a \"b\".html", "<p>\n")], removed: ["night/x\\y"],
          night: UTCDate(year: 2026, month: 11, day: 22), committer: PagesCommitter([:]),
          instant: Samples.instant(7)
        ).stream, as: UTF8.self)
    }
    func tip(isOurs: Bool) -> BranchTip {
      BranchTip(commit: "c1", tree: "t1", parents: ["p1"], isOurs: isOurs, paths: [])
    }
    #expect(
      stream(tip(isOurs: true)) == """
        feature done
        commit refs/heads/k6-grid-site
        committer k6-grid <k6-grid@users.noreply.github.com> 7 +0000
        data 54
        Load test report of 2026-11-22

        Published-By: k6-grid

        from p1
        M 040000 t1 ""
        D "night/x\\\\y"
        M 100644 inline "a \\"b\\".html"
        data 4
        <p>


        done

        """)
    #expect(stream(tip(isOurs: false)).contains("from c1\nM 040000 t1 \"\"\n"))
    #expect(!stream(nil).contains("from ") && !stream(nil).contains("040000"))
  }
}
