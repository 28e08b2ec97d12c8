import Foundation
import TestSupport

/// The faults that were told, how far the calls of each have been counted, and how often each has happened.
struct FaultBook: Sendable {
  private struct Entry: Sendable {
    let fault: Fault
    var calls = 0
    var happened = 0
  }

  private var entries: [Entry] = []

  mutating func add(_ faults: [Fault]) { entries += faults.map { Entry(fault: $0) } }
  mutating func clear() { entries = [] }

  /// Counts a call, and says what goes wrong with it, and which of the faults that is.
  mutating func call(_ request: Request) -> (fault: Fault, index: Int)? {
    var found: (Fault, Int)?
    for index in entries.indices where entries[index].fault.matches(request) {
      entries[index].calls += 1
      guard found == nil, entries[index].fault.calls?.contains(entries[index].calls) ?? true else { continue }
      entries[index].happened += 1
      found = (entries[index].fault, index)
    }
    return found
  }

  var json: JSON {
    .array(
      entries.map { entry in
        var members = entry.fault.source
        members["happened"] = .number(Double(entry.happened))
        return .object(members)
      })
  }
}

extension Fault {
  /// In place of what would have been answered, or of carrying it out.
  /// - Parameter permissions: what the call needs, as the header has it.
  func refusal(_ request: Request, now: Date, permissions: String, repositoryID: Int) -> Answer? {
    let limits = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
    let secondary =
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    switch kind {
    case .retryAfter:
      return Refusal(
        status: 403, message: secondary, documentation: limits, headers: ["retry-after": "\(seconds)"]
      ).answer
    case .rateLimit:
      let reset = Int(now.timeIntervalSince1970.rounded(.up)) + seconds
      return Refusal(
        status: 403, message: "API rate limit exceeded for installation ID 1234567.", documentation: limits,
        headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "\(reset)"]
      ).answer
    case .secondaryLimit: return Refusal(status: 429, message: secondary, documentation: limits).answer
    case .badGateway, .badGatewayAfter:
      return Answer(
        502, html: "<html><head><title>502 Bad Gateway</title></head><body>unicorn</body></html>\n")
    case .html:
      return Answer(200, html: "<!DOCTYPE html><html><head><title>Sign in</title></head></html>\n")
    case .renamed: return .moved(request, repositoryID)
    case .forbidden: return Refusal.forbidden(permissions).answer
    case .notFound: return Refusal.notFound.answer
    case .cutBefore, .cut, .hang, .cutJSON, .together: return nil
    }
  }
}

extension Answer {
  /// The repository has another name: by its number it is found under any.
  static func moved(_ request: Request, _ repositoryID: Int) -> Answer {
    let rest = request.parts.dropFirst(3).joined(separator: "/")
    let query = request.query.isEmpty ? "" : "?\(request.query)"
    let place = "\(request.base)/repositories/\(repositoryID)/\(rest)\(query)"
    return Answer(
      request.method == "GET" ? 301 : 307,
      [
        "message": "Moved Permanently", "url": .string(place),
        "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api",
      ], ["location": place])
  }
}

extension Refusal {
  /// - Parameter permissions: what is needed, as the header has it.
  static func forbidden(_ permissions: String, isIntegration: Bool = true) -> Refusal {
    Refusal(
      status: 403,
      message: "Resource not accessible by \(isIntegration ? "integration" : "personal access token")",
      documentation: "https://docs.github.com/rest/authentication/permissions-required-for-github-apps",
      headers: permissions.isEmpty ? [:] : ["x-accepted-github-permissions": permissions])
  }
}
