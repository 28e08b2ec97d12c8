import Logging
import Shared
import Synchronization

/// Takes a paused k6 through its run: ready, start, un-pause, watch, end.
final class ShardConductor: Sendable {
  let context: ShardContext
  let k6: K6RestAPI
  private let stream: SampleStream
  private let monitor: GeneratorMonitor
  private let progress: ProgressPublisher
  private let console: K6ConsoleFile
  /// k6 is ready: it has read what it was given.
  private let isPaused: @Sendable () -> Void
  let watch: CoordinatorWatch
  let stop: StopRequest
  let state = Mutex(Course())

  var host: Host { context.host }

  init(
    _ context: ShardContext, k6: K6RestAPI, stream: SampleStream, monitor: GeneratorMonitor,
    watch: CoordinatorWatch, stop: StopRequest, console: K6ConsoleFile,
    isPaused: @escaping @Sendable () -> Void
  ) {
    (self.context, self.k6, self.stream, self.monitor) = (context, k6, stream, monitor)
    (self.watch, self.stop, self.console, self.isPaused) = (watch, stop, console, isPaused)
    progress = ProgressPublisher(context: context, stream: stream, monitor: monitor)
  }

  var course: Course { state.withLock { $0 } }

  func began(_ processID: Int32) { state.withLock { $0.processID = processID } }

  /// k6 is gone: if nobody saw the end of its load, this is it. Without a teardown k6 is gone at once.
  func k6Ended(_ exit: K6Exit) {
    let now = host.now()
    state.withLock { course in
      if exit == .exited(108) { course.wasAborted = true }
      course.testEndedAt = course.testEndedAt ?? now
      if course.startedAt != nil, course.loadEndedAt == nil { course.loadEndedAt = now }
    }
  }

  /// Says that the load is over, once; again when k6's exit code shows that the script had aborted it.
  func announceEnd() async {
    let end: (endedAt: UTCInstant, wasAborted: Bool)? = state.withLock { course in
      guard let endedAt = course.loadEndedAt,
        course.announced == nil || course.announced?.wasAborted != course.wasAborted
      else { return nil }
      course.announced = (endedAt, course.wasAborted)
      return course.announced
    }
    guard let end else { return }
    await progress.publish(course, vus: 0)
    guard context.hasCoordinator else { return }
    do {
      try await context.store.putDocument(
        ShardEnded(shard: context.shard, endedAt: end.endedAt, wasAborted: end.wasAborted),
        at: context.keys.ended(context.shard.index))
    } catch {
      // The summary says it as well; k6's teardown is not disturbed for it.
      context.logger.warning("the end of the load could not be announced", metadata: ["reason": "\(error)"])
    }
  }

  /// Returns when k6's load is over, or when it has failed; then k6 is stopped.
  func conduct() async {
    do {
      try await waitUntilPaused()
      isPaused()
      let agreement = StartAgreement(
        context: context, k6: k6, stream: stream, stop: stop, console: console)
      try await start(await agreement.instant(hasSetUp: keepForTeardown))
      try await watchLoad()
    } catch is CancellationError {
      return  // k6 is gone
    } catch {
      guard !Task.isCancelled else { return }
      if stop.reason == nil { fail(error) }
    }
    await tearDown()
  }

  private func fail(_ error: any Error) {
    let failure = error as? ShardFailure ?? .unavailable("\(error)")
    context.logger.error("the shard stops k6", metadata: ["reason": "\(failure.sentence)"])
    state.withLock { $0.failure = failure }
    stop.request(.broken, failure.sentence)
  }

  private func waitUntilPaused() async throws {
    let patience = context.options.patience
    let deadline = host.now().advanced(bySeconds: patience)
    while true {
      // Until k6 listens there is nobody to answer; when it dies this task is cancelled.
      if let status = try? await k6.status(), status.phase.rawValue >= K6RestAPI.Phase.paused.rawValue {
        state.withLock { $0.maxVUs = status.maxVUs }
        return
      }
      guard host.now() < deadline else {
        throw ShardFailure.unavailable("k6 had not initialised its VUs after \(Int(patience)) s")
      }
      try await host.sleep(.milliseconds(50))
    }
  }

  private func start(_ instant: UTCInstant) async throws {
    let wait = instant.seconds(since: host.now())
    if wait > 0 { try await host.sleep(.seconds(wait)) }
    stream.with { $0.start(at: instant) }
    if let processID = course.processID { monitor.loadStarts(k6: processID) }
    // A test of a few milliseconds may be over, and k6 gone, before its answer is here: then this was its start.
    state.withLock { course in
      (course.startAt, course.startedAt) = (instant, host.now())
      course.setupIsOver = context.sharesSetup
    }
    if !context.sharesSetup, !context.script.setup.isOff { console.hold() }
    do { try await k6.unpause() } catch {
      try await host.sleep(.seconds(1))  // ended by cancellation when k6 is gone
      throw error
    }
    let now = host.now()
    state.withLock { $0.startedAt = now }
    context.logger.info("started", metadata: ["start.late_seconds": "\(now.seconds(since: instant))"])
  }

  /// Asks k6 where it is: every second, and every 50 ms when its load may end.
  private func watchLoad() async throws {
    var nextProgress = nextTick(after: host.now())
    while true {
      let (status, isClosed) = await look()
      let now = host.now()
      let setupIsOver = state.withLock { course in
        let wasLoading = course.loadStartedAt != nil
        course.note(status?.phase, now)
        return course.sawSetup && !wasLoading && course.loadStartedAt != nil
      }
      if setupIsOver { monitor.setupIsOver() }
      await learnSetup(status?.phase, isClosed: isClosed)
      // Without a teardown() to wait for k6 closes its API as soon as its load is over, before its handleSummary().
      if isClosed || status?.phase.isLoadOver == true {
        monitor.loadEnded()
        state.withLock { course in
          course.loadEndedAt = now
          // Of a k6 that lingers; of another one the exit code says it.
          course.wasAborted = context.ownsSetup && status?.phase == .interrupted && stop.reason == nil
        }
        stream.with { $0.end(at: now) }
        // What is left is k6's own to end, its teardown() or its summary: no signal cuts it off any more.
        if !context.ownsSetup { stop.stopGently {} }
        await announceEnd()
        return try await noteTestEnd(status?.phase, now)
      }
      if status != nil { monitor.look() }
      if now >= nextProgress {
        nextProgress = nextTick(after: now)
        await progress.publish(course, vus: status?.vus ?? 0)
      }
      try await pause(min(untilNextLook(now), max(0.01, nextProgress.seconds(since: now))))
    }
  }

  /// Of a k6 that runs its own setup(): from when that is over its tokens are known.
  private func learnSetup(_ phase: K6RestAPI.Phase?, isClosed: Bool) async {
    guard !context.sharesSetup, !context.script.setup.isOff, !course.knowsSetup,
      isClosed || (phase?.rawValue ?? 0) > K6RestAPI.Phase.setup.rawValue
    else { return }
    state.withLock { $0.knowsSetup = true }
    context.redactor.learn(setup: try? await k6.setupData())
    console.release()
  }

  /// Every 2 s from the run's instant on, so that all shards tell of the same time: some ahead of others would weigh
  /// more in what is merged.
  private func nextTick(after now: UTCInstant) -> UTCInstant {
    let startAt = course.startAt ?? now
    return startAt.advanced(bySeconds: ((now.seconds(since: startAt) / 2).rounded(.down) + 1) * 2)
  }

  /// Shorter when the load is told to stop.
  private func pause(_ seconds: Double) async throws {
    let end = host.now().advanced(bySeconds: seconds)
    while case let left = end.seconds(since: host.now()), left > 0 {
      try await host.sleep(.seconds(min(left, stop.reason == nil ? 0.2 : 0.05)))
      if stop.reason != nil { return }
    }
  }

  private func look() async -> (status: K6RestAPI.Status?, isClosed: Bool) {
    do { return (try await k6.status(), false) } catch is K6RestAPI.Closed { return (nil, true) } catch {
      return (nil, false)
    }
  }

  /// From here on k6 only hands over its last samples, which on a busy machine takes a second: that is no time of its
  /// test. When k6 is gone without having said so, this is cancelled.
  private func noteTestEnd(_ phase: K6RestAPI.Phase?, _ now: UTCInstant) async throws {
    var (phase, now) = (phase ?? .ended, now)
    while phase.rawValue < K6RestAPI.Phase.ended.rawValue {
      try await host.sleep(.milliseconds(50))
      let (status, isClosed) = await look()
      phase = isClosed ? .ended : status?.phase ?? phase
      now = host.now()
    }
    state.withLock { [now] in $0.testEndedAt = $0.testEndedAt ?? now }
  }

  /// A second, but 50 ms where the load may begin or end at any moment.
  private func untilNextLook(_ now: UTCInstant) -> Double {
    guard let start = course.loadStartedAt, let planned = context.script.plannedSeconds else { return 0.05 }
    let untilEnd = start.advanced(bySeconds: planned - 1).seconds(since: now)
    return min(1, max(0.05, untilEnd))
  }
}
