import Shared

/// What a person can do about the usual refusals.
enum GitHubHints {
  static func hint(_ response: HTTPResponse, _ call: GitHubCall, _ refusal: GitHubWire.Refusal?) -> String? {
    switch response.status {
    case 401: return "GITHUB_TOKEN is not valid there, or has expired: a workflow's own ends with its job"
    case 403: return forbidden(response, call, refusal?.message ?? "")
    case 404: return notFound(call)
    case 410:
      return "issues are switched off in the repository's settings: switch them on, or leave out alert.issue"
    case 300..<400: return moved(response.header("location") ?? refusal?.url ?? "")
    case 500...:
      return call.isRepeatable ? nil : "it may have been carried out, so it is not repeated without a look"
    default: return nil
    }
  }

  /// GitHub leads to a repository's number; anything else that leads on is a matter of the address.
  private static func moved(_ place: String) -> String {
    let place = place.onOneLine(200)
    return place.contains("/repositories/")
      ? "the repository was renamed or has moved to \(place): set alert.repository (or GITHUB_REPOSITORY) to its name of today"
      : "it leads on to '\(place)': set GITHUB_API_URL to where the API is"
  }

  private static func forbidden(_ response: HTTPResponse, _ call: GitHubCall, _ message: String) -> String? {
    if message.lowercased().contains("archived") { return "an archived repository takes nothing new" }
    if message.contains("SAML") || message.contains("SSO") {
      return "the token has to be authorised for the organisation's single sign-on"
    }
    let accepted = response.header("x-accepted-github-permissions").flatMap(permissions)
    guard let needed = accepted ?? call.permission else { return nil }
    return "the token lacks the permission \(needed); a workflow grants it under permissions:"
  }

  /// `issues=write; pull_requests=write`: sets of which one is enough, in a workflow's words.
  static func permissions(_ header: String) -> String? {
    let sets = header.split(separator: ";").map { set in
      set.split(separator: ",").map { one in
        one.filter { !$0.isWhitespace }.replacing("_", with: "-").replacing("=", with: ": ")
      }.filter { !$0.isEmpty }.joined(separator: " and ")
    }.filter { !$0.isEmpty }
    return sets.isEmpty ? nil : sets.joined(separator: " or ").onOneLine(200)
  }

  private static func notFound(_ call: GitHubCall) -> String {
    let parts = call.path.split(separator: "/")
    guard parts.count >= 3, parts[0] == "repos" else { return "check GITHUB_API_URL" }
    let repository = "\(parts[1])/\(parts[2])"
    let what = call.subject.flatMap { $0 == repository ? nil : "no \($0) in \(repository)" }
    return
      "there is \(what ?? "no repository \(repository)"), or the token may not see it\(call.permission.map { " (it needs \($0))" } ?? "")"
  }
}
