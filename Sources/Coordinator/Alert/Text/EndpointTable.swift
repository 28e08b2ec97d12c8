import Shared

/// Which endpoints moved, by what they did to the whole.
struct EndpointTable {
  let facts: AlertFacts

  private static let most = 5
  private static let mostOfAll = 100
  /// So many more are worth a table of their own.
  private static let fewestMore = 3

  /// The first few; empty where nothing is known of endpoints.
  var lines: [String] {
    guard let reference = facts.reference, facts.verdict != .incomplete, facts.night.details != nil else {
      return []
    }
    let day = PageText.shortDay(reference.date)
    if reference.details == nil {
      return [
        "**Where it moved** is not known: the run of \(day) is not stored any more, or could not be read."
      ]
    }
    if facts.moves.isEmpty { return [] }
    let shown = facts.moves.prefix(Self.most).filter { abs($0.change) >= AlertText.leastMove || isNew($0) }
    if shown.isEmpty {
      let largest = AlertText.percent(facts.moves.map { abs($0.change) }.max() ?? 0)
      return [
        "**Where it moved:** nowhere much; no endpoint's p95 is more than \(largest) off that of \(day)."
      ]
    }
    return ["**Where it moved** (p95, \(facts.runWord.lowercased()) against \(day), \(kind(reference)))", ""]
      + table(Array(shown), day) + rest(after: shown.count)
  }

  /// All of them, for whoever looks on; empty where the first few are all.
  var all: [String] {
    guard !lines.isEmpty, facts.moves.count >= Self.most + Self.fewestMore, let reference = facts.reference
    else { return [] }
    let shown = Array(facts.moves.prefix(Self.mostOfAll))
    let more = facts.moves.count - shown.count
    return [
      "<details><summary>\(more > 0 ? "\(shown.count) of \(facts.moves.count)" : "All \(shown.count)") endpoints</summary>",
      "",
    ] + table(shown, PageText.shortDay(reference.date), withErrors: true) + ["", "</details>"]
  }

  private func kind(_ reference: PageNight) -> String {
    if facts.before?.run == reference.record.run, facts.step != nil { return "the last usual night" }
    return facts.lastGreen?.run == reference.record.run
      ? "the last green run" : "the last run before the trouble"
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
    share > 0 && share < 0.001
      ? "< 0.1\(PageText.thin)%" : PageText.grouped(100 * share, digits: 1) + PageText.thin + "%"
  }

  /// `7 more endpoints moved by less than 8 %.`
  private func rest(after count: Int) -> [String] {
    let rest = facts.moves.dropFirst(count)
    if rest.isEmpty { return [] }
    let largest = rest.map { abs($0.change) }.max() ?? 0
    let words = "\(counted(rest.count, "more endpoint")) moved by"
    if largest < AlertText.leastMove {
      return ["", "\(words) less than \(AlertText.percent(AlertText.leastMove))."]
    }
    // What moved far and is not above has few requests.
    let share = Self.share(rest.map(\.endpoint.share).max() ?? 0)
    let each = rest.count == 1 ? "with \(share)" : "each with at most \(share)"
    return ["", "\(words) at most \(AlertText.percent(largest)), \(each) of the requests."]
  }
}
