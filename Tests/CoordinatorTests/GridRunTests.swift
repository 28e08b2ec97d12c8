import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// Runs with a launcher, a clock and shards of the test's own, for what cannot be timed with real ones.
@Suite struct GridRunTests {
  typealias ScriptedLauncher = Scripted.Launcher

  private let store: DirectoryObjectStore
  private let clock = Scripted.Clock()
  private let watcher = Scripted.Watcher()
  private let stop = StopRequest()

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func run(
    _ launcher: ScriptedLauncher, shards: Int = 2, environment: [String: String] = [:],
    readyTimeout: Double = 10, lean: Bool = false, store: (any ObjectStore)? = nil
  ) throws -> GridRun {
    let clock = clock
    let options = try RunOptions(
      .init(shards: .exactly(shards), script: "load.js", readyTimeout: readyTimeout, lean: lean),
      GridConfiguration(),
      usualStore: "file:///tmp/out", fileExists: { _ in true })
    return GridRun(
      options: options,
      host: CoordinatorHost(
        now: { clock.now }, sleep: { clock.advance($0) }, environment: environment, randomText: { "nonce" }),
      store: store ?? self.store, launcher: launcher, plan: Samples.plan(shards: shards), stop: stop,
      display: watcher)
  }

  private func ready(_ shard: Int, thresholds: [ScriptPlan.Threshold] = [], of count: Int = 2) -> ShardReady {
    let summary = Samples.summary(shard: shard, of: count)
    let script = ScriptPlan(
      thresholds: thresholds, scenarios: summary.script.scenarios, maxVUs: 3, totalSeconds: 40)
    return ShardReady(
      shard: summary.shard, k6Version: "1.1.0", scriptDigest: "digest", script: script, readyAt: clock.now)
  }

  /// An attempt that has announced itself has errors from the 103rd second on.
  private func fail(_ shard: Int, _ errors: Int) async throws {
    let summary = Samples.summary(shard: shard, of: 2)
    let samples = ShardSamples(
      index: shard, count: 2, task: summary.shard.task, at: clock.now.seconds(since: Samples.instant(0)),
      submetrics: [("errors", Samples.counter(errors), nil)])
    try await store.putDocument(samples.progress, at: RunKeys(Samples.run).progress(shard))
  }

  private func announce(_ shard: Int) async throws {
    try await store.putDocument(ready(shard), at: RunKeys(Samples.run).ready(shard))
  }

  private func isStarted() async throws -> Bool { try await store.get(RunKeys(Samples.run).start) != nil }

  /// The samples' script has 3 VUs.
  @Test func `more shards than the script has VUs are refused before the start, and every one is stopped`()
    async throws
  {
    try await store.putDocument(ready(2, of: 4), at: RunKeys(Samples.run).ready(2))
    let launcher = ScriptedLauncher { _, _ in .running }
    let refusal = await #expect(throws: UsageError.self) {
      try await run(launcher, shards: 4).carryOut()
    }
    #expect(
      refusal?.description
        == "4 shards are too many for scenario 'a' of load.js, which has 3 VUs: use --shards 3 (or --shards auto)"
    )
    #expect(launcher.stops.withLock { $0 } == [0: 1, 1: 1, 2: 1, 3: 1])
    #expect(try await !isStarted())
  }

  @Test func `a shard that dies after it was ready keeps the load from starting`() async throws {
    let grid = try run(
      ScriptedLauncher { [self] shard, question in
        // Shard 0 is ready at once and dies while shard 1 still gets ready.
        if question == 1, shard == 0 { try await announce(0) }
        if shard == 1, clock.now > Samples.instant(102) { try await announce(1) }
        return shard == 0 && clock.now > Samples.instant(101)
          ? .ended(ShardFate("its agent was killed by signal 9")) : .running
      })
    let result = try await grid.carryOut().result
    #expect(result.decision.verdict == .incomplete)
    #expect(
      result.decision.reasons.first
        == "shard 0 ended before the start, so the run was not started: its agent was killed by signal 9")
    #expect(try await !isStarted())
  }

  @Test func `a ready shard that cannot be understood is named`() async throws {
    _ = try await store.put(Array("{}".utf8), at: RunKeys(Samples.run).ready(1), if: .always)
    let result = try await run(ScriptedLauncher { _, _ in .running }).carryOut().result
    #expect(result.decision.reasons.first?.hasPrefix("shard 1 cannot be understood") == true)
    #expect(try await !isStarted())
  }

  @Test func `a threshold of the script that cannot be judged keeps the load from starting`() async throws {
    for shard in 0..<2 {
      let ready = ready(shard, thresholds: [.init(selector: "http_req_failed", expression: "p(95)<1")])
      try await store.putDocument(ready, at: RunKeys(Samples.run).ready(shard))
    }
    let result = try await run(ScriptedLauncher { _, _ in .running }).carryOut().result
    #expect(result.decision.reasons.first?.hasPrefix("a threshold of the script cannot be judged") == true)
    #expect(try await !isStarted())
  }

  @Test func `shards that are not ready in time are named, and all are stopped once`() async throws {
    let launcher = ScriptedLauncher { _, _ in .running }
    try await announce(0)
    let result = try await run(launcher).carryOut().result
    #expect(result.decision.reasons.first == "shard 1 was not ready after 10 s, so the run was not started")
    #expect(launcher.stops.withLock { $0 } == [0: 1, 1: 1])
  }

  @Test func `a threshold that all shards cross together stops the run, and says when`() async throws {
    let launcher = ScriptedLauncher { [self] shard, _ in
      if try await isStarted() { try await fail(shard, clock.now > Samples.instant(105) ? 60 : 40) }
      return .running
    }
    for shard in 0..<2 {
      let threshold = ScriptPlan.Threshold(selector: "errors", expression: "count<100", abortOnFail: true)
      try await store.putDocument(
        ready(shard, thresholds: [threshold]), at: RunKeys(Samples.run).ready(shard))
    }
    let result = try await run(launcher).carryOut().result
    let sentence = "errors count<100 was crossed 5 s after the start: 120 against 100"
    #expect(result.stopped?.cause == .threshold && result.stopped?.reason.hasPrefix(sentence) == true)
    // These shards hand in nothing, so the run is not whole; what stopped it is said all the same.
    #expect(result.decision.verdict == .incomplete)
    #expect(result.decision.reasons.contains { $0.hasPrefix(sentence) })
    #expect(launcher.stops.withLock { $0 } == [0: 1, 1: 1])
    // A look a second from the start instant, 101, on, though the shards are looked after every 0.2 s.
    let looks = watcher.looks.withLock { $0.map { $0.readAt.seconds(since: Samples.instant(101)) } }
    #expect(looks.count == 6 && looks.allSatisfy { abs($0 - $0.rounded()) < 0.3 }, "\(looks)")
    #expect(watcher.ends.withLock(\.self) == 1)
  }

  @Test func `shards that do not end are stopped at the deadline`() async throws {
    let launcher = ScriptedLauncher { _, _ in .running }
    for shard in 0..<2 { try await announce(shard) }
    let result = try await run(launcher).carryOut().result
    #expect(try await isStarted())
    #expect(
      result.decision.reasons.first == "the shards had not ended 160 s after the start, so they were stopped")
    #expect(launcher.stops.withLock { $0 } == [0: 1, 1: 1])
    #expect(result.stopped?.cause == .deadline)
  }

  @Test(arguments: [false, true]) func `a cancelled run stops every shard once`(isStarted: Bool) async throws
  {
    let launcher = ScriptedLauncher { [stop, clock] _, _ in
      if clock.now > Samples.instant(105) { stop.request("SIGINT") }
      return .running
    }
    if isStarted { for shard in 0..<2 { try await announce(shard) } }
    let result = try await run(launcher).carryOut().result
    #expect(result.stopped?.cause == .cancelled)
    #expect(result.decision.reasons.first == "the run was cancelled (SIGINT)")
    #expect(launcher.stops.withLock { $0 } == [0: 1, 1: 1])
    #expect(try await self.isStarted() == isStarted)
    #expect(watcher.ends.withLock(\.self) == (isStarted ? 1 : 0))
  }

  @Test func `a shard is as patient as the coordinator, unless somebody has said otherwise`() async throws {
    for (environment, timeout, expected) in [
      ([:], 10.0, "300"), ([:], 900, "900"), (["GRID_PATIENCE": "5"], 900, "5"),
    ] {
      let launcher = ScriptedLauncher { _, _ in .ended(ShardFate("x")) }
      _ = try await run(launcher, environment: environment, readyTimeout: timeout).carryOut()
      #expect(launcher.environments[1]?["GRID_PATIENCE"] == expected)
    }
  }

  @Test func `every shard of a lean run is told so, others go by their environment`() async throws {
    for (lean, expected) in [(true, "true"), (false, nil)] {
      let launcher = ScriptedLauncher { _, _ in .ended(ShardFate("x")) }
      _ = try await run(launcher, lean: lean).carryOut()
      #expect(launcher.environments.values.map { $0["GRID_LEAN"] } == [expected, expected])
    }
  }

  @Test func `what cannot be recorded is said`() async throws {
    _ = try await store.put(Array("mine\r\n".utf8), at: historyKey, if: .always)
    let result = try await run(ScriptedLauncher { _, _ in .ended(ShardFate("x")) }).carryOut().result
    let written = await RunRecord(store: store) { _ in }.write(result)
    #expect(written.problems.count == 1 && written.isRecorded)
    #expect(written.problems[0].hasPrefix("the run has no line in history.csv"))
    #expect(try await store.get(RunKeys(Samples.run).result) != nil)
  }

  @Test func `a run that somebody else has recorded has their verdict in the history`() async throws {
    let result = try await run(ScriptedLauncher { _, _ in .ended(ShardFate("x")) }).carryOut().result
    let theirs = try Samples.failed("theirs", finishedAt: Samples.instant(300))
    try await store.putDocument(theirs, at: RunKeys(Samples.run).result)
    let written = await RunRecord(store: store) { _ in }.write(result)
    #expect(written.isRecorded && written.problems.count == 1)
    let history = String(decoding: try #require(try await store.get(historyKey)).bytes, as: UTF8.self)
    #expect(history.contains(",fail,theirs,"))
  }

  @Test func `a result that cannot be written is not recorded`() async throws {
    let result = try await run(ScriptedLauncher { _, _ in .ended(ShardFate("x")) }).carryOut().result
    let store = TroubledStore(store) { _, key in key.hasSuffix("result.json") ? TroubledStore.away : nil }
    let written = await RunRecord(store: store) { _ in }.write(result)
    #expect(!written.isRecorded && written.problems.count == 1)
  }

  // MARK: A store that fails

  /// Shards that hand in a second after the start; from then on, or from the beginning, the store fails for a while.
  private func endingRun(_ trouble: @escaping TroubledStore.Trouble) throws -> GridRun {
    let launcher = ScriptedLauncher { [self] shard, _ in
      guard
        let start = try await store.getDocument(StartSignal.self, at: RunKeys(Samples.run).start)?.startAt,
        clock.now > start.advanced(bySeconds: 1)
      else { return .running }
      try await store.putDocument(
        Samples.Document(grid: Samples.summary(shard: shard, of: 2, startAt: start)),
        at: RunKeys(Samples.run).summary(shard))
      return .ended(ShardFate("its agent ended with code 0"))
    }
    return try run(launcher, store: TroubledStore(store, trouble))
  }

  /// Every one of them is asked or told once, and the run depends on it.
  @Test(arguments: ["thresholds.json", "start.json", "setup.json", "summary.json"])
  func `half a minute of trouble with one object costs nothing`(name: String) async throws {
    for shard in 0..<2 { try await announce(shard) }
    let since = Mutex<UTCInstant?>(nil)
    let result = try await endingRun { [clock] operation, key in
      guard operation != .list, key.hasSuffix("/" + name) else { return nil }
      let first = since.withLock { since in
        since = since ?? clock.now
        return since
      }
      return clock.now.seconds(since: first ?? clock.now) < 30 ? TroubledStore.away : nil
    }.carryOut().result
    #expect(since.withLock(\.self) != nil)
    #expect(result.outcomes.map(\.word) == ["complete", "complete"], "\(result.decision.reasons)")
    #expect(result.stopped == nil)
    let note =
      "the store does not answer, which is tried again for up to 60 s: s3:GetObject failed: SlowDown (busy)"
    #expect(watcher.notes.withLock { $0.contains { $0.hasPrefix(note) } })
  }

  @Test func `summaries that cannot be read leave the run to be recorded later`() async throws {
    for shard in 0..<2 { try await announce(shard) }
    let grid = try endingRun { _, key in key.hasSuffix("/shard-1/summary.json") ? TroubledStore.away : nil }
    let left = await #expect(throws: RunLeft.self) { try await grid.carryOut() }
    #expect(left?.exitCode == 2)
    #expect(left?.reason.hasPrefix("what its shards handed in cannot be read: s3:GetObject failed") == true)
  }

  @Test func `a launch that is refused is a run that is recorded`() async throws {
    struct Refusing: ShardLauncher {
      func launch(_ shards: [ShardSpec]) async throws {
        throw ECSLaunchRefused(description: "ecs:RunTask was refused")
      }
      func refresh(isUrgent: Bool) async {}
      func state(_ index: Int) async -> LaunchState { .notLaunched }
      func stop(_ index: Int, reason: String) async {}
      func end(_ index: Int) async {}
    }
    let plain = try run(ScriptedLauncher { _, _ in .running })
    let grid = GridRun(
      options: plain.options, host: plain.host, store: store, launcher: Refusing(), plan: plain.plan,
      stop: stop, display: watcher)
    let end = try await grid.carryOut()
    #expect(end.isClear && end.result.decision.verdict == .incomplete)
    #expect(end.result.decision.reasons.first == "ecs:RunTask was refused")
  }

  @Test func `a store's clock counts where this machine's is off for certain`() {
    let notes = Mutex<[String]>([])
    func now(_ offset: Double?) -> UTCInstant {
      let host = CoordinatorHost(
        now: { Samples.instant(100) }, sleep: { _ in }, environment: [:], randomText: { "" })
      let clock = offset.map { ClockQuality(source: .store, offset: -$0 * 1000, errorBound: 600) }
      let store = TroubledStore(store, clock: clock)
      if let note = host.clockNote(store) { notes.withLock { $0.append(note) } }
      return host.onClock(of: store).now()
    }
    #expect([nil, 1.5, -1.5].map(now) == .init(repeating: Samples.instant(100), count: 3))
    #expect(notes.withLock { $0.isEmpty })
    #expect([30, -30].map(now) == [Samples.instant(130), Samples.instant(70)])
    #expect(
      notes.withLock(\.self)
        == ["behind", "ahead of"].map {
          "this machine's clock is 30 s \($0) the store's, which counts: set it right"
        })
  }
}
