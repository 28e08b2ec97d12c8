import Shared

/// What the page of a night is drawn from, as things were known on that night.
struct NightView {
  struct Walk {
    let previous, next: HeroView.Link?
  }

  struct Reasons {
    let list: [Reason]
  }

  struct Reason {
    let text: String
  }

  let page: HeaderView
  let hero: HeroView
  let walk: Walk
  let reasons: Reasons?
  let compare: CompareView
  let curve: CurveView?
  /// One of the two sections below is there.
  let moves: Bool
  let endpoints: EndpointsView?
  let shards: ShardsView?
}

extension NightView {
  private static let endpointRows = 40
  private static let mostReasons = 40

  /// - Returns: `nil` when nothing ran on that day, or when its night has no page of its own any more.
  init?(_ facts: PageFacts, _ date: UTCDate) {
    let past = facts.upTo(date)
    guard let night = past.nights.last, night.date == date, let newest = facts.nights.last?.date,
      newest.days(since: date) < keptNightPages
    else { return nil }
    let oldest = newest.advanced(byDays: 1 - keptNightPages)
    hero = HeroView(past, isTonight: false)
    page = HeaderView(past, hero, isIndex: false)
    walk = Walk(
      previous: past.nights.dropLast().last.flatMap { $0.date < oldest ? nil : Self.link($0) },
      next: facts.nights.first { $0.date > date }.map(Self.link))
    reasons = Self.reasons(night)
    compare = CompareView(night, past, from: oldest, to: newest)
    curve = CurveView(past, scale: .ofEveryNight(facts), name: PageText.shortDay(date))
    endpoints = EndpointsView(past, nowName: PageText.shortDay(date), most: Self.endpointRows)
    shards = ShardsView(night, limit: past.limits.p95)
    moves = endpoints != nil || shards != nil
  }

  private static func link(_ night: PageNight) -> HeroView.Link {
    HeroView.Link(href: "../\(night.date)/", text: PageText.shortDay(night.date))
  }

  /// - Returns: `nil` when there is none, or when the lede has said the only one.
  private static func reasons(_ night: PageNight) -> Reasons? {
    let all = night.record.reasons
    guard all.count > (night.state == .incomplete ? 1 : 0) else { return nil }
    var list = all.prefix(mostReasons).map { Reason(text: PageText.outside($0, most: 300)) }
    if all.count > mostReasons {
      list.append(
        Reason(text: "\(PageText.grouped(Double(all.count - mostReasons))) more in the run’s result.json"))
    }
    return Reasons(list: list)
  }
}
