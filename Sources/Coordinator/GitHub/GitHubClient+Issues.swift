import Shared

extension GitHubClient {
  /// All pages, without pull requests, which GitHub's list has among them; newest first.
  /// - Parameters:
  ///   - labels: an issue has all of them.
  ///   - since: changed since then.
  /// - Throws: ``GitHubError``, also when there are more than ``GitHubExchange/mostPages`` pages.
  func issues(labels: [String], state: GitHubIssue.ListState, since: UTCInstant?) async throws
    -> [GitHubIssue]
  {
    var query: [(name: String, value: String)] = [
      ("state", state.rawValue), ("sort", "created"), ("direction", "desc"), ("per_page", "100"),
    ]
    if !labels.isEmpty { query.append(("labels", labels.joined(separator: ","))) }
    if let since { query.append(("since", since.wholeSeconds.description)) }
    let call = GitHubCall.get("/repos/\(repository)/issues", query, needs: "issues: read", of: repository)
    let found = try await exchange.begun().pages(GitHubWire.ListedIssue.self, call)
    // One that is opened meanwhile moves all others, some onto the next page.
    var seen: Set<Int> = []
    return found.filter { !$0.isPullRequest }.map(\.issue).filter { seen.insert($0.number).inserted }
  }

  func issue(_ number: Int) async throws -> GitHubIssue {
    try await exchange.value(GitHubIssue.self, reading(number))
  }

  /// - Throws: ``GitHubError``; where that may have been carried out, look before it is tried again.
  func create(_ draft: GitHubIssueDraft) async throws -> GitHubIssue {
    let call = try GitHubCall.post(
      "/repos/\(repository)/issues", draft, needs: "issues: write", of: repository)
    if let show {
      show(exchange.shown(call))
      return GitHubIssue(
        number: 0, title: draft.title, body: draft.body, url: "not sent", author: "not sent",
        labels: draft.labels, createdAt: exchange.host.now())
    }
    return try await exchange.value(GitHubIssue.self, call)
  }

  /// A body is read back: GitHub answers 200 to one that is too long, and keeps the old.
  func update(_ number: Int, _ change: GitHubIssueChange) async throws -> GitHubIssue {
    let exchange = exchange.begun()
    let call = try GitHubCall.patch(
      "/repos/\(repository)/issues/\(number)", change, needs: "issues: write", of: "issue #\(number)")
    if let show {
      show(exchange.shown(call))
      return try await exchange.value(GitHubIssue.self, reading(number)).changed(change)
    }
    let answer = try await exchange.value(GitHubIssue.self, call)
    guard let body = change.body else { return answer }
    guard
      let kept = try await kept(body, reading(number), exchange, { (issue: GitHubIssue) in issue.body ?? "" })
    else { throw exchange.notKept(body, call, "the body of issue #\(number)") }
    return kept
  }

  /// What was written as it reads now, with a second look a little later: a copy of GitHub's own may lag behind.
  /// - Returns: `nil` when its text is another.
  private func kept<Value: Decodable>(
    _ text: String, _ reading: GitHubCall, _ exchange: GitHubExchange, _ body: (Value) -> String
  ) async throws -> Value? {
    let first = try await exchange.value(Value.self, reading)
    if isSame(body(first), text) { return first }
    try await exchange.host.sleep(.seconds(2))
    let second = try await exchange.value(Value.self, reading)
    return isSame(body(second), text) ? second : nil
  }

  private func reading(_ number: Int) -> GitHubCall {
    .get("/repos/\(repository)/issues/\(number)", needs: "issues: read", of: "issue #\(number)")
  }

  /// Of an issue, or of a pull request; all pages, oldest first.
  func comments(on number: Int) async throws -> [GitHubComment] {
    let call = GitHubCall.get(
      "/repos/\(repository)/issues/\(number)/comments", [("per_page", "100")],
      needs: "issues: read or pull-requests: read", of: "issue or pull request #\(number)")
    return try await exchange.begun().pages(GitHubComment.self, call)
  }

  /// - Throws: ``GitHubError``; where that may have been carried out, look before it is tried again.
  func comment(on number: Int, _ body: String) async throws -> GitHubComment {
    let call = try GitHubCall.post(
      "/repos/\(repository)/issues/\(number)/comments", GitHubWire.Body(body: body), needs: Self.commenting,
      of: "issue or pull request #\(number)")
    if let show { return shown(call, GitHubComment(notSent: body, id: 0, exchange.host.now()), show) }
    return try await exchange.value(GitHubComment.self, call)
  }

  /// Read back, as an issue's body.
  func change(comment id: Int, _ body: String) async throws -> GitHubComment {
    let exchange = exchange.begun()
    let path = "/repos/\(repository)/issues/comments/\(id)"
    let call = try GitHubCall.patch(
      path, GitHubWire.Body(body: body), needs: Self.commenting, of: "comment \(id)")
    if let show { return shown(call, GitHubComment(notSent: body, id: id, exchange.host.now()), show) }
    _ = try await exchange.value(GitHubComment.self, call)
    let reading = GitHubCall.get(path, needs: "issues: read or pull-requests: read", of: "comment \(id)")
    guard let kept = try await kept(body, reading, exchange, { (comment: GitHubComment) in comment.body })
    else { throw exchange.notKept(body, call, "comment \(id)") }
    return kept
  }

  private static let commenting = "issues: write or, on a pull request, pull-requests: write"

  private func shown(_ call: GitHubCall, _ comment: GitHubComment, _ show: (String) -> Void) -> GitHubComment
  {
    show(exchange.shown(call))
    return comment
  }

  /// Those that are there already stay as they are.
  func ensure(_ labels: [GitHubLabel]) async throws {
    let exchange = exchange.begun()
    for label in labels {
      var call = try GitHubCall.post(
        "/repos/\(repository)/labels", label, needs: "issues: write", of: repository)
      // A second time it is refused as there already.
      call.isRepeatable = true
      if let show {
        show(exchange.shown(call))
        continue
      }
      do { _ = try await exchange.send(call) } catch let error as GitHubError {
        guard error.status == 422, error.codes.contains("already_exists") else { throw error }
      }
    }
  }
}

/// GitHub may end lines in its own way, and drops what is blank at the end.
private func isSame(_ kept: String, _ sent: String) -> Bool {
  func plain(_ text: String) -> Substring {
    let text = text.replacing("\r\n", with: "\n")
    return text[..<(text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex)]
  }
  return plain(kept) == plain(sent)
}

extension GitHubIssue {
  fileprivate func changed(_ change: GitHubIssueChange) -> GitHubIssue {
    GitHubIssue(
      number: number, title: change.title ?? title, body: change.body ?? body, state: change.state ?? state,
      stateReason: change.stateReason ?? stateReason, url: url, author: author,
      labels: change.labels ?? labels, closedBy: closedBy, closedAt: closedAt, createdAt: createdAt)
  }
}

extension GitHubComment {
  fileprivate init(notSent body: String, id: Int, _ now: UTCInstant) {
    self.init(id: id, body: body, author: "not sent", url: "not sent", createdAt: now)
  }
}

extension UTCInstant {
  fileprivate var wholeSeconds: UTCInstant {
    UTCInstant(nanoseconds: nanoseconds - nanoseconds % 1_000_000_000)
  }
}
