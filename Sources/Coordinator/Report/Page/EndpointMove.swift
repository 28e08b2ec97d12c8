/// How an endpoint's p95 moved between two nights.
struct EndpointMove: Sendable {
  let endpoint: NightDetails.Endpoint
  let before: NightDetails.Endpoint?
  /// Of the p95: 0.27 is 27 % slower; 0 when one is not known.
  let change: Double

  /// By how much it moved the whole.
  var weight: Double { change * endpoint.share }
}

/// By what moved most: the change times the share of requests, then by name.
func moved(_ night: PageNight, since then: PageNight?) -> [EndpointMove] {
  let before = Dictionary(
    (then?.details?.endpoints ?? []).map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
  let moves = (night.details?.endpoints ?? []).map { endpoint in
    let old = before[endpoint.name]
    return EndpointMove(endpoint: endpoint, before: old, change: change(endpoint.p95, old?.p95))
  }
  return moves.sorted {
    let (left, right) = (abs($0.weight), abs($1.weight))
    return left == right ? $0.endpoint.name < $1.endpoint.name : left > right
  }
}

private func change(_ now: Double?, _ then: Double?) -> Double {
  guard let now, let then, now > 0, then > 0 else { return 0 }
  return now / then - 1
}
