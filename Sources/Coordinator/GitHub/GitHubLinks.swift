import Shared

/// Pages that the `Link` header of an answer names (RFC 8288): `<https://...&page=2>; rel="next", <...>; rel="last"`.
enum GitHubLinks {
  /// - Returns: `nil` on the last page.
  static func next(_ response: HTTPResponse) -> String? {
    for header in response.headers where header.name.lowercased() == "link" {
      // An address has no comma before its >, so that a list is cut at each <.
      for part in header.value.split(separator: "<").dropFirst(header.value.hasPrefix("<") ? 0 : 1) {
        let pieces = part.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
        guard pieces.count == 2 else { continue }
        let parameters = pieces[1].split { $0 == ";" || $0 == "," }.map { $0.filter { !$0.isWhitespace } }
        if parameters.contains(#"rel="next""#) || parameters.contains("rel=next") { return String(pieces[0]) }
      }
    }
    return nil
  }
}
