import TestSupport

extension JSON {
  /// Of a list of `{"name": ..., "value": ...}`, the last of a name counts.
  var namedValues: [String: String] {
    var found: [String: String] = [:]
    for pair in array ?? [] { found[pair["name"]?.string ?? ""] = pair["value"]?.string ?? "" }
    return found
  }
}
