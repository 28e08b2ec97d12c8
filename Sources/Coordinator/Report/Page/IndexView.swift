/// The page of the newest night, and of the nights before: one member a section, in their order.
struct IndexView {
  /// The curve and the heat map, which share an axis.
  struct Pair {
    /// One beside the other.
    let isBoth: Bool
  }

  let page: HeaderView
  let hero: HeroView
  let strip: StripView
  let trend: TrendView?
  let multiples: MultiplesView?
  let pair: Pair?
  let curve: CurveView?
  let heat: HeatView?
  /// Whether endpoints or shards follow.
  let moves: Bool
  let endpoints: EndpointsView?
  let shards: ShardsView?
  let nights: NightsView?

  /// More endpoints are on the night's own page.
  private static let endpointRows = 12

  init(_ facts: PageFacts) {
    hero = HeroView(facts)
    page = HeaderView(facts, hero, isIndex: true)
    strip = StripView(facts.nights, upTo: facts.lastDay)
    trend = TrendView(facts)
    multiples = MultiplesView(facts)
    let scale = Octaves(facts)
    curve = CurveView(facts, scale: scale, name: "Tonight")
    heat = HeatView(facts, scale: scale)
    pair = curve == nil && heat == nil ? nil : Pair(isBoth: curve != nil && heat != nil)
    endpoints = EndpointsView(facts, nowName: "Tonight", most: Self.endpointRows)
    shards = facts.nights.last.flatMap { ShardsView($0, limit: facts.newestLimits.p95) }
    moves = endpoints != nil || shards != nil
    nights = NightsView(facts)
  }
}
