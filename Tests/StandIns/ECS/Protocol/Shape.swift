import TestSupport

/// What a value in a request may be. The real service ignores a member that it does not know; the stand-in refuses
/// it, since in a client of ours it is a slip.
indirect enum Shape: Sendable {
  case string
  case integer(ClosedRange<Int>? = nil)
  case boolean
  case oneOf([String])
  case list(Shape)
  case map
  case structure([String: Shape], required: [String] = [])
  /// Of a member that is let through unread.
  case any

  /// - Throws: ``ECSError``, with the member's path.
  func check(_ value: JSON, at path: String = "") throws {
    switch (self, value) {
    case (.any, _), (.string, .string), (.boolean, .bool): return
    case (.integer(let range), .number(let number)):
      guard let integer = Int(exactly: number) else { throw wrongKind(value, at: path) }
      if let range, !range.contains(integer) {
        throw ECSError.invalidParameter("\(path) must be from \(range.lowerBound) to \(range.upperBound)")
      }
    case (.oneOf(let choices), .string(let string)):
      guard choices.contains(string) else {
        throw ECSError.invalidParameter(
          "Value '\(string)' at '\(path)' failed to satisfy constraint: Member must satisfy enum value set: \(choices)"
        )
      }
    case (.list(let element), .array(let array)):
      for (index, value) in array.enumerated() { try element.check(value, at: "\(path)[\(index)]") }
    case (.map, .object(let object)):
      for (name, value) in object { try Shape.string.check(value, at: "\(path).\(name)") }
    case (.structure(let members, let required), .object(let object)):
      try Self.check(object, members, required, at: path)
    default: throw wrongKind(value, at: path)
    }
  }

  private static func check(
    _ object: [String: JSON], _ members: [String: Shape], _ required: [String], at path: String
  ) throws {
    for (name, value) in object.sorted(by: { $0.key < $1.key }) {
      let inner = path.isEmpty ? name : "\(path).\(name)"
      guard let shape = members[name] else {
        throw ECSError.serialization("\(inner) is not a member of the request")
      }
      try shape.check(value, at: inner)
    }
    for name in required where object[name] == nil {
      throw ECSError.client("\(path.isEmpty ? "" : "\(path).")\(name) can not be blank.")
    }
  }

  private func wrongKind(_ value: JSON, at path: String) -> ECSError {
    let kind =
      switch value {
      case .null: "null"
      case .bool: "TRUE_VALUE or FALSE_VALUE"
      case .number: "NUMBER_VALUE"
      case .string: "STRING_VALUE"
      case .array: "START_ARRAY"
      case .object: "START_OBJECT"
      }
    return .serialization(
      "\(path.isEmpty ? "the body" : path): \(kind) can not be converted to what belongs there")
  }
}
