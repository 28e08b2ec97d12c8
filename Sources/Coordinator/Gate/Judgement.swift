import Shared

/// What became of one threshold over the merged run.
struct Judgement: Sendable {
  enum Outcome: Sendable, Equatable {
    case holds, crossed
    /// No sample matched; k6 would let it pass.
    case noSamples
    /// It cannot be judged from what there is; the sentence says why.
    case undecided(String)
  }

  let threshold: GateThreshold
  let type: MetricType?
  let contains: MetricContains
  let outcome: Outcome
  /// The value compared with the limit, in k6's units. Never on the other side of the limit than the outcome.
  let actual: Double?
  /// Whether `actual` is k6's own value; else it is within 0.1 % of it, and only the outcome is exact.
  let isExact: Bool
  var note: String?

  var isBreach: Bool { outcome == .crossed }
  var isExplainedBySaturation: Bool { type.map(threshold.isExplainedBySaturation) ?? false }
}

extension Judgement {
  init(_ threshold: GateThreshold, of summary: RunSummary) {
    let selector = threshold.selector
    let merged = summary.metric(selector)
    if summary.infiniteMetrics.contains(selector.metric) {
      self.init(threshold, merged, Self.infinite(selector), nil)
    } else if !summary.isKept(selector) {
      let reason = "the shards did not keep \(selector.text) apart; run it with this threshold"
      self.init(threshold, merged, .undecided(reason), nil)
    } else {
      self.init(threshold, over: merged, window: summary.window)
    }
  }

  /// Where it stands while the load runs.
  init(_ threshold: GateThreshold, of progress: GridProgress) {
    let selector = threshold.selector
    let merged = progress.metric(selector)
    if progress.infiniteMetrics.contains(selector.metric) {
      self.init(threshold, merged, Self.infinite(selector), nil)
    } else {
      self.init(threshold, over: merged, rate: progress.rate(selector))
    }
  }

  private static func infinite(_ selector: MetricSelector) -> Outcome {
    .undecided("the script added infinite values to \(selector.metric)")
  }

  init(_ threshold: GateThreshold, over merged: MergedMetric?, window: CommonWindow?) {
    self.init(threshold, over: merged, rate: merged?.rate(in: window))
  }

  /// - Parameter merged: what the selector picked, merged over all shards; `nil` when nothing was ever seen of it.
  /// - Parameter rate: what the rate of a counter is; not asked of anything else.
  init(_ threshold: GateThreshold, over merged: MergedMetric?, rate: CounterRate?) {
    guard let merged, merged.aggregate.count > 0 else {
      self.init(threshold, merged, .noSamples, nil)
      return
    }
    guard threshold.expression.applies(to: merged.aggregate.type) else {
      let reason =
        "\(threshold.selector.metric) is a \(merged.aggregate.type.rawValue), which has no such method"
      self.init(threshold, merged, .undecided(reason), nil)
      return
    }
    switch merged.aggregate {
    case .counter(let counter): self.init(threshold, merged, counter: counter, rate: rate)
    case .gauge(let gauge): self.init(threshold, merged, compared: gauge.last?.value ?? 0)
    case .rate(let rate): self.init(threshold, merged, compared: rate.share ?? 0)
    case .trend(let trend): self.init(threshold, merged, trend: trend)
    }
  }

  private init(
    _ threshold: GateThreshold, _ merged: MergedMetric?, _ outcome: Outcome, _ actual: Double?,
    isExact: Bool = true,
    note: String? = nil
  ) {
    self.init(
      threshold: threshold, type: merged?.aggregate.type, contains: merged?.contains ?? .default,
      outcome: outcome,
      actual: actual, isExact: isExact, note: note)
  }

  private init(
    _ threshold: GateThreshold, _ merged: MergedMetric, compared value: Double, note: String? = nil
  ) {
    let holds = threshold.expression.comparison.holds(value, threshold.expression.limit)
    self.init(threshold, merged, holds ? .holds : .crossed, value, note: note)
  }

  private init(
    _ threshold: GateThreshold, _ merged: MergedMetric, counter: CounterAggregate, rate: CounterRate?
  ) {
    if threshold.expression.method == .count {
      self.init(threshold, merged, summed: counter.sum.value, isWhole: counter.sum.isWhole)
      return
    }
    switch rate {
    case .perSecond(let rate): self.init(threshold, merged, compared: rate)
    case .unknown(let reason): self.init(threshold, merged, .undecided(reason), nil)
    case nil: self.init(threshold, merged, .undecided("it has no rate"), nil)
    }
  }

  /// What is compared is a sum, or comes from one. k6's own rounds at every sample; a sum of whole numbers does not.
  private init(_ threshold: GateThreshold, _ merged: MergedMetric, summed value: Double, isWhole: Bool) {
    let limit = threshold.expression.limit
    let isClose = abs(value - limit) <= 1e-12 * abs(limit) && !isWhole
    self.init(
      threshold, merged, compared: value,
      note: isClose
        ? "within 1e-12 of the limit: k6's own sum, which rounds, may fall on the other side" : nil)
  }

  private init(_ threshold: GateThreshold, _ merged: MergedMetric, trend: TrendAggregate) {
    let limit = threshold.expression.limit
    switch threshold.expression.method {
    case .min: self.init(threshold, merged, compared: trend.min ?? 0)
    case .max: self.init(threshold, merged, compared: trend.max ?? 0)
    case .avg: self.init(threshold, merged, summed: trend.average ?? 0, isWhole: false)
    default:
      let quantile = threshold.expression.quantile ?? 0
      let counts = trend.limits.first { $0.limit == limit }
      if !limit.isFinite {
        // Any finite value decides it.
        let shown = trend.displayed(quantile: quantile)
        let holds = threshold.expression.comparison.holds(shown ?? 0, limit)
        self.init(threshold, merged, holds ? .holds : .crossed, shown, isExact: false)
      } else if let position = counts?.position(ofQuantile: quantile) {
        self.init(threshold, merged, trend: trend, quantile: quantile, position: position, counts: counts)
      } else {
        self.init(threshold, merged, stored: trend, quantile: quantile)
      }
    }
  }

  /// Decided exactly. Shown is the histogram's value, moved to the side of the limit where the samples are; nothing
  /// where no histogram is kept.
  private init(
    _ threshold: GateThreshold, _ merged: MergedMetric, trend: TrendAggregate, quantile: Double,
    position: LimitCounts.Position, counts: LimitCounts?
  ) {
    let comparison = threshold.expression.comparison
    let shown = trend.displayed(quantile: quantile)
    switch position {
    case .value(let value): self.init(threshold, merged, compared: value)
    case .below:
      let holds = [.below, .atMost, .unequal].contains(comparison)
      let actual = shown.map { min($0, counts?.largestBelow ?? $0) }
      self.init(threshold, merged, holds ? .holds : .crossed, actual, isExact: false)
    case .above:
      let holds = [.above, .atLeast, .unequal].contains(comparison)
      let actual = shown.map { max($0, counts?.smallestAbove ?? $0) }
      self.init(threshold, merged, holds ? .holds : .crossed, actual, isExact: false)
    }
  }

  /// A limit that the shards did not know, judged afterwards: certain unless it is within the histogram's error.
  private init(
    _ threshold: GateThreshold, _ merged: MergedMetric, stored trend: TrendAggregate, quantile: Double
  ) {
    guard let shown = trend.displayed(quantile: quantile), let (low, high) = trend.bounds(quantile: quantile)
    else {
      self.init(threshold, merged, .noSamples, nil)
      return
    }
    let (limit, comparison) = (threshold.expression.limit, threshold.expression.comparison)
    guard comparison.holds(low, limit) == comparison.holds(high, limit), !(low...high).contains(limit) else {
      let reason =
        "the limit is within the 0.1 % of the stored histogram; run it with this threshold to decide exactly"
      self.init(threshold, merged, .undecided(reason), shown, isExact: false)
      return
    }
    self.init(threshold, merged, comparison.holds(low, limit) ? .holds : .crossed, shown, isExact: false)
  }
}
