import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// Shards that come to nothing through no fault of their own, and those that are launched in their place.
@Suite struct RelaunchTests {
  private let store: DirectoryObjectStore
  private let clock = Scripted.Clock()
  private let watcher = Scripted.Watcher()
  private let keys = RunKeys(Samples.run)
  /// As ECS says when there is no capacity.
  static let lost = LaunchState.ended(
    ShardFate("its task was not started: capacity is unavailable", mayRelaunch: true))

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func run(
    _ launcher: Scripted.Launcher, setup: SetupMode = .perShard, location: String = "file:///tmp/out",
    store other: (any ObjectStore)? = nil
  ) throws -> GridRun {
    let clock = clock
    let options = try RunOptions(
      .init(shards: .exactly(2), script: "load.js", readyTimeout: 20), GridConfiguration(),
      usualStore: location, fileExists: { _ in true })
    var plan = Samples.plan(shards: 2)
    plan.setup = setup
    return GridRun(
      options: options,
      host: CoordinatorHost(
        now: { clock.now }, sleep: { clock.advance($0) }, environment: [:], randomText: { "nonce" }),
      store: other ?? store, launcher: launcher, plan: plan, stop: StopRequest(), display: watcher)
  }

  private func identity(_ shard: Int, _ attempt: Int) -> ShardIdentity {
    ShardIdentity(
      run: Samples.run, nonce: "nonce", index: shard, count: 2, attempt: attempt, task: "task-\(attempt)")
  }

  private func announce(_ shard: Int, _ attempt: Int = 1, hasSetup: Bool = false, digest: String = "digest")
    async throws
  {
    let script = Samples.summary().script
    let ready = ShardReady(
      shard: identity(shard, attempt), k6Version: "1.1.0", scriptDigest: digest, script: script,
      readyAt: clock.now, hasSetup: hasSetup)
    try await store.putDocument(ready, at: keys.ready(shard))
  }

  private func handIn(_ shard: Int, _ attempt: Int = 1) async throws {
    guard try await store.get(keys.summary(shard)) == nil else { return }
    let start = try await store.getDocument(StartSignal.self, at: keys.start)?.startAt
    try await store.putDocument(
      Samples.Document(
        grid: Samples.summary(shard: shard, of: 2, attempt: attempt, startAt: start ?? Samples.instant(100))),
      at: keys.summary(shard))
  }

  private func isStarted() async throws -> Bool { try await store.get(keys.start) != nil }
  private var notes: [String] { watcher.notes.withLock(\.self) }

  @Test func `a shard that could not be started is launched again, and the run is whole`() async throws {
    let launcher = Scripted.Launcher { [self] shard, question in
      if shard == 0, question == 1 { try await announce(0) }
      if shard == 1, question == 1 { return Self.lost }
      if shard == 1, question == 2 { try await announce(1, 2) }
      if try await isStarted() { try await handIn(shard, shard + 1) }
      return .running
    }
    let result = try await run(launcher).carryOut().result
    #expect(result.outcomes.map(\.word) == ["complete", "complete"], "\(result.decision)")
    #expect(launcher.attempts(0) == [1] && launcher.attempts(1) == [1, 2])
    #expect(launcher.environments[1]?["GRID_ATTEMPT"] == "2")
    #expect(
      notes == [
        "shard 1 was launched again (attempt 2): its task was not started: capacity is unavailable"
      ])
    #expect(result.outcomes[1].summary?.shard.attempt == 2)
    // Both had handed in, and ran on for all that their launcher knew.
    #expect(launcher.stops.withLock(\.isEmpty) && launcher.ends.withLock { $0 } == [0: 1, 1: 1])
  }

  @Test func `what fails a third time is given up`() async throws {
    let launcher = Scripted.Launcher { shard, _ in shard == 1 ? Self.lost : .running }
    let result = try await run(launcher).carryOut().result
    #expect(launcher.attempts(1) == [1, 2, 3])
    #expect(
      result.decision.reasons.first
        == "shard 1 ended before the start in attempt 3, so the run was not started: its task was not started: capacity is unavailable"
    )
    #expect(try await !isStarted())
  }

  @Test func `an earlier attempt's word does not make a shard ready, and one that comes late is reported`()
    async throws
  {
    let launcher = Scripted.Launcher { [self] shard, question in
      switch (shard, question) {
      case (0, 1): try await announce(0)
      case (1, 1): try await announce(1)
      case (1, 2): return Self.lost  // known as ready by now
      // The first attempt is not dead after all.
      case (1, 20): try await announce(1, 1, hasSetup: true)
      default: break
      }
      return .running
    }
    let result = try await run(launcher).carryOut().result
    #expect(result.decision.reasons.first == "shard 1 was not ready after 20 s, so the run was not started")
    #expect(notes.count(where: { $0.contains("shard-1/ready.json is of attempt 1") }) == 0)
    #expect(launcher.attempts(1) == [1, 2])
  }

  @Test func `another task's word under an earlier attempt is reported once`() async throws {
    try await announce(0)
    let launcher = Scripted.Launcher { [self] shard, question in
      if shard == 1, question == 1 { return Self.lost }
      if shard == 1, question == 3 { try await announce(1, 1) }
      return .running
    }
    _ = try await run(launcher).carryOut()
    let sentence =
      "2026-11-23/shard-1/ready.json is of attempt 1 (task-1), and attempt 2 counts, so it is ignored"
    #expect(notes.count(where: { $0 == sentence }) == 1, "\(notes)")
  }

  @Test(arguments: [SetupMode.once, .perShard])
  func `a shard that dies between ready and start is launched again, but the one that has run setup() is not`(
    setup: SetupMode
  ) async throws {
    for dying in 0...1 {
      let other = try RelaunchTests()
      try await other.dies(dying, setup)
    }
  }

  private func dies(_ dying: Int, _ setup: SetupMode) async throws {
    for shard in 0...1 { try await announce(shard) }
    let once = Mutex(false)
    let launcher = Scripted.Launcher { [self] shard, question in
      if try await store.get(keys.thresholds) != nil {
        if shard == dying {
          if once.withLock({ seen in
            defer { seen = true }
            return !seen
          }) {
            return Self.lost
          }
          if try await !isStarted() { try await announce(shard, 2, hasSetup: true) }
        } else if try await !isStarted() {
          try await announce(shard, 1, hasSetup: true)
        }
      }
      if try await isStarted() { try await handIn(shard, shard == dying ? 2 : 1) }
      return .running
    }
    let result = try await run(launcher, setup: setup).carryOut().result
    if setup == .once, dying == 0 {
      #expect(result.decision.reasons.first?.hasPrefix("shard 0 ended before the start") == true)
      #expect(launcher.attempts(0) == [1])
      #expect(try await !isStarted())
    } else {
      #expect(launcher.attempts(dying) == [1, 2])
      #expect(result.outcomes.map(\.word) == ["complete", "complete"], "\(result.decision)")
    }
  }

  @Test func `after the start nothing is launched again, the others finish, and the run is incomplete`()
    async throws
  {
    for shard in 0...1 { try await announce(shard) }
    let launcher = Scripted.Launcher { [self] shard, _ in
      guard try await isStarted() else { return .running }
      if shard == 1 {
        return .ended(ShardFate("its Spot capacity was taken back", mayRelaunch: true))
      }
      if clock.now > Samples.instant(110) { try await handIn(0) }
      return .running
    }
    let result = try await run(launcher).carryOut().result
    #expect(launcher.attempts(1) == [1] && result.stopped == nil)
    #expect(result.decision.reasons.first == "shard 1 is missing: its Spot capacity was taken back")
    #expect(result.outcomes.map(\.word) == ["complete", "missing"])
  }

  @Test func `an earlier attempt's summary is superseded`() async throws {
    for shard in 0...1 { try await announce(shard, shard + 1) }
    let launcher = Scripted.Launcher { [self] shard, question in
      if shard == 1, question == 1 { return Self.lost }
      guard try await isStarted() else { return .running }
      try await handIn(shard)
      return shard == 1 && clock.now > Samples.instant(110) ? .ended(ShardFate("it is gone")) : .running
    }
    let result = try await run(launcher).carryOut().result
    #expect(
      result.decision.reasons.first
        == "shard 1 is missing: its summary is of attempt 1, superseded by attempt 2: it is gone")
    #expect(notes.contains { $0.contains("shard-1/summary.json is of attempt 1") }, "\(notes)")
  }

  @Test
  func
    `the start is written only when a fresh look has seen every shard, and far enough ahead for its store`()
    async throws
  {
    for (location, lead) in [("file:///tmp/out", 1.0), ("s3://bucket/suite", 5)] {
      let other = try RelaunchTests()
      for shard in 0...1 { try await other.announce(shard) }
      let launcher = Scripted.Launcher { shard, _ in
        if try await other.isStarted() { try await other.handIn(shard) }
        return .running
      }
      let result = try await other.run(launcher, location: location).carryOut().result
      #expect(result.decision.verdict != .incomplete || result.outcomes.allSatisfy { $0.problem == nil })
      #expect(other.watcher.starts.withLock { $0.map { $0.seconds(since: Samples.instant(100)) } } == [lead])
      #expect(launcher.urgentLooks.withLock { $0 } >= 1)
    }
  }

  @Test func `scripts that the coordinator has not seen must be one`() async throws {
    try await announce(0)
    try await announce(1, digest: "another")
    let result = try await run(Scripted.Launcher { _, _ in .running }).carryOut().result
    #expect(
      result.decision.reasons.first
        == "shard 1 has another script than shard 0 (SHA-256 another and digest): one test needs one script")
  }
}
