import Logging
import Shared
import Synchronization

/// Takes a paused k6 through its run: ready, start, un-pause, watch, end.
final class ShardConductor: Sendable {
  /// What happened, and when; it can be read when k6 dies at any moment.
  struct Course: Sendable {
    var processID: Int32?
    /// k6 had initialised: how many VUs this shard has at most.
    var maxVUs: Int?
    /// The run's common instant, from which seconds are counted.
    var startAt: UTCInstant?
    /// When k6 had answered that it was let go; until then, when it was asked.
    var startedAt: UTCInstant?
    var loadEndedAt: UTCInstant?
    /// When k6 itself said that setup() was over and its VUs were at work, or that they had been.
    var loadStartedAt: UTCInstant?
    /// k6 was still at its setup() when it was looked at.
    var sawSetup = false
    /// The end of the load stands in the store.
    var isEndAnnounced = false
    var cpuSecondsAtStart: Double?
    var cpuSecondsAtEnd: Double?
    var failure: ShardFailure?
  }

  private let shard: ShardIdentity
  private let script: ScriptPlan
  private let k6Version: String
  private let scriptDigest: String
  private let options: ShardOptions
  private let host: Host
  private let store: any ObjectStore
  private let k6: K6RestAPI
  private let stream: SampleStream
  private let stop: StopRequest
  private let logger: Logger
  private let state = Mutex(Course())

  init(
    shard: ShardIdentity, script: ScriptPlan, k6Version: String, scriptDigest: String, options: ShardOptions,
    host: Host, store: any ObjectStore, k6: K6RestAPI, stream: SampleStream, stop: StopRequest, logger: Logger
  ) {
    (self.shard, self.script, self.k6Version, self.scriptDigest) = (shard, script, k6Version, scriptDigest)
    (self.options, self.host, self.store, self.k6) = (options, host, store, k6)
    (self.stream, self.stop, self.logger) = (stream, stop, logger)
  }

  var course: Course { state.withLock { $0 } }

  func began(_ processID: Int32) { state.withLock { $0.processID = processID } }

  /// k6 is gone: if nobody saw the end of its load, this is it. Without a teardown k6 is gone at once.
  func k6Ended() {
    let now = host.now()
    state.withLock { course in
      if course.startedAt != nil, course.loadEndedAt == nil { course.loadEndedAt = now }
    }
  }

  /// Says that the load is over, once.
  func announceEnd() async {
    let endedAt = state.withLock { course in
      defer { course.isEndAnnounced = course.isEndAnnounced || course.loadEndedAt != nil }
      return course.isEndAnnounced ? nil : course.loadEndedAt
    }
    guard let endedAt else { return }
    await publishProgress(vus: 0)
    guard options.run != nil else { return }
    do {
      try await store.putDocument(
        ShardEnded(shard: shard, endedAt: endedAt), at: RunKeys(shard.run).ended(shard.index))
    } catch {
      // The summary says it as well; k6's teardown is not disturbed for it.
      logger.warning("the end of the load could not be announced", metadata: ["reason": "\(error)"])
    }
  }

  /// Returns when k6's load is over, or when it has failed; then k6 is stopped.
  func conduct() async {
    do {
      try await waitUntilPaused()
      try await start(await agreeOnStart())
      try await watch()
    } catch is CancellationError {
      return  // k6 is gone
    } catch {
      guard stop.reason == nil, !Task.isCancelled else { return }
      let failure = error as? ShardFailure ?? .unavailable("\(error)")
      logger.error("the shard stops k6", metadata: ["reason": "\(failure.sentence)"])
      state.withLock { $0.failure = failure }
      stop.request(failure.sentence)
    }
  }

  private func waitUntilPaused() async throws {
    let deadline = host.now().advanced(bySeconds: options.patience)
    while true {
      // Until k6 listens there is nobody to answer; when it dies this task is cancelled.
      if let status = try? await k6.status(), status.phase.rawValue >= K6RestAPI.Phase.paused.rawValue {
        state.withLock { $0.maxVUs = status.maxVUs }
        return
      }
      guard host.now() < deadline else {
        throw ShardFailure.unavailable("k6 had not initialised its VUs after \(Int(options.patience)) s")
      }
      try await host.sleep(.milliseconds(50))
    }
  }

  /// The instant at which to un-pause: the coordinator's, or now when there is none.
  private func agreeOnStart() async throws -> UTCInstant {
    guard options.run != nil else { return try await startAlone() }
    let keys = RunKeys(shard.run)
    if try await startSignal() != nil {
      throw ShardFailure.late("the run had started before this shard was ready, so it starts no load")
    }
    try await store.putDocument(
      ShardReady(
        shard: shard, k6Version: k6Version, scriptDigest: scriptDigest, script: script, readyAt: host.now()),
      at: keys.ready(shard.index))
    logger.info("ready")
    // The coordinator gives the other shards as long as it takes to get ready; one that is gone starts nothing.
    let deadline = host.now().advanced(bySeconds: options.patience + 60)
    while true {
      if let signal = try await startSignal() {
        guard let gate = try await store.getDocument(RunThresholds.self, at: keys.thresholds) else {
          throw ShardFailure.unavailable("\(keys.start) is there and \(keys.thresholds) is not")
        }
        select(gate.thresholds)
        return signal.startAt
      }
      guard host.now() < deadline else {
        throw ShardFailure.unavailable(
          "the run was not started within \(Int(options.patience) + 60) s: its coordinator is gone")
      }
      try await host.sleep(.milliseconds(100))
    }
  }

  private func startAlone() async throws -> UTCInstant {
    select(script.thresholds)
    let keys = RunKeys(shard.run)
    try await store.putDocument(
      RunThresholds(nonce: shard.nonce, thresholds: script.thresholds), at: keys.thresholds)
    let start = host.now()
    try await store.putDocument(StartSignal(nonce: shard.nonce, startAt: start), at: keys.start)
    return start
  }

  /// This run's; another's under the same key does not count.
  private func startSignal() async throws -> StartSignal? {
    let signal = try await store.getDocument(StartSignal.self, at: RunKeys(shard.run).start)
    return signal?.nonce == shard.nonce ? signal : nil
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
    let selected = limits.map { (selector: $0.key, limits: $0.value) }
    stream.with { $0.select(selected) }
  }

  private func start(_ instant: UTCInstant) async throws {
    let wait = instant.seconds(since: host.now())
    if wait > 0 { try await host.sleep(.seconds(wait)) }
    stream.with { $0.start(at: instant) }
    let processID = course.processID
    let cpuSeconds = processID.flatMap(host.cpuSeconds)
    // A test of a few milliseconds may be over, and k6 gone, before its answer is here: then this was its start.
    state.withLock { course in
      (course.startAt, course.startedAt, course.cpuSecondsAtStart) = (instant, host.now(), cpuSeconds)
    }
    do { try await k6.unpause() } catch {
      try await host.sleep(.seconds(1))  // ended by cancellation when k6 is gone
      throw error
    }
    let now = host.now()
    state.withLock { $0.startedAt = now }
    logger.info("started", metadata: ["start.late_seconds": "\(now.seconds(since: instant))"])
  }

  /// Asks k6 where it is: every second, and every 50 ms when its load may end.
  private func watch() async throws {
    var nextProgress = host.now()
    while true {
      let status = try? await k6.status()
      let now = host.now()
      note(status?.phase, now)
      if let status, status.phase.isLoadOver {
        noteCPU()
        state.withLock { $0.loadEndedAt = now }
        await announceEnd()
        return
      }
      if status != nil { noteCPU() }
      if now >= nextProgress {
        nextProgress = now.advanced(bySeconds: 2)
        await publishProgress(vus: status?.vus ?? 0)
      }
      try await host.sleep(untilNextLook(now))
    }
  }

  /// A second, but 50 ms where the load may begin or end at any moment.
  private func untilNextLook(_ now: UTCInstant) -> Duration {
    guard let start = course.loadStartedAt, let planned = script.plannedSeconds else {
      return .milliseconds(50)
    }
    let untilEnd = start.advanced(bySeconds: planned - 1).seconds(since: now)
    return .seconds(min(1, max(0.05, untilEnd)))
  }

  /// Between un-pausing and the first look k6 may have had nothing to set up: then its load began at once.
  private func note(_ phase: K6RestAPI.Phase?, _ now: UTCInstant) {
    state.withLock { course in
      switch phase {
      case .started, .setup: course.sawSetup = true
      case .running, .teardown:
        course.loadStartedAt = course.loadStartedAt ?? (course.sawSetup ? now : course.startedAt)
      default: break
      }
    }
  }

  private func noteCPU() {
    guard let seconds = course.processID.flatMap(host.cpuSeconds) else { return }
    state.withLock { $0.cpuSecondsAtEnd = seconds }
  }

  /// Progress is for people who watch: one that cannot be written is logged, and the run goes on.
  private func publishProgress(vus: Int) async {
    let course = course
    guard let startedAt = course.startedAt else { return }
    let phase: ShardProgress.Phase =
      course.loadEndedAt != nil ? .ended : course.loadStartedAt != nil ? .running : .setup
    do {
      let progress = stream.with { aggregator in
        aggregator.progress(
          shard, at: host.now(), startedAt: startedAt, phase: phase, loadStartedAt: course.loadStartedAt,
          vus: Double(vus))
      }
      try await store.putDocument(progress, at: RunKeys(shard.run).progress(shard.index))
    } catch {
      logger.warning("progress could not be written", metadata: ["reason": "\(error)"])
    }
  }
}
