import Shared

/// When all shards had their load on: from the latest beginning, behind setup(), to the earliest end, trimmed to whole
/// tenths of a second so that counts and length are of exactly the same time.
struct CommonWindow: Sendable, Equatable {
  /// Tenths of a second since the start instant.
  let tenths: Range<Int>

  var seconds: Double { Double(tenths.count) / Double(CountsOverTime.perSecond) }

  /// - Returns: `nil` when the shards have no whole tenth in common.
  init?(startAt: UTCInstant, shards: [ShardSummary]) {
    let loads = shards.compactMap { shard -> (start: UTCInstant, end: UTCInstant)? in
      guard let start = shard.loadStartedAt ?? shard.startedAt, let end = shard.loadEndedAt else {
        return nil
      }
      return (start, max(end, shard.plannedEnd(from: start) ?? end))
    }
    self.init(startAt: startAt, loads: loads)
  }

  /// - Returns: `nil` when the loads have no whole tenth in common.
  init?(startAt: UTCInstant, loads: [(start: UTCInstant, end: UTCInstant)]) {
    guard let start = loads.map(\.start).max(), let end = loads.map(\.end).min() else { return nil }
    guard let tenths = CountsOverTime.wholeTenths(from: start, to: end, since: startAt) else { return nil }
    self.tenths = tenths
  }
}

extension ShardSummary {
  /// Where VUs ramp down to none, a shard's share of them may be at zero before the plan's end: its load was carried
  /// out, and the rest of its time is part of the test. `nil` where k6's own end is what counts.
  fileprivate func plannedEnd(from start: UTCInstant) -> UTCInstant? {
    guard ending.isComplete, script.scenarios.contains(where: { $0.executor == "ramping-vus" }) else {
      return nil
    }
    return script.plannedSeconds.map { start.advanced(bySeconds: $0) }
  }
}
