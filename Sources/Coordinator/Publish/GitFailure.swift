/// A call of git's that did not do what it was asked, and what that means.
struct GitFailure: Error, Equatable, CustomStringConvertible {
  enum Meaning: Equatable {
    /// Somebody else was faster: fetch, draw and push again.
    case overtaken
    /// A network or server that may be back in a moment.
    case passing
    /// The words say what to do about it.
    case refused(String)
    case unknown
  }

  /// As `push`.
  let action: String
  /// What git printed, without secrets.
  let words: String
  let meaning: Meaning

  init(_ action: String, _ words: String) {
    (self.action, self.words) = (action, words)
    let text = words.lowercased()
    meaning = Self.table.first { row in row.signs.contains { text.contains($0) } }?.meaning ?? .unknown
  }

  var description: String { "git \(action): \(words)" }

  /// In this order: what is said of a branch also says that something was rejected.
  private static let table: [(signs: [String], meaning: Meaning)] = [
    (
      [
        "protected branch", "gh006", "gh013", "rule violations", "hook declined", "non-fast-forward",
        "deny updating",
      ],
      .refused(
        "the branch is protected: let this workflow push to it with force in the branch's rules, or publish to another branch"
      )
    ),
    (
      ["could not read username", "could not read password", "authentication failed", "invalid username"],
      .refused(
        "it asks who you are: set GITHUB_TOKEN to a token that may write contents, or set up git's credentials"
      )
    ),
    (
      ["host key verification failed", "permission denied (publickey"],
      .refused(
        "ssh was not let in: set up its key and known_hosts, or give an https address and GITHUB_TOKEN")
    ),
    (
      ["error: 403", "write access", "permission to", "permission denied", "insufficient permission"],
      .refused(
        "the right to push is missing: on GitHub give the job 'permissions: contents: write', elsewhere the token or user that right"
      )
    ),
    (
      [
        "stale info", "but expected", "file exists", "reference already exists", "incorrect old value",
        "couldn't find remote ref",
      ], .overtaken
    ),
    (
      [
        "could not resolve host", "timed out", "connection reset", "connection refused", "early eof",
        "unexpected disconnect", "returned error: 5", "returned error: 429", "failed to connect",
        "couldn't connect", "temporary failure", "internal server error", "killed by signal",
      ], .passing
    ),
    (
      [
        "not found", "does not appear to be a git repository", "does not exist", "could not read from remote",
        "no such file",
      ],
      .refused(
        "there is no such repository, or it is hidden from this token: check the address and the token")
    ),
  ]
}
