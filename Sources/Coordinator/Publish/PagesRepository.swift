import Foundation

/// A repository as git is told of it: what is secret in its address is kept out of git's arguments and of all texts.
struct PagesRepository: Sendable, Equatable {
  /// For git, and for people.
  let address: String
  /// The value of the header Authorization; `nil`: git asks its own credential helpers.
  let authorization: String?
  /// What no text may hold.
  let secrets: [String]

  /// - Parameters:
  ///   - text: an address, or a path.
  ///   - directory: to which a path is relative.
  init(_ text: String, environment: [String: String], directory: String) {
    guard let web = WebAddress(text) else {
      (address, authorization, secrets) = (Self.absolute(text, directory), nil, [])
      return
    }
    let token = (environment["GITHUB_TOKEN"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    let pair = Self.pair(web, token: token, server: environment["GITHUB_SERVER_URL"])
    guard let pair else {
      (address, authorization, secrets) = (web.text, nil, [token].filter { !$0.isEmpty })
      return
    }
    let encoded = Data(pair.utf8).base64EncodedString()
    (address, authorization) = (web.text, "Basic \(encoded)")
    let password = String(pair[pair.index(after: pair.firstIndex(of: ":") ?? pair.startIndex)...])
    // One so short is found by chance in any sentence.
    let user = pair.hasSuffix(":") ? String(pair.dropLast()) : nil
    secrets = [web.user, user, token, encoded, pair, password].compactMap(\.self).filter { $0.utf8.count > 3 }
  }

  /// User and password, joined by a colon; `nil` when git's own credentials are to be asked.
  private static func pair(_ web: WebAddress, token: String, server: String?) -> String? {
    let user = web.user.map { $0.removingPercentEncoding ?? $0 }
    if let user, user.contains(":") { return user }
    // GitHub's token is for GitHub alone.
    let gitHub = WebAddress(server ?? "") ?? WebAddress("https://github.com")
    if web.origin == gitHub?.origin, !token.isEmpty { return "x-access-token:\(token)" }
    // A user without a password is a token at most places: it stays out of the address wherever that leads.
    return user.flatMap { $0.isEmpty ? nil : "\($0):" }
  }

  static func hasPassword(_ text: String) -> Bool { WebAddress(text)?.user?.contains(":") == true }

  /// Paths are relative to where the program runs; git runs somewhere else.
  private static func absolute(_ text: String, _ directory: String) -> String {
    // git's own rule: a colon before the first slash makes it host:path, of ssh.
    let isAddress = text.contains("://") || text.prefix { $0 != "/" }.contains(":")
    return isAddress || text.hasPrefix("/") ? text : "\(directory)/\(text)"
  }
}

/// An address that is fetched by HTTP, taken apart.
private struct WebAddress {
  /// As `https://host:port`, in lower case.
  let origin: String
  /// What stands before the @.
  let user: String?
  /// Without it.
  let text: String

  init?(_ text: String) {
    guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
      return nil
    }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#".contains($0) }
    let at = authority.lastIndex(of: "@")
    let host = at.map { authority[authority.index(after: $0)...] } ?? authority
    user = at.map { String(authority[..<$0]) }
    origin = "\(scheme)\(host.lowercased())"
    self.text = "\(scheme)\(host)\(rest.dropFirst(authority.count))"
  }
}
