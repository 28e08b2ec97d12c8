import Shared

/// Iterations of a shard that were due and never begun: no VU was free for them, or no time was left. A slow target
/// uses up the VUs just as a slow generator does.
struct DroppedIterations: Sendable, Equatable {
  let count: Double
  /// Of those that were due.
  let share: Double

  /// - Returns: `nil` for a shard that has no iterations at all.
  init?(_ shard: ShardOutcome) {
    guard let series = shard.measured?.series else { return nil }
    func sum(_ metric: String) -> Double {
      series.reduce(0) { sum, entry in
        guard entry.key.metric == metric, case .counter(let counter) = entry.value.aggregate else {
          return sum
        }
        return sum + counter.sum.value
      }
    }
    // k6 says nothing of none.
    let (dropped, done) = (sum("dropped_iterations"), sum("iterations"))
    guard dropped + done > 0 else { return nil }
    (count, share) = (dropped, dropped / (dropped + done))
  }
}
