/// The last of a gauge's samples by their time, and for `vus` and `vus_max` the last in every second, because
/// those are summed over the shards: each shard counts only its own.
package struct GaugeAggregate: Sendable, Equatable {
  package struct Last: Sendable, Equatable, Codable {
    package let value: Double
    package let at: UTCInstant
  }

  package var count: UInt64 = 0
  package var last: Last?
  package var min: Double?
  package var max: Double?
  /// By second since the start instant; a second without a sample repeats the one before. `nil`: not summed.
  package var perSecond: [Double]?
  /// For how many seconds, from the start, every shard merged so far had samples.
  var commonSeconds: Int?

  package init() {}

  package static func isSummed(_ metric: some StringProtocol) -> Bool {
    metric == "vus" || metric == "vus_max"
  }

  /// A later sample at the same time takes the place of the earlier one, as it does in k6.
  package mutating func record(_ value: Double, at time: UTCInstant) {
    count += 1
    min = Swift.min(min ?? value, value)
    max = Swift.max(max ?? value, value)
    if let last, last.at > time { return }
    last = Last(value: value, at: time)
  }

  /// `second` since the start instant; negative ones do not count, the ones after a day go to its last.
  package mutating func recordSummed(_ value: Double, at time: UTCInstant, second: Int64) {
    record(value, at: time)
    guard second >= 0 else { return }
    let second = Int(Swift.min(second, 86_399))
    var seconds = perSecond ?? []
    let before = seconds.last ?? 0
    while seconds.count < second { seconds.append(before) }
    if second < seconds.count { seconds[second] = value } else { seconds.append(value) }
    perSecond = seconds
  }

  /// The later sample wins; at the same time the higher shard's, so merge in the order of the shards. Summed
  /// gauges add up, a shard that has ended counting 0, and read as the last second in which all had a sample.
  mutating func merge(_ other: GaugeAggregate) {
    count += other.count
    if let mine = perSecond, let theirs = other.perSecond, let last, let otherLast = other.last {
      let sum = (0..<Swift.max(mine.count, theirs.count)).map { second in
        (second < mine.count ? mine[second] : 0) + (second < theirs.count ? theirs[second] : 0)
      }
      let common = Swift.min(commonSeconds ?? mine.count, other.commonSeconds ?? theirs.count)
      (perSecond, commonSeconds) = (sum, common)
      (min, max) = (sum.min(), sum.max())
      self.last = Last(
        value: common > 0 ? sum[common - 1] : sum.last ?? 0, at: Swift.min(last.at, otherLast.at))
      return
    }
    min = [min, other.min].compactMap(\.self).min()
    max = [max, other.max].compactMap(\.self).max()
    perSecond = perSecond ?? other.perSecond
    if let theirs = other.last, last.map({ $0.at <= theirs.at }) ?? true { last = theirs }
  }
}
