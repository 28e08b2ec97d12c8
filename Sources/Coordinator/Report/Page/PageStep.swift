import Shared

/// An episode of *degraded*: the p95 rose and stayed up, for a while or until today.
struct PageStep: Sendable {
  /// The night on which it likely began.
  let onset: HistoryRecord
  /// The last ordinary night before it.
  let before: HistoryRecord?
  /// The night on which the rule first held.
  let found: HistoryRecord
  /// Before the step.
  let range: UsualRange
  /// The median of its last three nights, in milliseconds.
  var middle: Double
  /// The last night before the p95 came down, or became the new usual.
  var last: HistoryRecord
  /// It holds still.
  var isOpen = false
}

extension Trend {
  /// The steps of these nights, oldest first; none is open.
  var steps: [PageStep] {
    var steps: [PageStep] = []
    var index = UsualRange.held - 1
    while index < nights.count {
      if let step = step(at: index) {
        let found = nights[index]
        let level = (step.range.usual + step.middle) / 2
        while index + 1 < nights.count, stays(at: index + 1, above: level) { index += 1 }
        steps.append(
          PageStep(
            onset: step.onset, before: step.before, found: found, range: step.range,
            middle: middle(at: index) ?? step.middle, last: nights[index]))
      }
      index += 1
    }
    return steps
  }

  /// Whether a step goes on: the night is still up, and that is not the new usual yet; or the rule holds by the nights
  /// before, though this one is down.
  private func stays(at index: Int, above level: Double) -> Bool {
    if nights[index].p95 ?? 0 > level, range(at: index)?.usual ?? 0 <= level { return true }
    return step(at: index).map { $0.onset.startedAt < nights[index].startedAt } ?? false
  }
}

extension PageStep {
  /// Those that were known on the newest of these nights, as they were known then.
  static func known(_ steps: [PageStep], on nights: [PageNight]) -> [PageStep] {
    guard let newest = nights.last?.record else { return [] }
    let latest = nights.last(where: \.record.isOrdinary)?.record
    return steps.filter { $0.found.night <= newest.night }.map { step in
      var step = step.last.night <= newest.night ? step : step.cut(nights)
      // The test has not changed since.
      step.isOpen = latest?.run == step.last.run && [nil, step.last.profile].contains(newest.profile)
      return step
    }
  }

  /// Up to nights in its midst.
  private func cut(_ nights: [PageNight]) -> PageStep {
    let latest = nights.reversed().lazy.map(\.record)
      .filter { [onset] in $0.isOrdinary && $0.profile == onset.profile }.prefix(UsualRange.held)
    var step = self
    if let end = latest.first { (step.last, step.middle) = (end, median(latest.compactMap(\.p95))) }
    return step
  }
}
