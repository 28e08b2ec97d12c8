import TestSupport

/// What a member of a request's body may be. The real one ignores a member that it does not know; the stand-in refuses
/// it, since in a client of ours it is a slip.
indirect enum Shape: Sendable {
  case text
  case number
  case truth
  case oneOf([String])
  case list(Shape)
  /// Or `null`.
  case optional(Shape)
  case either(Shape, Shape)
  case object([String: Shape], required: [String] = [])

  /// - Throws: ``Refusal``.
  func check(_ value: JSON, at path: String = "") throws {
    switch (self, value) {
    case (.text, .string), (.truth, .bool), (.optional, .null): return
    case (.number, .number(let number)) where Int(exactly: number) != nil: return
    case (.optional(let shape), _): try shape.check(value, at: path)
    case (.either(let one, let other), _):
      do { try one.check(value, at: path) } catch { try other.check(value, at: path) }
    case (.oneOf(let words), .string(let text)):
      guard words.contains(text) else {
        throw Refusal.schema("For '\(path)', \(text) is not a member of [\(words.joined(separator: ", "))].")
      }
    case (.list(let element), .array(let array)):
      for (index, value) in array.enumerated() { try element.check(value, at: "\(path)/\(index)") }
    case (.object(let members, let required), .object(let object)):
      for (name, value) in object.sorted(by: { $0.key < $1.key }) {
        guard let shape = members[name] else {
          throw Refusal.schema("\"\(path.isEmpty ? name : "\(path)/\(name)")\" is not a permitted key.")
        }
        try shape.check(value, at: path.isEmpty ? name : "\(path)/\(name)")
      }
      for name in required where object[name] == nil {
        throw Refusal.schema("\"\(path.isEmpty ? name : "\(path)/\(name)")\" wasn't supplied.")
      }
    default: throw Refusal.schema("For '\(path)', \(value) is not \(name).")
    }
  }

  private var name: String {
    switch self {
    case .text, .oneOf: "a string"
    case .number: "an integer"
    case .truth: "a boolean"
    case .list: "an array"
    case .object: "an object"
    case .optional(let shape), .either(let shape, _): shape.name
    }
  }
}
