import Shared

/// Sections of Markdown that must fit: whole ones are left out, the last ones first.
struct AlertBody {
  struct Section {
    /// What is left out, where it does not fit: `all numbers`; `nil` for what always stays.
    let name: String?
    let lines: [String]

    init(_ name: String?, _ lines: [String]) { (self.name, self.lines) = (name, lines) }

    init(_ lines: [String]) { self.init(nil, lines) }
  }

  /// The marker.
  let first: String
  /// In their order; empty ones are nothing.
  let sections: [Section]

  /// Bytes. GitHub says 65,536 characters; it keeps more of an issue, and silently nothing of what is longer than that.
  static let budget = 60_000

  func text(budget: Int = Self.budget) -> String {
    var kept = sections.filter { !$0.lines.isEmpty }
    var dropped: [String] = []
    while joined(kept, dropped).utf8.count > budget, let index = kept.lastIndex(where: { $0.name != nil }) {
      dropped.append(kept.remove(at: index).name ?? "")
    }
    return joined(kept, dropped)
  }

  private func joined(_ sections: [Section], _ dropped: [String]) -> String {
    let note = dropped.isEmpty ? [] : ["There was no room for \(dropped.joined(separator: ", "))."]
    let blocks = sections.map { $0.lines.joined(separator: "\n") } + note
    return first + "\n" + blocks.joined(separator: "\n\n") + "\n"
  }
}
