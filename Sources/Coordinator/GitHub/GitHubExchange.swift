import Shared

/// Sends a call until it succeeds, is refused, or the patience is at its end.
struct GitHubExchange: Sendable {
  /// Of one list; a page has up to a hundred.
  static let mostPages = 50

  let address: GitHubAddress
  let token: GitHubToken
  let transport: any HTTPTransport
  let host: CoordinatorHost
  /// `nil`: the usual patience from the call's begin.
  var giveUpAt: UTCInstant?

  /// For several calls that have one patience.
  func begun() -> GitHubExchange {
    var begun = self
    begun.giveUpAt = giveUpAt ?? host.now().advanced(bySeconds: GitHubClient.usualPatience)
    return begun
  }

  func value<Value: Decodable>(_ type: Value.Type, _ call: GitHubCall) async throws -> Value {
    try value(type, of: try await send(call), call)
  }

  /// All pages of a list.
  func pages<Element: Decodable>(_ type: Element.Type, _ call: GitHubCall) async throws -> [Element] {
    var found: [Element] = []
    var target: (path: String, query: String)?
    for _ in 0..<Self.mostPages {
      let response = try await send(call, at: target)
      found += try value([Element].self, of: response, call)
      guard let next = GitHubLinks.next(response) else { return found }
      guard let following = address.target(next) else {
        throw unusable(call, "its next page is elsewhere (\(next.onOneLine(200)))", response)
      }
      target = following
    }
    throw unusable(call, "it has more than \(Self.mostPages) pages", nil)
  }

  /// - Parameter target: in place of the call's own path and query.
  /// - Returns: an answer with a status of 200 to 299.
  /// - Throws: ``GitHubError``, `CancellationError`.
  @discardableResult
  func send(_ call: GitHubCall, at target: (path: String, query: String)? = nil) async throws -> HTTPResponse
  {
    let giveUpAt = begun().giveUpAt ?? host.now()
    var (attempts, isInDoubt) = (0, false)
    while true {
      try Task.checkCancellation()
      let left = giveUpAt.seconds(since: host.now())
      guard left > 0 else { throw noTime(call) }
      attempts += 1
      let attempt: GitHubAttempt
      let random = random()
      do {
        let response = try await transport.send(request(call, target, left: left))
        if (200..<300).contains(response.status) { return response }
        attempt = GitHubAttempt(response, now: host.now(), attempts: attempts, random: random)
      } catch let failure as HTTPFailure {
        attempt = GitHubAttempt(failure)
      }
      if attempt.isInDoubt && call.method != "GET" { isInDoubt = true }
      let step = GitHubRetry.step(
        after: attempt, isRepeatable: call.isRepeatable, attempts: attempts,
        left: giveUpAt.seconds(since: host.now()), random: random)
      guard case .wait(let seconds) = step else {
        throw GitHubError(
          call, attempt, attempts: attempts, isInDoubt: isInDoubt, now: host.now(), hide: token.hidden)
      }
      try await host.sleep(.seconds(seconds))
    }
  }

  private func request(_ call: GitHubCall, _ target: (path: String, query: String)?, left: Double)
    -> HTTPRequest
  {
    var headers: [(name: String, value: String)] = [
      token.header, ("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28"),
      ("user-agent", "k6-grid/\(gridVersion)"),
    ]
    if !call.body.isEmpty { headers.append(("content-type", "application/json")) }
    return HTTPRequest(
      method: call.method, scheme: address.scheme, host: address.host,
      path: target?.path ?? address.prefix + call.path, query: target?.query ?? call.query, headers: headers,
      body: call.body, timeout: .seconds(min(20, max(1, left))), replyLimit: 16 << 20)
  }

  /// From 0 to 1, of the host's random text.
  private func random() -> Double {
    let hash = host.randomText().utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return Double(hash % 1000) / 999
  }

  /// What would be sent, for people.
  func shown(_ call: GitHubCall) -> String {
    let query = call.query.isEmpty ? "" : "?\(call.query)"
    return
      "\(call.method) \(address.scheme)://\(address.host)\(address.prefix)\(call.path)\(query)\n\(String(decoding: call.body, as: UTF8.self))\n"
  }
}

// MARK: - answers that are no use

extension GitHubExchange {
  private func value<Value: Decodable>(_ type: Value.Type, of response: HTTPResponse, _ call: GitHubCall)
    throws
    -> Value
  {
    do { return try decoded(type, from: response.body, name: "") } catch {
      let type = response.header("content-type") ?? "no content type"
      let reason =
        type.lowercased().contains("json")
        ? (error as? UnreadableDocument)?.reason ?? "\(error)" : "it is \(type) in place of JSON"
      throw unusable(call, reason, response)
    }
  }

  private func unusable(_ call: GitHubCall, _ reason: String, _ response: HTTPResponse?) -> GitHubError {
    GitHubError(
      call: call.name, status: response?.status, said: token.hidden(in: reason.onOneLine(300)),
      kind: .unusable,
      // Whoever answered 201 has done it.
      mayHaveBeenCarriedOut: call.method != "GET")
  }

  private func noTime(_ call: GitHubCall) -> GitHubError {
    GitHubError(
      call: call.name, status: nil, said: "the calls before it have used up the time that there was",
      kind: .notSent, mayHaveBeenCarriedOut: false, isTransient: true)
  }

  func notKept(_ body: String, _ call: GitHubCall, _ what: String) -> GitHubError {
    GitHubError(
      call: call.name, status: 200,
      said:
        "\(what) is not what was sent (\(body.utf8.count) bytes): GitHub keeps the old text in place of one that is too long, or somebody else has changed it at the same moment",
      kind: .notKept, mayHaveBeenCarriedOut: true)
  }
}
