/// Which samples a threshold speaks of: `name`, or `name{tag:value,tag2:value2}` in k6's grammar.
package struct MetricSelector: Sendable, Hashable {
  package let metric: String
  /// Exact, case-sensitive equality of every tag listed; empty for the whole metric.
  package let tags: [String: String]
  /// As k6 writes it: the name, and what stands between the braces, trimmed.
  package let text: String

  /// Splits at the first `{` and the last `}`, parts at `,`, each part at its first `:`; quotes and spaces
  /// around a key or a value do not count. k6 2.2, metrics.ParseMetricName.
  package init(_ source: String) throws(ThresholdError) {
    let source = source.trimmed
    guard let open = source.firstIndex(of: "{") else {
      guard Self.isMetricName(source) else { throw ThresholdError.badMetricName(source) }
      (metric, tags, text) = (source, [:], source)
      return
    }
    let name = String(source[..<open])
    guard Self.isMetricName(name) else { throw ThresholdError.badMetricName(name) }
    guard source.last == "}" else { throw ThresholdError.badTags(source) }
    let inner = String(source[source.index(after: open)...].dropLast()).trimmed
    var tags: [String: String] = [:]
    for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
      guard let colon = part.firstIndex(of: ":"), part.index(after: colon) != part.endIndex else {
        throw ThresholdError.badTags(source)
      }
      let key = Self.unquoted(part[..<colon])
      guard !key.isEmpty else { throw ThresholdError.badTags(source) }
      tags[key] = Self.unquoted(part[part.index(after: colon)...])
    }
    (metric, self.tags, text) = (name, tags, "\(name){\(inner)}")
  }

  private static func unquoted(_ text: Substring) -> String {
    let quotes: Set<Character> = ["\"", "'"]
    var text = Substring(String(text).trimmed)
    while let first = text.first, quotes.contains(first) { text.removeFirst() }
    while let last = text.last, quotes.contains(last) { text.removeLast() }
    return String(text)
  }

  /// `^[a-zA-Z_][a-zA-Z0-9_]{1,128}$`
  static func isMetricName(_ name: some StringProtocol) -> Bool {
    let bytes = Array(name.utf8)
    guard (2...129).contains(bytes.count), !(48...57).contains(bytes[0]) else { return false }
    return bytes.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
  }
}

extension String {
  /// Without white space at either end, line ends and tabs included, as Go's `strings.TrimSpace`.
  package var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
