/// A suite's name: letters, digits, `-`, `_` and `.`, not empty.
package func isSuiteName(_ text: String) -> Bool {
  !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
}
