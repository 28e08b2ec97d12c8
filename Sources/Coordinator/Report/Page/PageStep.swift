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
  /// The last night that lay above the middle between usual and the new level.
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
        let level = (step.range.usual + step.middle) / 2
        let found = nights[index]
        while index + 1 < nights.count, nights[index + 1].p95 ?? 0 > level { index += 1 }
        steps.append(
          PageStep(
            onset: step.onset, before: step.before, found: found, range: step.range,
            middle: middle(at: index) ?? step.middle, last: nights[index]))
      }
      index += 1
    }
    return steps
  }
}

extension PageStep {
  /// As it was known on a day.
  /// - Parameter nights: up to that day.
  /// - Returns: `nil` when it was not known yet.
  func upTo(_ date: UTCDate, _ nights: [PageNight]) -> PageStep? {
    guard found.night <= date else { return nil }
    var step = self
    if date < last.night {
      let latest = nights.reversed().lazy.map(\.record)
        .filter { [onset] in $0.isOrdinary && $0.profile == onset.profile }.prefix(UsualRange.held)
      let p95s = latest.compactMap(\.p95)
      if let end = latest.first { (step.last, step.middle) = (end, median(p95s)) }
    }
    step.isOpen = step.holds(nights)
    return step
  }

  /// Its last night is the latest ordinary one, and the test has not changed since.
  private func holds(_ nights: [PageNight]) -> Bool {
    guard let newest = nights.last?.record, let latest = nights.last(where: \.record.isOrdinary)?.record
    else { return false }
    return latest.run == last.run && (newest.profile == nil || newest.profile == last.profile)
  }
}
