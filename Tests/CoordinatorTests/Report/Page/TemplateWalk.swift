/// Follows the templates through a view without the engine, and notes what the engine would take without a word.
struct TemplateWalk {
  let templates: [String: String]
  private(set) var problems: Set<String> = []
  /// `template: tag` of every section that was entered.
  private(set) var entered: Set<String> = []

  init(templates: [String: String]) { self.templates = templates }

  private indirect enum Part {
    case variable(String)
    case section(String, isInverted: Bool, [Part])
    case partial(String)
  }

  mutating func walk(_ template: String, _ view: Any) throws {
    let parts = try parts(templates[template] ?? "")
    walk(parts, of: template, [Mirror(reflecting: view)])
  }

  /// Every section of every template, as `entered` names them.
  func sections() throws -> Set<String> {
    func names(_ parts: [Part], _ template: String) -> [String] {
      parts.flatMap { (part: Part) -> [String] in
        guard case .section(let name, let isInverted, let inner) = part else { return [] }
        return ["\(template): \(isInverted ? "^" : "#")\(name)"] + names(inner, template)
      }
    }
    return try Set(templates.flatMap { try names(parts($0.value), $0.key) })
  }

  private func parts(_ text: String) throws -> [Part] {
    struct Unbalanced: Error {}
    var open: [(name: String, isInverted: Bool, parts: [Part])] = [("", false, [])]
    for match in text.matches(of: #/\{\{\{?([#^/>]?)\s*([a-zA-Z0-9.]+)\}?\}\}/#) {
      let name = String(match.2)
      switch match.1 {
      case "#", "^": open.append((name, match.1 == "^", []))
      case "/":
        let section = open.removeLast()
        guard section.name == name, !open.isEmpty else { throw Unbalanced() }
        open[open.count - 1].parts.append(.section(name, isInverted: section.isInverted, section.parts))
      case ">": open[open.count - 1].parts.append(.partial(name))
      default: open[open.count - 1].parts.append(.variable(name))
      }
    }
    return open[0].parts
  }

  private mutating func walk(_ parts: [Part], of template: String, _ stack: [Mirror]) {
    for part in parts {
      switch part {
      case .partial(let name):
        guard let inner = try? self.parts(templates[name] ?? "") else { continue }
        walk(inner, of: name, stack)
      case .variable(let name) where !name.hasPrefix("assets."):
        if !(find(name, stack).last is String) { problems.insert("\(template): {{\(name)}} is no text") }
      case .variable: break
      case .section(let name, let isInverted, let inner):
        let found = find(name, stack)
        if found.isEmpty { problems.insert("\(template): {{#\(name)}} is not there") }
        for level in content(found, of: "\(template): {{#\(name)}}", isInverted: isInverted) {
          entered.insert("\(template): \(isInverted ? "^" : "#")\(name)")
          walk(inner, of: template, stack + level)
        }
      }
    }
  }

  /// The members of that name, the innermost last.
  private func find(_ name: String, _ stack: [Mirror]) -> [Any] {
    stack.compactMap { level in level.children.first { $0.label == name }?.value }
  }

  /// What is added to the stack for each time that a section is drawn.
  private mutating func content(_ found: [Any], of tag: String, isInverted: Bool) -> [[Mirror]] {
    guard let value = found.last else { return [] }
    if let flag = value as? Bool { return flag == isInverted ? [] : [[]] }
    if value is String {
      problems.insert("\(tag) stands on a text")
      return []
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      if found.count > 1 { problems.insert("\(tag) may be nil, and has a namesake further out") }
      guard let inner = mirror.children.first?.value else { return isInverted ? [[]] : [] }
      return content([inner], of: tag, isInverted: isInverted)
    case .collection:
      if isInverted { return mirror.children.isEmpty ? [[]] : [] }
      return mirror.children.map { [Mirror(reflecting: $0.value)] }
    default: return isInverted ? [] : [[mirror]]
    }
  }
}
