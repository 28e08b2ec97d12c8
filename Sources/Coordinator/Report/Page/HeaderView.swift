import Shared

/// What the head, the masthead and the footer of a page say.
struct HeaderView {
  struct Notice {
    let text: String
  }

  let suite, title, description: String
  /// Before every link to another file.
  let root: String
  let isIndex, hasNights: Bool
  /// The index has endpoints or shards to lead to.
  let hasMoves: Bool
  let favicon: String
  let notice: Notice?
  /// The script compares it with the clock; empty: never.
  let staleAfter: String
  /// When the newest run began.
  let newest: String
  let built: String

  init(_ facts: PageFacts, _ hero: HeroView, isIndex: Bool) {
    let night = facts.nights.last
    suite = PageText.outside(facts.suite, most: 60)
    let day = night.map { isIndex ? PageText.shortDay($0.date) : PageText.fullDay($0.date) }
    title = day.map { [suite] in "\(hero.stateWord): \(suite), \($0)" } ?? "\(suite): nightly load test"
    description = Self.description(hero, facts, isIndex: isIndex)
    root = isIndex ? "" : "../../"
    (self.isIndex, hasNights) = (isIndex, night != nil)
    hasMoves =
      !isIndex
      || night?.details.map { !$0.endpoints.isEmpty || !$0.shardP95s.allSatisfy { $0 == nil } } ?? false
    favicon = (night?.state ?? .none).icon
    notice = facts.notice.map { Notice(text: PageText.outside($0, most: 160)) }
    let isStaleable = isIndex && facts.isStaleable
    staleAfter =
      isStaleable ? night?.record.startedAt.advanced(bySeconds: PageFacts.staleAfter).description ?? "" : ""
    newest = night.map { Self.time($0.record.startedAt, PageText.shortDay($0.date)) } ?? ""
    built = Self.time(facts.builtAt, "\(PageText.shortDay(facts.builtAt.day)) \(facts.builtAt.day.year)")
  }

  private static func description(_ hero: HeroView, _ facts: PageFacts, isIndex: Bool) -> String {
    if facts.nights.isEmpty { return "No nights yet." }
    let kicker = isIndex ? ["\(hero.kicker)."] : []
    return (kicker + [hero.line1, hero.line2]).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// `22 Nov, 02:14 UTC`
  private static func time(_ instant: UTCInstant, _ day: String) -> String {
    "\(day), \(PageText.time(instant))"
  }
}

extension PageState {
  /// A `data:` address with the state's symbol.
  var icon: String {
    let shape =
      switch self {
      case .pass: "<circle cx='8' cy='8' r='7' fill='#1f9d66'/>"
      case .degraded: "<path d='M8 1l7 14H1z' fill='#d08a00'/>"
      case .fail: "<rect x='1' y='1' width='14' height='14' rx='2' fill='#e0434d'/>"
      case .incomplete:
        "<circle cx='8' cy='8' r='6' fill='none' stroke='#808aa2' stroke-width='2'/>"
          + "<path d='M8 2a6 6 0 0 0 0 12z' fill='#808aa2'/>"
      case .none, .before: "<rect x='2' y='7' width='12' height='2' fill='#808aa2'/>"
      }
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>\(shape)</svg>"
    // Such an address holds no quotes, spaces, signs and brackets.
    let escapes: [Character: String] = [
      "<": "%3C", ">": "%3E", "#": "%23", "'": "%27", " ": "%20", "\"": "%22",
    ]
    return "data:image/svg+xml," + svg.map { escapes[$0] ?? String($0) }.joined()
  }
}
