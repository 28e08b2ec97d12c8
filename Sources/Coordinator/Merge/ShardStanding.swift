import Shared

/// What is known of a shard while the run is on.
struct ShardStanding: Sendable {
  enum Word: Sendable {
    /// No VU fell to it: it makes no load.
    case empty
    /// Nothing of this attempt has come yet.
    case none
    /// Something has come that cannot be used; the sentence says why.
    case unreadable(String)
    case heard(MeasuredProgress)
  }

  let word: Word
  /// Its agent has ended.
  let isGone: Bool
  /// What had been heard before, where this look brought nothing.
  var last: MeasuredProgress?
  /// It is gone and its summary is there: it has ended as it should, though its last word may be of before.
  var hasHandedIn = false

  var heard: MeasuredProgress? {
    if case .heard(let progress) = word { progress } else { last }
  }

  /// It makes load, or may still do so.
  var isRunning: Bool {
    if case .empty = word { return false }
    return !isGone && heard?.progress.phase != .ended
  }

  /// A shard writes every 2 s: after three of them without a word it is late.
  static let patience = 6.0

  /// For how long nothing has come of a running shard, where that is too long.
  /// - Parameter startAt: from when on something was to be expected.
  func silence(_ now: UTCInstant, startAt: UTCInstant) -> Double? {
    guard isRunning else { return nil }
    let age = now.seconds(since: heard?.progress.at ?? startAt)
    return age > Self.patience ? age : nil
  }

  /// Nothing at all has been heard of it for fifteen of its intervals: whoever waited for it longer would wait for ever.
  func isUnheard(_ now: UTCInstant, startAt: UTCInstant) -> Bool {
    heard == nil && isRunning && now.seconds(since: startAt) > 30
  }
}

/// A shard's progress with its aggregates, checked.
struct MeasuredProgress: Sendable {
  let progress: ShardProgress
  let submetrics: [String: MergedMetric]
  /// Of the counters among them: per second of this shard's own load.
  let rates: [String: Double]
  let p95: Double?

  /// - Throws: ``RecordContradiction``, also for a selector that is there twice or is not of its series.
  init(_ progress: ShardProgress) throws(RecordContradiction) {
    self.progress = progress
    p95 = progress.durations.value(at: 0.95)
    var submetrics: [String: MergedMetric] = [:]
    var rates: [String: Double] = [:]
    for submetric in progress.submetrics {
      let record = submetric.series
      func contradiction(_ what: String) -> RecordContradiction {
        RecordContradiction(metric: record.metric, tags: record.tags, what: what)
      }
      guard let selector = try? MetricSelector(submetric.selector), selector.metric == record.metric,
        selector.tags == record.tags
      else { throw contradiction("it is not what \(submetric.selector) picks") }
      guard submetric.rate?.isFinite ?? true else { throw contradiction("its rate is no number") }
      guard let metric = try MergedMetric(record, phase: progress.phase) else { continue }
      guard submetrics.updateValue(metric, forKey: selector.text) == nil else {
        throw contradiction("it is there twice")
      }
      rates[selector.text] = submetric.rate
    }
    (self.submetrics, self.rates) = (submetrics, rates)
  }

  /// k6 looks at its thresholds for the first time after 2 s; before that a rate says little.
  var hasRate: Bool {
    guard progress.phase != .ended else { return true }
    return progress.loadStartedAt.map { progress.at.seconds(since: $0) >= 2 } ?? false
  }
}

extension MergedMetric {
  /// - Returns: `nil` for the VUs of a shard that has ended: they are no part of the sum.
  fileprivate init?(_ record: SeriesRecord, phase: ShardProgress.Phase) throws(RecordContradiction) {
    var aggregate = try record.aggregate(isStanding: true)
    if case .gauge(var gauge) = aggregate, GaugeAggregate.isSummed(record.metric) {
      guard phase != .ended else { return nil }
      // Now is the only second that is looked at, and all shards have it in common.
      gauge.perSecond = gauge.last.map { [$0.value] }
      aggregate = .gauge(gauge)
    }
    self.init(contains: record.contains, aggregate: aggregate, hasCountsOverTime: false)
  }
}
