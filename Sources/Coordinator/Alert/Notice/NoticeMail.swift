import Shared

/// An e-mail: plain text, as SNS sends no other; short lines, columns by spaces, an address a line. What is too much is cut
/// by whole lines, so that the text stays far below what SNS takes.
struct NoticeMail: Sendable {
  let text: String

  private static let mostThresholds = 12
  private static let mostReasons = 5

  init(_ words: NoticeWords) {
    let facts = words.facts
    let sections: [[String]] = [
      PlainText.wrapped(words.headline), Self.thresholds(words),
      Self.reasons(words.unexplained), words.story.flatMap { PlainText.wrapped($0) }, Self.links(facts),
      PlainText.wrapped(words.ending ?? ""),
    ]
    text = sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private static func thresholds(_ words: NoticeWords) -> [String] {
    // Figures of a run that is not whole say nothing.
    if case .unjudged = words.occasion { return [] }
    let all = words.facts.thresholds
    let rest = all.dropFirst(mostThresholds)
    guard !rest.isEmpty else { return table(all.map(\.plainRow)) }
    let crossed = rest.count { $0.outcome == .crossed }
    return table(all.prefix(mostThresholds).map(\.plainRow)) + [
      "  ... and \(PageText.plural(rest.count, "more threshold")), \(crossed) of them crossed"
    ]
  }

  private static func reasons(_ all: [String]) -> [String] {
    let shown = all.prefix(mostReasons).flatMap { reason in
      PlainText.wrapped(reason, width: 72).enumerated().map { ($0 == 0 ? "  " : "    ") + $1 }
    }
    let rest = all.count - mostReasons
    return shown + (rest > 0 ? ["  ... and \(PageText.plural(rest, "more reason"))"] : [])
  }

  private static func links(_ facts: AlertFacts) -> [String] {
    let links = facts.namedLinks
    let all =
      links.isEmpty ? facts.links.result.map { [("Result", $0)] } ?? [] : links.map { ($0.name, $0.address) }
    let width = (all.map { $0.0.count }.max() ?? 0) + 2
    return all.map { name, address in
      name + String(repeating: " ", count: width - name.count) + address
    }
  }
}

extension AlertFacts {
  /// An address that is longer is none that anybody typed.
  private static let longestAddress = 2000

  /// Addresses of the web, in the order in which people need them.
  var namedLinks: [(name: String, address: String)] {
    let all: [(String, String?)] = [
      ("Issue", issue?.url), ("Trend", links.night), ("Run", links.workflowRun), ("Commits", commits?.url),
      ("Dashboard", links.dashboard), ("Runbook", links.runbook),
    ]
    return all.compactMap { name, address in
      PageText.webAddress(address).flatMap { $0.utf8.count <= Self.longestAddress ? (name, $0) : nil }
    }
  }

  func address(_ name: String) -> String? { namedLinks.first { $0.name == name }?.address }
}
