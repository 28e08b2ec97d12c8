import Logging
import Shared

/// How a shard whose k6 is ready comes to know when to let it go, and by which thresholds to count.
struct StartAgreement: Sendable {
  let context: ShardContext
  let stream: SampleStream

  /// The instant at which to un-pause: the coordinator's, or now when there is none.
  func instant() async throws -> UTCInstant {
    guard context.options.run != nil else { return try await startAlone() }
    if try await startSignal() != nil {
      throw ShardFailure.late("the run had started before this shard was ready, so it starts no load")
    }
    try await context.store.putDocument(
      ShardReady(
        shard: context.shard, k6Version: context.k6Version, scriptDigest: context.scriptDigest,
        script: context.script, readyAt: context.host.now()),
      at: context.keys.ready(context.shard.index))
    context.logger.info("ready")
    return try await coordinatorsInstant()
  }

  /// The coordinator gives the other shards as long as it takes to get ready; one that is gone starts nothing.
  private func coordinatorsInstant() async throws -> UTCInstant {
    let (host, keys, patience) = (context.host, context.keys, context.options.patience + 60)
    let deadline = host.now().advanced(bySeconds: patience)
    while true {
      if let signal = try await startSignal() {
        guard let gate = try await context.store.getDocument(RunThresholds.self, at: keys.thresholds) else {
          throw ShardFailure.unavailable("\(keys.start) is there and \(keys.thresholds) is not")
        }
        select(gate.thresholds)
        return signal.startAt
      }
      guard host.now() < deadline else {
        throw ShardFailure.unavailable(
          "the run was not started within \(Int(patience)) s: its coordinator is gone")
      }
      try await host.sleep(.milliseconds(100))
    }
  }

  private func startAlone() async throws -> UTCInstant {
    let (nonce, thresholds) = (context.shard.nonce, context.script.thresholds)
    select(thresholds)
    try await context.store.putDocument(
      RunThresholds(nonce: nonce, thresholds: thresholds), at: context.keys.thresholds)
    let start = context.host.now()
    try await context.store.putDocument(StartSignal(nonce: nonce, startAt: start), at: context.keys.start)
    return start
  }

  /// This run's; another's under the same key does not count.
  private func startSignal() async throws -> StartSignal? {
    let signal = try await context.store.getDocument(StartSignal.self, at: context.keys.start)
    return signal?.nonce == context.shard.nonce ? signal : nil
  }

  /// Which selectors the gate asks for; texts that cannot be read were refused by the coordinator.
  private func select(_ thresholds: [ScriptPlan.Threshold]) {
    var limits: [MetricSelector: [Double]] = [:]
    for threshold in thresholds {
      guard let selector = try? MetricSelector(threshold.selector),
        let expression = try? ThresholdExpression(threshold.expression)
      else { continue }
      limits[selector, default: []] += expression.quantile == nil ? [] : [expression.limit]
    }
    if context.options.isLean {
      for selector in context.script.k6Submetrics { limits[selector, default: []] += [] }
    }
    let selected = limits.map { (selector: $0.key, limits: $0.value) }
    stream.with { $0.select(selected) }
  }
}
