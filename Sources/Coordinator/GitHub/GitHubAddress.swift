import Shared

/// Where the API is: `https://api.github.com`, or a GitHub Enterprise Server's `https://host/api/v3`.
struct GitHubAddress: Sendable, Equatable {
  let scheme: String
  /// With the port where it is not the scheme's own.
  let host: String
  /// What goes before every path: empty, or `/api/v3`.
  let prefix: String

  init(_ text: String) throws(UsageError) {
    guard let address = WebAddress(text), address.query.isEmpty,
      address.scheme == "https" || address.isLoopback
    else {
      throw UsageError(
        "GITHUB_API_URL '\(text)' is not understood: expected https, as https://api.github.com or https://github.acme.example/api/v3"
      )
    }
    (scheme, host) = (address.scheme, address.host)
    var prefix = address.path
    while prefix.last == "/" { prefix.removeLast() }
    self.prefix = prefix
  }

  /// A page that GitHub names: path and query, as they are.
  /// - Returns: `nil` for one elsewhere, where the token has nothing to do.
  func target(_ url: String) -> (path: String, query: String)? {
    guard let address = WebAddress(url), address.scheme == scheme,
      address.host.lowercased() == host.lowercased()
    else { return nil }
    return (address.path, address.query)
  }
}

/// Is shown nowhere.
struct GitHubToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  init(_ text: String) throws(UsageError) {
    let token = text.trimmingWhitespace
    guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw UsageError("GITHUB_TOKEN is empty, or has characters that no token has")
    }
    self.text = token
  }

  var header: (name: String, value: String) { ("authorization", "Bearer \(text)") }

  /// Should somebody's answer repeat it.
  func hidden(in other: String) -> String { other.replacing(text, with: "(GITHUB_TOKEN)") }

  var description: String { "(GITHUB_TOKEN)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}

extension String {
  fileprivate var trimmingWhitespace: String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
    return String(self[start..<max(start, end)])
  }
}
