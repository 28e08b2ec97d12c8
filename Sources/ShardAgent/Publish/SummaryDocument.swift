import Shared

/// `summary.json`: k6's own summary without what setup() returned (it may hold tokens) and without secrets, plus our member `grid`.
struct SummaryDocument: Encodable {
  private let k6: [String: JSONValue]
  private let grid: ShardSummary

  /// - Parameter k6Summary: what k6 wrote to `--summary-export`; `nil` when it wrote nothing, and then the document
  ///   holds `grid` alone. What cannot be read counts as nothing: `grid.ending.wrote_summary` says which.
  init(k6Summary: [UInt8]?, grid: ShardSummary, redactor: Redactor = Redactor()) {
    var k6 =
      k6Summary.flatMap { try? decoded([String: JSONValue].self, from: $0, name: "k6's summary") } ?? [:]
    k6["setup_data"] = nil
    (self.k6, self.grid) = (redactor.redact(k6), grid)
  }

  /// - Parameter written: in k6's words, where k6 itself wrote nothing.
  init(written: [String: JSONValue], grid: ShardSummary, redactor: Redactor = Redactor()) {
    (k6, self.grid) = (redactor.redact(written), grid)
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (name, value) in k6 where name != "grid" {
      try container.encode(value, forKey: Key(stringValue: name))
    }
    try container.encode(grid, forKey: Key(stringValue: "grid"))
  }
}
