import Foundation

/// Any JSON, with true and 1 told apart.
enum WireValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([WireValue])
  case object([String: WireValue])

  /// An object without those members that are `nil`.
  init(_ members: [String: WireValue?]) { self = .object(members.compactMapValues { $0 }) }

  init(parsing text: Data) throws { self = try JSONDecoder().decode(WireValue.self, from: text) }

  var text: Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every number here came out of JSON or of a clock, so it is finite.
    return (try? encoder.encode(self)) ?? Data()
  }

  subscript(name: String) -> WireValue? { object?[name] }

  var string: String? { if case .string(let string) = self { string } else { nil } }
  var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  var number: Double? { if case .number(let number) = self { number } else { nil } }
  var integer: Int? { number.flatMap { Int(exactly: $0) } }
  var array: [WireValue]? { if case .array(let array) = self { array } else { nil } }
  var object: [String: WireValue]? { if case .object(let object) = self { object } else { nil } }
  var strings: [String]? { array?.compactMap(\.string) }

  /// Of a list of `{"name": ..., "value": ...}`, the last of a name counts.
  var namedValues: [String: String] {
    var found: [String: String] = [:]
    for pair in array ?? [] { found[pair["name"]?.string ?? ""] = pair["value"]?.string ?? "" }
    return found
  }
}

extension WireValue: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let string = try? container.decode(String.self) {
      self = .string(string)
    } else if let array = try? container.decode([WireValue].self) {
      self = .array(array)
    } else {
      self = .object(try container.decode([String: WireValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let bool): try container.encode(bool)
    case .number(let number):
      if let integer = Int(exactly: number) {
        try container.encode(integer)
      } else {
        try container.encode(number)
      }
    case .string(let string): try container.encode(string)
    case .array(let array): try container.encode(array)
    case .object(let object): try container.encode(object)
    }
  }
}

extension WireValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(floatLiteral value: Double) { self = .number(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral elements: WireValue...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, WireValue)...) {
    self = .object(Dictionary(elements) { $1 })
  }
}
