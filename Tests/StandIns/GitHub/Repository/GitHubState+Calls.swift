import Foundation
import TestSupport

/// Who calls, and how they named the place.
struct Caller: Sendable {
  let login: String
  let token: GitHubState.Token
  /// Of the repository, by its number: `http://127.0.0.1:1/repositories/4711`.
  let place: String
}

extension GitHubState {
  /// A call from the door to the record.
  func answer(_ request: Request) async -> Answer {
    var answer: Answer
    let found = faults.call(request)
    if let (fault, _) = found, !fault.kind.isCarriedOut {
      answer =
        fault.refusal(
          request, now: now, permissions: endpoint(request)?.permissions ?? "", repositoryID: repositoryID)
        ?? Answer(500, [:])
      if fault.kind == .cutBefore { answer.delivery = .never }
    } else {
      answer = outcome(request)
      switch found?.fault.kind {
      case .badGatewayAfter:
        answer =
          found?.fault.refusal(request, now: now, permissions: "", repositoryID: repositoryID) ?? answer
      case .cut: answer.delivery = .never
      case .hang: answer.delivery = .late(.milliseconds(found?.fault.milliseconds ?? 0))
      case .cutJSON: answer.text = Data(answer.text.prefix(answer.text.count / 2))
      default: break
      }
    }
    answer.headers.merge(limits) { own, _ in own }
    keep(request, answer, fault: found?.fault.kind)
    if let (fault, index) = found, fault.kind == .together { await gather(index, count: fault.count) }
    return answer
  }

  private func outcome(_ request: Request) -> Answer {
    guard !(request.headers["user-agent"] ?? "").isEmpty else {
      return Answer(
        403,
        html:
          "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).\n"
      )
    }
    do {
      let version = request.headers["x-github-api-version"] ?? "2022-11-28"
      guard ["2022-11-28", "2026-03-10"].contains(version) else {
        throw Refusal(
          status: 400, message: "\"\(version)\" is not a valid API version or is not supported.")
      }
      guard let secret = request.token else {
        throw Refusal(status: 401, message: "Requires authentication")
      }
      guard let token = tokens[secret] else { throw Refusal(status: 401, message: "Bad credentials") }
      return try permitted(request, token)
    } catch let refusal as Refusal {
      return refusal.answer
    } catch {
      return Refusal(status: 500, message: "Server Error").answer
    }
  }

  /// Of a path below the repository's name, old or new, or its number.
  private func endpoint(_ request: Request) -> Endpoint? {
    let parts = request.parts
    if parts == ["user"] { return request.method == "GET" ? .user : nil }
    if parts.count >= 2, parts[0] == "repositories", parts[1] == "\(repositoryID)" {
      return Endpoint(request.method, parts[2...])
    }
    guard parts.count >= 3, parts[0] == "repos" else { return nil }
    return Endpoint(request.method, parts[3...])
  }

  private func permitted(_ request: Request, _ token: Token) throws -> Answer {
    let parts = request.parts
    if parts.count >= 3, parts[0] == "repos" {
      let name = "\(parts[1])/\(parts[2])".lowercased()
      if formerNames.contains(where: { $0.lowercased() == name }) { return .moved(request, repositoryID) }
      guard name == repository.lowercased() else { throw Refusal.notFound }
    }
    guard let endpoint = endpoint(request) else { throw Refusal.notFound }
    if endpoint == .user {
      guard !token.isIntegration else { throw Refusal.forbidden("") }
      return Answer(200, account(token.login))
    }
    guard token.may(endpoint.permissions) else {
      throw Refusal.forbidden(endpoint.permissions, isIntegration: token.isIntegration)
    }
    let query = try Query(request.query, allowed: endpoint.query)
    let body = try body(request, endpoint)
    let caller = Caller(
      login: token.login, token: token, place: "\(request.base)/repositories/\(repositoryID)")
    var answer = try carryOut(endpoint, query, body, caller)
    answer.headers["x-accepted-github-permissions"] = endpoint.permissions
    return answer
  }

  private func body(_ request: Request, _ endpoint: Endpoint) throws -> [String: JSON] {
    guard let shape = endpoint.body else {
      guard request.body.isEmpty else { throw Refusal.schema("The call takes no body.") }
      return [:]
    }
    guard let value = try? JSON(request.body) else {
      throw Refusal(status: 400, message: "Problems parsing JSON")
    }
    guard let object = value.object else {
      throw Refusal(status: 400, message: "Body should be a JSON object")
    }
    try shape.check(value)
    return object
  }

  private func carryOut(_ endpoint: Endpoint, _ query: Query, _ body: [String: JSON], _ caller: Caller) throws
    -> Answer
  {
    switch endpoint {
    case .user: throw Refusal.notFound
    case .repository:
      Answer(
        200,
        [
          "full_name": .string(repository), "has_issues": .bool(hasIssues), "archived": false,
          "default_branch": "main",
        ])
    case .listIssues: try listIssues(query, caller)
    case .createIssue: try createIssue(body, caller)
    case .issue(let number): try readIssue(number)
    case .updateIssue(let number): try updateIssue(number, body, caller)
    case .listComments(let number): try listComments(number, query, caller)
    case .createComment(let number): try createComment(number, body, caller)
    case .comment(let id): try readComment(id)
    case .updateComment(let id): try updateComment(id, body)
    case .listLabels: try listLabels(query, caller)
    case .createLabel: try createLabel(body)
    case .statuses(let sha): try listStatuses(sha, query, caller)
    case .createStatus(let sha): try createStatus(sha, body, caller)
    case .pulls(let sha): try listPulls(sha, query, caller)
    case .compare(let base, let head): try compare(base, head, query, caller)
    }
  }

  private var limits: [String: String] {
    [
      "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "\(max(1, 5000 - record.count))",
      "x-ratelimit-reset": "\(Int(now.timeIntervalSince1970) + 3600)", "x-ratelimit-resource": "core",
      "x-github-media-type": "github.v3; format=json", "x-github-request-id": "5D:\(record.count + 1)",
      "server": "github.com",
    ]
  }

  private func keep(_ request: Request, _ answer: Answer, fault: FaultKind?) {
    var headers = request.headers
    // Whose token it is, in place of it.
    if let token = request.token {
      headers["authorization"] = tokens[token].map { "token of \($0.login)" } ?? "unknown token"
    }
    record.append(
      JSON([
        "at": .string(now.text), "method": .string(request.method), "path": .string(request.path),
        "query": .string(request.query), "headers": .object(headers.mapValues { .string($0) }),
        "body": (try? JSON(request.body)) ?? .null, "status": .number(Double(answer.status)),
        "fault": fault.map { .string($0.rawValue) },
      ]))
  }
}

extension GitHubState.Token {
  /// - Parameter sets: `issues=write; pull_requests=write`.
  func may(_ sets: String) -> Bool {
    // Metadata come with any permission.
    sets.isEmpty || sets == "metadata=read"
      || sets.split(separator: ";").contains { set in
        set.split(separator: ",").allSatisfy { one in
          let words = one.filter { $0 != " " }.split(separator: "=").map(String.init)
          let own = permissions[words[0]]
          return own == "write" || own == words[1]
        }
      }
  }
}
