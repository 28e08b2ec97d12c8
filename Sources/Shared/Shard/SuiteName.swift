/// A suite's name: 1 to 255 letters, digits, `-`, `_` and `.`.
package func isSuiteName(_ text: String) -> Bool {
  (1...255).contains(text.utf8.count)
    && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
}
