import Shared

/// Which endpoints moved, by what they did to the whole.
struct EndpointTable {
  let facts: AlertFacts

  private static let most = 5
  private static let mostOfAll = 100
  /// As a share; below it nothing has moved.
  private static let least = 0.03

  /// The first few; empty where nothing is known of endpoints.
  var lines: [String] {
    guard let reference = facts.reference, facts.verdict != .incomplete, facts.night.details != nil else { return [] }
    let day = PageText.shortDay(reference.date)
    if reference.details == nil {
      return ["**Where it moved** is not known: the run of \(day) is not stored any more, or could not be read."]
    }
    if facts.moves.isEmpty { return [] }
    guard facts.moves.contains(where: { abs($0.change) >= Self.least }) else {
      return ["**Where it moved:** no endpoint's p95 moved by more than 3 % since \(day)."]
    }
    let shown = facts.moves.prefix(Self.most).filter { abs($0.change) >= Self.least || isNew($0) }
    return ["**Where it moved** (p95, \(facts.runWord.lowercased()) against \(day), \(kind(reference)))", ""]
      + table(Array(shown), day) + rest(after: shown.count)
  }

  /// All of them, for whoever looks on; empty where the first few are all.
  var all: [String] {
    guard !lines.isEmpty, facts.moves.count > Self.most, let reference = facts.reference else { return [] }
    let shown = Array(facts.moves.prefix(Self.mostOfAll))
    let more = facts.moves.count - shown.count
    return [
      "<details><summary>\(more > 0 ? "\(shown.count) of \(facts.moves.count)" : "All \(shown.count)") endpoints</summary>",
      "",
    ] + table(shown, PageText.shortDay(reference.date), withErrors: true) + ["", "</details>"]
  }

  private func kind(_ reference: PageNight) -> String {
    if facts.before?.run == reference.record.run, facts.step != nil { return "the last usual night" }
    return facts.lastGreen?.run == reference.record.run ? "the last green run" : "the last run before the trouble"
  }

  private func isNew(_ move: EndpointMove) -> Bool { move.before == nil && move.endpoint.p95 != nil }

  private func table(_ moves: [EndpointMove], _ day: String, withErrors: Bool = false) -> [String] {
    let head = ["Endpoint", "Share", day, facts.runWord, "Change"] + (withErrors ? ["Errors"] : [])
    let rows = moves.map { move in
      [
        AlertText.code(move.endpoint.name), Self.share(move.endpoint.share), AlertText.ms(move.before?.p95),
        AlertText.ms(move.endpoint.p95), isNew(move) ? "new" : AlertText.arrow(move.change),
      ] + (withErrors ? [PageText.rate(move.endpoint.errorRate)] : [])
    }
    return Markdown.table([head] + rows, rightAligned: Set(1..<head.count))
  }

  private static func share(_ share: Double) -> String {
    share > 0 && share < 0.001 ? "< 0.1\(PageText.thin)%" : PageText.grouped(100 * share, digits: 1) + PageText.thin + "%"
  }

  /// `7 more moved by at most 8 %.`
  private func rest(after count: Int) -> [String] {
    let rest = facts.moves.dropFirst(count)
    if rest.isEmpty { return [] }
    let largest = rest.map { abs($0.change) }.max() ?? 0
    let weight = rest.map(\.endpoint.share).max() ?? 0
    let each = rest.count == 1 ? "with" : "each with at most"
    let words = "\(counted(rest.count, "more endpoint")) moved by at most \(AlertText.percent(largest))"
    // What moved far and is not above has next to no requests.
    return ["", largest > 0.2 ? "\(words), \(each) \(Self.share(weight)) of the requests." : "\(words)."]
  }
}
