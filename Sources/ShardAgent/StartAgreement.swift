import Logging
import Shared

/// How a shard whose k6 is ready comes to know by which thresholds to count, what setup() returned, and when to let
/// its k6 go.
struct StartAgreement: Sendable {
  let context: ShardContext
  let k6: K6RestAPI
  let stream: SampleStream
  let stop: StopRequest
  let console: K6ConsoleFile

  /// The instant at which to un-pause: the coordinator's, or now when there is none.
  /// - Parameter hasSetUp: called when this shard has run setup() for the grid.
  func instant(hasSetUp: () -> Void) async throws -> UTCInstant {
    try await context.hasCoordinator ? startOfRun(hasSetUp) : startByHand()
  }

  private var patientStore: RetryingStore {
    RetryingStore(context.store, .gettingReady(context.host, stop, context.logger))
  }

  private func startOfRun(_ hasSetUp: () -> Void) async throws -> UTCInstant {
    if try await startSignal(patientStore) != nil {
      throw ShardFailure.late("the run had started before this shard was ready, so it starts no load")
    }
    let announcement = ReadyAnnouncement(context: context, store: patientStore)
    try await announcement.announce(hasSetup: false)
    context.logger.info("ready")
    let (keys, nonce) = (context.keys, context.shard.nonce)
    // From here on the coordinator waits for the slowest shard, and this one for the coordinator.
    let patience = context.options.patience + 60
    let gate = try await wait(patience, for: keys.thresholds) {
      let gate = try await context.store.getDocument(RunThresholds.self, at: keys.thresholds)
      return gate?.nonce == nonce ? gate : nil
    }
    select(gate.thresholds)
    if context.sharesSetup { try await setUp(announcement, patience, hasSetUp) }
    let instant = try await wait(patience + context.script.setup.timeout, for: keys.start) {
      try await startSignal(context.store)?.startAt
    }
    try check(instant)
    // A look that takes longer than until the start is too late.
    try await context.host.within(max(1, instant.seconds(since: context.host.now()))) {
      try await announcement.checkStands()
    }
    return instant
  }

  /// setup() once for the grid: shard 0 runs it, the others are given what it returned. It is a secret: it goes from
  /// k6 to the store and from the store to k6, and nowhere else.
  private func setUp(
    _ announcement: ReadyAnnouncement, _ patience: Double, _ hasSetUp: () -> Void
  ) async throws {
    let (keys, hook) = (context.keys, context.script.setup)
    if context.ownsSetup {
      let json = hook.isOff ? nil : try await runSetup(timeout: hook.timeout)
      hasSetUp()
      try await patientStore.putDocument(SetupData(shard: context.shard, json: json), at: keys.setup)
    } else {
      let data = try await wait(patience + hook.timeout, for: keys.setup) {
        let data = try await context.store.getDocument(SetupData.self, at: keys.setup)
        return data?.shard.nonce == context.shard.nonce ? data : nil
      }
      context.redactor.learn(setup: data.json)
      try await ran { try await k6.giveSetup(data.json) }
    }
    try await announcement.announce(hasSetup: true)
    context.logger.info(context.ownsSetup ? "setup() was run for all shards" : "setup()'s data is there")
  }

  /// What setup() prints waits until its tokens are known.
  private func runSetup(timeout: Double) async throws -> String? {
    console.hold()
    defer { console.release() }
    let json = try await ran { try await k6.runSetup(timeout: timeout) }
    context.redactor.learn(setup: json)
    return json
  }

  private func ran<Value>(_ hook: () async throws -> Value) async throws -> Value {
    do { return try await hook() } catch let error as K6HookError {
      throw ShardFailure.unavailable("\(error)")
    }
  }

  private func wait<Value>(
    _ seconds: Double, for key: ObjectKey, _ look: () async throws -> Value?
  ) async throws -> Value {
    let polling = StorePolling(
      host: context.host, seconds: context.options.store.pollSeconds, stop: stop, logger: context.logger)
    return try await polling.value(within: seconds) { problem in
      .unavailable(
        "there was no \(key) within \(Int(seconds)) s: the run's coordinator, or its shard 0, is gone\(problem)"
      )
    } _: {
      try await look()
    }
  }

  /// Of several shards by hand the first that is ready says by what all count, and from when on; a later one starts
  /// when it is ready, and its summary says so.
  private func startByHand() async throws -> UTCInstant {
    let (store, keys, nonce) = (patientStore, context.keys, context.shard.nonce)
    let gate = try await store.agreed(
      RunThresholds(nonce: nonce, thresholds: context.script.thresholds), at: keys.thresholds)
    let start = try await store.agreed(
      StartSignal(nonce: nonce, startAt: context.host.now()), at: keys.start)
    guard gate.nonce == nonce, start.nonce == nonce else {
      throw ShardFailure.unavailable(
        "the run \(context.shard.run) has been used before: expected a run id that is new")
    }
    select(gate.thresholds)
    try check(start.startAt)
    return start.startAt
  }

  /// Seconds: a coordinator writes a few.
  private static let furthestStart = 60.0

  private func check(_ instant: UTCInstant) throws {
    let now = context.host.now()
    guard instant.seconds(since: now) > Self.furthestStart else { return }
    throw ShardFailure.unavailable(
      "the run starts at \(instant), and by this task's clock it is \(now): expected a start within \(Int(Self.furthestStart)) s, so this clock or that of who wrote \(context.keys.start) is wrong"
    )
  }

  /// This run's; another's under the same key does not count.
  private func startSignal(_ store: any ObjectStore) async throws -> StartSignal? {
    let signal = try await store.getDocument(StartSignal.self, at: context.keys.start)
    return signal?.nonce == context.shard.nonce ? signal : nil
  }

  /// Which selectors the gate asks for; texts that cannot be read were refused by the coordinator.
  private func select(_ thresholds: [ScriptPlan.Threshold]) {
    // The script's own as its samples have them: what others have read of them is without secrets.
    let own = Dictionary(
      zip(context.script.thresholds, context.ownScript.thresholds).map { ($0.selector, $1.selector) }
    ) { first, _ in first }
    var limits: [MetricSelector: [Double]] = [:]
    var gateTexts: [MetricSelector: String] = [:]
    for threshold in thresholds {
      guard let known = try? MetricSelector(threshold.selector),
        let selector = try? MetricSelector(own[threshold.selector] ?? threshold.selector),
        let expression = try? ThresholdExpression(threshold.expression)
      else { continue }
      if selector != known { gateTexts[selector] = known.text }
      limits[selector, default: []] += expression.quantile == nil ? [] : [expression.limit]
    }
    if context.options.isLean {
      for selector in context.ownScript.k6Submetrics { limits[selector, default: []] += [] }
    }
    let selected = limits.map { (selector: $0.key, limits: $0.value) }
    stream.with { [gateTexts] in $0.select(selected, gateTexts: gateTexts) }
  }
}
