/// On which capacity a shard's task is asked for.
enum ECSPlacement: Sendable, Equatable {
  case launchType(String)
  case provider(String)

  static let onDemand = ECSPlacement.launchType("FARGATE")
  var isSpot: Bool { self == .provider("FARGATE_SPOT") }
}

extension ECSPlacement {
  /// Deals shards over capacity providers: base first, then in the ratio of the weights. ECS applies a strategy to
  /// each call by itself, and every shard is a call of its own: with `base: 1` it would put all of them there.
  static func dealt(_ shards: Int, over providers: [ECSOptions.CapacityProvider]) -> [ECSPlacement] {
    guard !providers.isEmpty else { return Array(repeating: .onDemand, count: shards) }
    let based = providers.first { $0.base > 0 }
    var dealt = Array(
      repeating: ECSPlacement.provider(based?.name ?? ""), count: min(shards, based?.base ?? 0))
    let total = providers.reduce(0) { $0 + $1.weight }
    var credit = providers.map { _ in 0 }
    while dealt.count < shards {
      for index in providers.indices { credit[index] += providers[index].weight }
      // The one that is furthest behind its share; the first of equals.
      var chosen = 0
      for index in providers.indices where credit[index] > credit[chosen] { chosen = index }
      credit[chosen] -= total
      dealt.append(.provider(providers[chosen].name))
    }
    return dealt
  }
}
