/// A run's name and its folder in the store: `2026-11-23`, `2026-11-23.2` for the second of that UTC date, or
/// `hand-...` for shards that somebody starts without a coordinator.
package struct RunID: Sendable, Hashable, CustomStringConvertible {
  package let text: String

  /// - Returns: `nil` unless `text` is 1 to 100 letters, digits, `-`, `_` or `.`, and begins with a letter or digit.
  package init?(_ text: String) {
    let allowed = text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || [45, 46, 95].contains($0)
    }
    guard allowed, (1...100).contains(text.utf8.count), let first = text.first,
      first.isLetter || first.isNumber
    else { return nil }
    self.text = text
  }

  /// The name of the `number`th run of a UTC date, from 1.
  package init(date: UTCInstant, number: Int) {
    text = number == 1 ? date.date : "\(date.date).\(number)"
  }

  package var description: String { text }

  /// Somebody's own name for it; no coordinator has such a run.
  package var isByHand: Bool { text.hasPrefix("hand-") }
}

extension RunID: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let run = RunID(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected a run id, as 2026-11-23.2")
    }
    self = run
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
