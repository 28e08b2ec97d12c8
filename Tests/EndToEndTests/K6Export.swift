import Foundation

/// k6's own `--summary-export`. Foundation's JSONSerialization rounds some numbers by an ulp, JSONDecoder does not.
struct K6Export: Decodable {
  struct Metric: Decodable {
    private(set) var values: [String: Double] = [:]
    /// By expression; true means crossed.
    private(set) var thresholds: [String: Bool] = [:]

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { return nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys {
        if key.stringValue == "thresholds" {
          thresholds = try container.decode([String: Bool].self, forKey: key)
        } else {
          values[key.stringValue] = try container.decode(Double.self, forKey: key)
        }
      }
    }
  }

  let metrics: [String: Metric]

  init(_ file: URL) throws { self = try JSONDecoder().decode(K6Export.self, from: Data(contentsOf: file)) }
}
