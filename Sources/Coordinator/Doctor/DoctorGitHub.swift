import Shared

/// What the token can read of the repository; whether it may write only a write would tell, and that is nobody's to try.
struct DoctorGitHub: Sendable {
  struct Question: Sendable {
    let check: DoctorCheck
    /// `nil` for the repository in whose workflow a run is.
    var repository: String?
    /// For the job, in a workflow's words.
    let needs: String
    let call: @Sendable (_ repository: String) -> GitHubCall
  }

  let settings: AlertSettings
  let environment: [String: String]
  let client: @Sendable (_ repository: String?) throws -> GitHubClient

  static func isNeeded(_ settings: AlertSettings) -> Bool {
    settings.issue != nil || settings.status != nil || settings.comment != nil
  }

  func findings() async -> [DoctorFinding] {
    var (findings, scopes): ([DoctorFinding], String?) = ([], nil)
    for question in questions {
      let client: GitHubClient
      do { client = try self.client(question.repository) } catch {
        return without(
          "\(error)", "there is no token to ask with",
          do: "set GITHUB_TOKEN (in a workflow: env: GITHUB_TOKEN: ${{ github.token }}) and GITHUB_REPOSITORY"
        )
      }
      do {
        let answer = try await client.exchange.send(question.call(client.repository))
        scopes = scopes ?? answer.header("x-oauth-scopes")
        findings.append(try await Self.readable(question, client))
      } catch let error as GitHubError {
        if error.status == 401 { return without("\(error)", "the token is not valid", do: nil) }
        findings.append(Self.refused(question, error))
      } catch { findings.append(.notChecked(question.check, "\(error)")) }
    }
    let token: DoctorFinding =
      findings.contains { $0.outcome == .ok }
      ? .ok(.gitHub, "GitHub takes the token") : .notChecked(.gitHub, "nothing could be read with the token")
    return [token] + findings + [write(scopes)]
  }

  private struct Repository: Decodable {
    let archived: Bool?
    let hasIssues: Bool?
    private enum CodingKeys: String, CodingKey {
      case archived
      case hasIssues = "has_issues"
    }
  }

  /// A list can be read where nothing can be added to it: of switched off issues it has the pull requests.
  private static func readable(_ question: Question, _ client: GitHubClient) async throws -> DoctorFinding {
    let call = GitHubCall.get("/repos/\(client.repository)", needs: "metadata: read", of: client.repository)
    let repository = try await client.exchange.value(Repository.self, call)
    if repository.archived == true {
      return .fault(
        question.check, "\(client.repository) is archived, and takes nothing new",
        do: "take it out of the archive, or name another: alert.repository")
    }
    if question.check == .issues, repository.hasIssues == false {
      return .fault(
        question.check, "issues are switched off in \(client.repository)",
        do: "switch them on in its settings, or leave out alert.issue")
    }
    return .ok(question.check, "they can be read in \(client.repository)")
  }

  private func without(_ fault: String, _ why: String, do advice: String?) -> [DoctorFinding] {
    [.fault(.gitHub, fault, do: advice)] + questions.map { .notChecked($0.check, why) }
      + [.notChecked(.gitHubWrite, why)]
  }

  private var questions: [Question] {
    // The commit under test, or the newest of the default branch.
    let commit = percentEncoded(environment["GITHUB_SHA"].flatMap { $0.isEmpty ? nil : $0 } ?? "HEAD")
    var questions: [Question] = []
    if settings.issue != nil {
      questions.append(
        Question(check: .issues, repository: settings.repository, needs: "issues: write") {
          .get("/repos/\($0)/issues", [("per_page", "1")], needs: "issues: read", of: $0)
        })
    }
    if settings.status != nil {
      questions.append(
        Question(check: .statuses, needs: "statuses: write") {
          .get(
            "/repos/\($0)/commits/\(commit)/statuses", [("per_page", "1")], needs: "statuses: read",
            of: "commit \(commit)")
        })
    }
    if settings.comment != nil {
      questions.append(
        Question(check: .pullRequests, needs: "pull-requests: write") {
          .get(
            "/repos/\($0)/commits/\(commit)/pulls", [("per_page", "1")], needs: "pull-requests: read",
            of: "commit \(commit)")
        })
    }
    return questions
  }

  private static func refused(_ question: Question, _ error: GitHubError) -> DoctorFinding {
    switch error.status {
    case 403 where !error.isRateLimit, 404, 410:
      .fault(question.check, "\(error)", do: "the job needs permissions: \(question.needs)")
    default: .notChecked(question.check, "\(error)")
    }
  }

  /// A person's classic token says in a header what it may; others do not.
  private func write(_ scopes: String?) -> DoctorFinding {
    let needs = questions.map(\.needs).joined(separator: ", ")
    guard let scopes, !scopes.isEmpty else {
      return .notChecked(
        .gitHubWrite, "whether the token may write, GitHub only says when it is tried",
        do: "the job needs permissions: \(needs)")
    }
    let has = scopes.split(separator: ",").map { String($0).trimmed }
    guard has.contains("repo") || has.contains("public_repo") else {
      return .fault(
        .gitHubWrite, "the token's scopes are \(scopes), with which it writes nothing in a repository",
        do: "give it the scope repo, or use a workflow's own token with permissions: \(needs)")
    }
    return .ok(.gitHubWrite, "the token's scopes are \(scopes)")
  }
}
