/// The tries of one launch: which number the next has, and how long it has to wait.
struct ECSLaunchTries: Sendable {
  /// From 1; part of the client token. Another one only when ECS has said no for certain.
  private(set) var number = 1
  private(set) var refusals = 0
  private var unanswered = 0
  private let timings: ECSTimings

  init(_ timings: ECSTimings) { self.timings = timings }

  /// Seconds until the next try: 10, 20, 40, then 60 where there was no room, and 1, 2, 4, 8, then 10 where there was no
  /// word.
  /// - Returns: `nil` when there is no use in another.
  mutating func wait(after refusal: ECSRefusal) -> Double? {
    switch refusal {
    case .capacity:
      (number, refusals, unanswered) = (number + 1, refusals + 1, 0)
      return timings.capacityWait * min(6, Self.power(refusals - 1))
    case .unanswered:
      unanswered += 1
      return timings.retryWait * min(10, Self.power(unanswered - 1))
    case .final, .shard, .conflict: return nil
    }
  }

  private static func power(_ exponent: Int) -> Double { Double(1 << min(10, exponent)) }
}
