import Foundation

/// As much of JSON Schema (draft 7) as grid.schema.json uses; another keyword is an error, so that none is passed over.
package struct JSONSchema {
  private let root: JSON

  package init(_ root: JSON) { self.root = root }

  /// - Returns: what is wrong, with the path; empty when it is valid.
  package func problems(_ value: JSON) -> [String] { problems(value, root, at: "") }

  private func problems(_ value: JSON, _ schema: JSON, at path: String) -> [String] {
    var found: [String] = []
    for (keyword, rule) in schema.object ?? [:] {
      switch keyword {
      case "$schema", "title", "description", "default", "definitions": break
      case "required" where value.object == nil: break
      case "$ref":
        let name = rule.string?.split(separator: "/").last.map(String.init) ?? ""
        guard let target = root["definitions"]?[name] else { return ["\(path): no definition \(name)"] }
        found += problems(value, target, at: path)
      case "type":
        let types = rule.strings ?? [rule.string ?? ""]
        if !types.contains(where: { Self.isOf($0, value) }) { found.append("\(path): not \(types)") }
      case "const": if value != rule { found.append("\(path): not \(rule)") }
      case "enum": if !(rule.array ?? []).contains(value) { found.append("\(path): none of \(rule)") }
      case "anyOf":
        if !(rule.array ?? []).contains(where: { problems(value, $0, at: path).isEmpty }) {
          found.append("\(path): none of the forms")
        }
      case "pattern":
        if let text = value.string, text.range(of: rule.string ?? "", options: .regularExpression) == nil {
          found.append("\(path): '\(text)' is not like \(rule.string ?? "")")
        }
      case "minimum":
        if let number = value.number, number < rule.number ?? 0 { found.append("\(path): too small") }
      case "exclusiveMinimum":
        if let number = value.number, number <= rule.number ?? 0 { found.append("\(path): too small") }
      case "maximum":
        if let number = value.number, number > rule.number ?? 0 { found.append("\(path): too large") }
      case "required":
        for name in rule.strings ?? [] where value[name] == nil { found.append("\(path): no \(name)") }
      case "items": for element in value.array ?? [] { found += problems(element, rule, at: "\(path)[]") }
      case "properties":
        for (name, member) in rule.object ?? [:] {
          if let inner = value[name] { found += problems(inner, member, at: "\(path).\(name)") }
        }
      case "additionalProperties":
        for (name, inner) in value.object ?? [:] where schema["properties"]?[name] == nil {
          if rule == false {
            found.append("\(path): \(name) is not known")
          } else {
            found += problems(inner, rule, at: "\(path).\(name)")
          }
        }
      default: found.append("the schema's keyword \(keyword) is not known here")
      }
    }
    return found
  }

  private static func isOf(_ type: String, _ value: JSON) -> Bool {
    switch (type, value) {
    case ("string", .string), ("boolean", .bool), ("object", .object), ("array", .array), ("number", .number):
      true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }
}
