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
  /// Metrics of which some shard left out infinite samples.
  let infiniteMetrics: Set<String>
  private let submetrics: [String: MergedMetric]
  private let reportTags: Set<String>

  /// - Parameter shards: in the order of their index, so that sums of doubles come out the same every time.
  init(_ shards: [MeasuredShard], plannedSeconds: Double?) {
    self.plannedSeconds = plannedSeconds
    startAt = shards.compactMap(\.summary.startAt).first
    infiniteMetrics = Set(shards.flatMap(\.summary.stream.infiniteMetrics))
    let loading = shards.map(\.summary).filter { !$0.ending.isEmptyShard }
    let loads = loading.compactMap { shard in
      shard.startedAt.flatMap { start in shard.loadEndedAt.map { (start: start, end: $0) } }
    }
    window = startAt.flatMap { CommonWindow(startAt: $0, shards: loading) }
    if let first = loads.map(\.start).min(), let last = loads.map(\.start).max(),
      let end = loads.map(\.end).max()
    {
      (wallSeconds, startSkew) = (end.seconds(since: first), last.seconds(since: first))
    } else {
      (wallSeconds, startSkew) = (nil, nil)
    }
    reportTags = shards.first.map { Set($0.summary.reportTags) } ?? []
    var conflicts: Set<String> = []
    series = Self.merge(shards.map { Self.counted($0, $0.series) { $0.metric } }) {
      conflicts.insert("\($0.metric) has not the same type in all shards")
    }
    submetrics = Self.merge(shards.map { Self.counted($0, $0.submetrics) { $0 } }) {
      conflicts.insert("\($0) has not the same type in all shards")
    }
    self.conflicts = conflicts.sorted()
  }

  /// An empty shard's few samples of its VUs would cut those of the others short.
  private static func counted<Key: Hashable>(
    _ shard: MeasuredShard, _ metrics: [Key: MergedMetric], _ name: (Key) -> String
  ) -> [Key: MergedMetric] {
    guard shard.summary.ending.isEmptyShard else { return metrics }
    return metrics.filter { !GaugeAggregate.isSummed(name($0.key).prefix { $0 != "{" }) }
  }

  private static func merge<Key: Hashable>(
    _ shards: [[Key: MergedMetric]], conflict: (Key) -> Void
  ) -> [Key: MergedMetric] {
    var merged: [Key: MergedMetric] = [:]
    for shard in shards {
      for (key, metric) in shard {
        if let known = merged[key] {
          guard let sum = known.merged(metric) else {
            conflict(key)
            continue
          }
          merged[key] = sum
        } else {
          merged[key] = metric
        }
      }
    }
    return merged
  }

  /// The share of the planned length for which all shards ran together; `nil` when nothing was planned.
  var windowShare: Double? { plannedSeconds.flatMap { $0 > 0 ? (window?.seconds ?? 0) / $0 : nil } }

  /// What a selector picks: as the shards gathered it for the gate, or put together from their series.
  func metric(_ selector: MetricSelector) -> MergedMetric? {
    if let known = submetrics[selector.text] { return known }
    guard isKept(selector) else { return nil }
    let picked = series.filter { key, _ in
      key.metric == selector.metric && selector.tags.allSatisfy { key.tags[$0.key] == $0.value }
    }
    return picked.sorted { $0.key < $1.key }.map(\.value).reduce(nil) { sum, next in
      sum?.merged(next) ?? next
    }
  }

  /// Whether what a selector picks can be told from what was kept: as the shards were asked for it, or because all of
  /// its tags are report tags and no series of its metric overflowed.
  func isKept(_ selector: MetricSelector) -> Bool {
    if selector.tags.isEmpty || submetrics[selector.text] != nil { return true }
    let all = series.keys.filter { $0.metric == selector.metric }
    if all.isEmpty { return true }  // there was nothing to keep
    return selector.tags.keys.allSatisfy(reportTags.contains) && all.allSatisfy { $0.tags["k6_grid"] == nil }
  }

  func metric(_ name: String) -> Aggregate? { (try? MetricSelector(name)).flatMap(metric)?.aggregate }

  /// All requests over the whole time, from the first un-pause to the last end of a load; those of a setup() before
  /// that have no time in it.
  var wallRate: Double? {
    guard let wallSeconds, wallSeconds > 0, case .counter(let requests)? = metric("http_reqs") else {
      return nil
    }
    return requests.overTime.total / wallSeconds
  }

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
