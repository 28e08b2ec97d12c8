/// Something that is asked of AWS, as IAM looks at it.
package struct IAMCall: Hashable, Sendable, CustomStringConvertible {
  /// As `s3:GetObject`.
  package let action: String
  /// An ARN, or `*` where an action knows none.
  package let resource: String
  /// By condition keys, as `ecs:cluster`.
  package let context: [String: String]

  package init(_ action: String, on resource: String = "*", _ context: [String: String] = [:]) {
    (self.action, self.resource, self.context) = (action, resource, context)
  }

  package var description: String { "\(action) on \(resource) \(context.isEmpty ? "" : "\(context)")" }
}

/// An identity's policy. It allows what a statement names; nothing else is. A document that says more than this can judge is
/// refused: it allows, by Action and Resource, under StringEquals and ArnEquals.
package struct IAMPolicy: Sendable {
  /// One action on one pattern of resources.
  package struct Grant: Hashable, Sendable, CustomStringConvertible {
    package let statement, action, resource: String
    package var description: String { "\(statement): \(action) on \(resource)" }
  }
  private struct Statement {
    let name: String
    let actions, resources: [String]
    /// Every key has to have one of its values.
    let conditions: [String: [String]]
  }
  private let statements: [Statement]

  package init(_ document: JSON) throws {
    statements = try (document["Statement"]?.array ?? []).map(Self.statement)
    guard !statements.isEmpty else { throw IAMPolicyError(description: "no statements: \(document)") }
  }

  private static func statement(_ json: JSON) throws -> Statement {
    let members = json.object ?? [:]
    let known: Set = ["Sid", "Effect", "Action", "Resource", "Condition"]
    let conditions = members["Condition"]?.object ?? [:]
    guard members["Effect"] == "Allow", Set(members.keys).isSubset(of: known),
      let name = members["Sid"]?.string,
      Set(conditions.keys).isSubset(of: ["StringEquals", "ArnEquals"])
    else { throw IAMPolicyError(description: "a statement that is not understood: \(json)") }
    var values: [String: [String]] = [:]
    for operands in conditions.values {
      for (key, value) in operands.object ?? [:] { values[key] = texts(value) }
    }
    return Statement(
      name: name, actions: texts(members["Action"]), resources: texts(members["Resource"]), conditions: values
    )
  }

  private static func texts(_ json: JSON?) -> [String] { json?.strings ?? json?.string.map { [$0] } ?? [] }

  /// All that it allows.
  package var grants: Set<Grant> {
    Set(
      statements.flatMap { statement in
        statement.actions.flatMap { action in
          statement.resources.map { Grant(statement: statement.name, action: action, resource: $0) }
        }
      })
  }

  /// - Returns: what allows a call; nothing where it is refused.
  package func grants(for call: IAMCall) -> [Grant] {
    statements.flatMap { statement in
      let holds = statement.conditions.allSatisfy { key, values in
        call.context[key].map(values.contains) ?? false
      }
      guard holds else { return [Grant]() }
      return statement.actions.filter { matches(call.action, $0) }.flatMap { action in
        statement.resources.filter { matches(call.resource, $0) }.map {
          Grant(statement: statement.name, action: action, resource: $0)
        }
      }
    }
  }
}

package struct IAMPolicyError: Error, CustomStringConvertible {
  package let description: String
  package init(description: String) { self.description = description }
}

/// IAM's patterns: `*` is any text, with slashes; `?` is one character.
private func matches(_ text: String, _ pattern: String) -> Bool {
  let (text, pattern) = (Array(text), Array(pattern))
  // reached[i]: the pattern until here fits the first i characters.
  var reached = [true] + Array(repeating: false, count: text.count)
  for sign in pattern {
    var next = Array(repeating: false, count: text.count + 1)
    if sign == "*" { next[0] = reached[0] }
    for i in text.indices {
      next[i + 1] =
        sign == "*" ? reached[i + 1] || next[i] : reached[i] && (sign == "?" || sign == text[i])
    }
    reached = next
  }
  return reached[text.count]
}
