import Shared

/// What all shards measured together.
struct RunSummary: Sendable {
  let startAt: UTCInstant?
  let window: CommonWindow?
  let plannedSeconds: Double?
  /// From the first un-pause to the last end of a load, in seconds.
  let wallSeconds: Double?
  /// The latest minus the earliest un-pause, in seconds.
  let startSkew: Double?
  let series: [SeriesKey: MergedMetric]
  /// A sentence for every metric that has not the same type in all shards: one script cannot do that.
  let conflicts: [String]
  private let submetrics: [String: MergedMetric]
  private let reportTags: Set<String>

  /// - Parameter shards: in the order of their index, so that sums of doubles come out the same every time.
  init(_ shards: [MeasuredShard], plannedSeconds: Double?) {
    self.plannedSeconds = plannedSeconds
    startAt = shards.compactMap(\.summary.startAt).first
    let loads = shards.compactMap { shard in
      shard.summary.startedAt.flatMap { start in shard.summary.loadEndedAt.map { (start: start, end: $0) } }
    }
    window = startAt.flatMap { CommonWindow(startAt: $0, loads: loads) }
    if let first = loads.map(\.start).min(), let last = loads.map(\.start).max(),
      let end = loads.map(\.end).max()
    {
      (wallSeconds, startSkew) = (end.seconds(since: first), last.seconds(since: first))
    } else {
      (wallSeconds, startSkew) = (nil, nil)
    }
    reportTags = shards.first.map { Set($0.summary.reportTags) } ?? []
    var conflicts: Set<String> = []
    series = Self.merge(shards.map(\.series)) {
      conflicts.insert("\($0.metric) has not the same type in all shards")
    }
    submetrics = Self.merge(shards.map(\.submetrics)) {
      conflicts.insert("\($0) has not the same type in all shards")
    }
    self.conflicts = conflicts.sorted()
  }

  private static func merge<Key: Hashable>(
    _ shards: [[Key: MergedMetric]], conflict: (Key) -> Void
  ) -> [Key: MergedMetric] {
    var merged: [Key: MergedMetric] = [:]
    for shard in shards {
      for (key, metric) in shard {
        switch merged[key]?.aggregate.merge(metric.aggregate) {
        case nil: merged[key] = metric
        case false?: conflict(key)
        case true?: break
        }
      }
    }
    return merged
  }

  /// The share of the planned length for which all shards ran together; `nil` when nothing was planned.
  var windowShare: Double? { plannedSeconds.flatMap { $0 > 0 ? (window?.seconds ?? 0) / $0 : nil } }

  /// What a selector picks: as the shards gathered it for the gate, or put together from their series when all of
  /// its tags are report tags and no series overflowed.
  func metric(_ selector: MetricSelector) -> MergedMetric? {
    if let known = submetrics[selector.text] { return known }
    let all = series.filter { $0.key.metric == selector.metric }
    guard selector.tags.isEmpty || all.allSatisfy({ $0.key.tags["k6_grid"] == nil }),
      selector.tags.keys.allSatisfy(reportTags.contains)
    else { return nil }
    let picked = all.filter { key, _ in selector.tags.allSatisfy { key.tags[$0.key] == $0.value } }
    return picked.sorted { $0.key < $1.key }.map(\.value).reduce(nil) { sum, next in
      guard var sum else { return next }
      _ = sum.aggregate.merge(next.aggregate)
      return sum
    }
  }

  func metric(_ name: String) -> Aggregate? { (try? MetricSelector(name)).flatMap(metric)?.aggregate }

  /// Requests in the common window over its length: what `http_reqs rate` means.
  var requestRate: Double? {
    guard let window, case .counter(let requests)? = metric("http_reqs") else { return nil }
    return requests.overTime.sum(window.tenths) / window.seconds
  }
}

extension SeriesKey: Comparable {
  static func < (left: SeriesKey, right: SeriesKey) -> Bool { left.sortText < right.sortText }

  private var sortText: String {
    metric + tags.sorted { $0.key < $1.key }.map { "\u{1}\($0.key)\u{2}\($0.value)" }.joined()
  }
}
