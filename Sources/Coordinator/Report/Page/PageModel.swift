import Mustache

/// A view as the templates see it: its members by name, read off once. The engine itself would reflect a view for every
/// name, and would look for a member that is `nil` in the levels around it; here it is false, whatever stands there.
struct PageModel: MustacheParent, Sendable {
  private enum Member: Sendable {
    case text(String)
    case flag(Bool)
    case list([PageModel])
    case object(PageModel)

    var value: Any {
      switch self {
      case .text(let text): text
      case .flag(let flag): flag
      case .list(let list): list
      case .object(let object): object
      }
    }
  }

  private var members: [String: Member]

  /// - Parameter view: a struct of texts, Bools, lists of such structs, and such structs, optional or not.
  init(_ view: Any) { self.init(Mirror(reflecting: view)) }

  private init(_ mirror: Mirror) {
    members = [:]
    for child in mirror.children {
      if let name = child.label { members[name] = Self.member(child.value) }
    }
  }

  private static func member(_ value: Any) -> Member {
    if let text = value as? String { return .text(escapable(text)) }
    if let flag = value as? Bool { return .flag(flag) }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { member($0.value) } ?? .flag(false)
    case .collection: return .list(mirror.children.map { PageModel($0.value) })
    default: return .object(PageModel(mirror))
    }
  }

  /// The engine escapes Character by Character, and one that is more than the sign to be escaped it lets through:
  /// every text is made safe here, whether or not it was marked as one from outside.
  private static func escapable(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    let isJoined = text.contains { character in
      character.unicodeScalars.count > 1
        && character.unicodeScalars.contains { "<>&\"'".unicodeScalars.contains($0) }
    }
    return isJoined ? PageText.apartFromMarks(Array(text.unicodeScalars)) : text
  }

  /// With one more member.
  func adding(_ object: PageModel, as name: String) -> PageModel {
    var model = self
    model.members[name] = .object(object)
    return model
  }

  func child(named name: String) -> Any? { members[name]?.value }
}
