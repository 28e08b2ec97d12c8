import Shared

/// When all shards had load on: from the latest un-pause to the earliest end, trimmed to whole tenths of a second so
/// that counts and length are of exactly the same time.
struct CommonWindow: Sendable, Equatable {
  /// Tenths of a second since the start instant.
  let tenths: Range<Int>

  var seconds: Double { Double(tenths.count) / Double(CountsOverTime.perSecond) }

  /// - Returns: `nil` when the shards have no whole tenth in common.
  init?(startAt: UTCInstant, loads: [(start: UTCInstant, end: UTCInstant)]) {
    guard let start = loads.map(\.start).max(), let end = loads.map(\.end).min() else { return nil }
    let perSecond = Double(CountsOverTime.perSecond)
    let first = Int((start.seconds(since: startAt) * perSecond).rounded(.up))
    let last = Int((end.seconds(since: startAt) * perSecond).rounded(.down))
    guard first >= 0, first < last else { return nil }
    tenths = first..<last
  }
}
