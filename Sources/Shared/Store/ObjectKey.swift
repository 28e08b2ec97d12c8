/// A name in the store: parts of letters, digits and `-_.=+`, separated by `/`, none of them `.` or `..`.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral
{
  package let text: String

  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isValid = parts.allSatisfy { part in
      !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 200
        && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.=+".contains($0)) }
    }
    guard isValid else { return nil }
    self.text = text
  }

  package init(stringLiteral value: String) {
    guard let key = ObjectKey(value) else { preconditionFailure("'\(value)' is no object key") }
    self = key
  }

  package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  package var description: String { text }
}
