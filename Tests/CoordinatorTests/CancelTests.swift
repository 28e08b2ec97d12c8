import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// Runs whose shards outlive a cancelled coordinator, as tasks of ECS do: told in time, and left.
@Suite struct CancelTests {
  enum Stage: String, CaseIterable, Sendable { case launching, ready, running, stopping, merging }

  /// Hangs where the test says, until it is cancelled.
  final class HangingLauncher: ShardLauncher {
    let stage: Stage
    let stops = Mutex<Set<Int>>([])
    private let states: @Sendable (Int) async throws -> LaunchState

    init(_ stage: Stage, _ states: @escaping @Sendable (Int) async throws -> LaunchState) {
      (self.stage, self.states) = (stage, states)
    }
    private func hang() async { try? await Task.sleep(for: .seconds(60)) }
    func launch(_ shards: [ShardSpec]) async throws { if stage == .launching { await hang() } }
    func refresh(isUrgent: Bool) async {}
    func state(_ index: Int) async -> LaunchState { (try? await states(index)) ?? .running }
    func stop(_ index: Int, reason: String) async {
      stops.withLock { _ = $0.insert(index) }
      // ECS does not answer.
      await hang()
    }
    func end(_ index: Int) async { await hang() }
  }

  /// A store that answers nothing any more, once it is told so.
  final class HangingStore: ObjectStore {
    let inner: DirectoryObjectStore
    let hangs = Mutex(false)
    /// Hangs when it is told `stop.json`.
    let takesNoWord: Bool
    init(_ inner: DirectoryObjectStore, takesNoWord: Bool = false) {
      (self.inner, self.takesNoWord) = (inner, takesNoWord)
    }
    private func hang() async throws {
      if hangs.withLock(\.self) { try await Task.sleep(for: .seconds(60)) }
    }
    func get(_ key: ObjectKey) async throws -> StoredObject? {
      try await hang()
      return try await inner.get(key)
    }
    func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome {
      if key.text.hasSuffix("stop.json") {
        if takesNoWord { try await Task.sleep(for: .seconds(60)) }
      } else {
        try await hang()
      }
      return try await inner.put(bytes, at: key, if: condition)
    }
    func list(_ prefix: String) async throws -> [ObjectKey] {
      try await hang()
      return try await inner.list(prefix)
    }
    func delete(_ key: ObjectKey) async throws {
      try await hang()
      try await inner.delete(key)
    }
  }

  private let folder: DirectoryObjectStore
  private let store: HangingStore
  private let stop = StopRequest()
  private let keys = RunKeys(Samples.run)

  init() throws {
    folder = DirectoryObjectStore(folder: try temporaryFolder().path)
    store = HangingStore(folder)
  }

  private func run(
    _ launcher: any ShardLauncher, leaveAfter: Double, maxDuration: String? = nil, store: HangingStore? = nil,
    display: Scripted.Watcher = Scripted.Watcher()
  ) throws -> GridRun {
    let options = try RunOptions(
      .init(shards: .exactly(2), script: "load.js", maxDuration: maxDuration), GridConfiguration(),
      usualStore: "file:///tmp/out", fileExists: { _ in true })
    let plan = RunPlan(
      run: Samples.run, nonce: "nonce", suite: "suite", shardCount: 2, script: "load.js",
      scriptDigest: "digest", createdAt: .live())
    var run = GridRun(
      options: options,
      host: CoordinatorHost(
        now: UTCInstant.live, sleep: { try await Task.sleep(for: $0) }, environment: [:],
        randomText: { "nonce" }),
      store: store ?? self.store, launcher: launcher, plan: plan, stop: stop, display: display)
    run.leaveAfter = leaveAfter
    return run
  }

  private func announce() async throws {
    for shard in 0...1 {
      let summary = Samples.summary(shard: shard, of: 2)
      try await folder.putDocument(
        ShardReady(
          shard: summary.shard, k6Version: "1.1.0", scriptDigest: "digest", script: summary.script,
          readyAt: .live()), at: keys.ready(shard))
    }
  }

  @Test(arguments: Stage.allCases)
  func `a cancelled run tells everybody and is left in time, though nothing answers`(stage: Stage)
    async throws
  {
    if stage != .ready, stage != .launching { try await announce() }
    let (events, event) = AsyncStream<Void>.makeStream()
    let launcher = HangingLauncher(stage) { [folder, keys] index in
      let isStarted = try await folder.get(keys.start) != nil
      if stage == .ready || isStarted { event.yield() }
      // Both are gone at once: what they have handed in is read from a store that hangs by then.
      if stage == .merging, isStarted {
        return .ended(ShardFate("it is gone"))
      }
      return .running
    }
    let grid = try run(launcher, leaveAfter: 0.3, maxDuration: stage == .stopping ? "1s" : nil)
    async let ending = Result { try await grid.carryOut() }
    switch stage {
    case .launching: break
    case .stopping:
      while try await folder.get(keys.stop) == nil { try await Task.sleep(for: .milliseconds(20)) }
    case .ready, .running, .merging: for await _ in events { break }
    }
    store.hangs.withLock { $0 = true }
    let began = Date()
    stop.request("SIGINT")
    let left = await ending
    #expect(throws: RunLeft.self) { try left.get() }
    // 0.3 s, and what a busy machine takes; a hanging call would take a minute.
    #expect(Date().timeIntervalSince(began) < 60)
    let signal = try await folder.getDocument(StopSignal.self, at: keys.stop)
    // All have handed in: there is nobody to tell.
    if stage != .merging {
      #expect(launcher.stops.withLock(\.self) == [0, 1])
      #expect(signal?.cause == (stage == .stopping ? .deadline : .cancelled))
    }
  }

  @Test func `a cancel is heard while the word of another stop hangs`() async throws {
    try await announce()
    let launcher = HangingLauncher(.running) { _ in .running }
    let watcher = Scripted.Watcher()
    let grid = try run(
      launcher, leaveAfter: 0.3, maxDuration: "1s", store: HangingStore(folder, takesNoWord: true),
      display: watcher)
    async let ending = Result { try await grid.carryOut() }
    while watcher.notes.withLock({ !$0.contains { $0.contains("--max-duration") } }) {
      try await Task.sleep(for: .milliseconds(20))
    }
    let began = Date()
    stop.request("SIGINT")
    let left = await ending
    #expect(throws: RunLeft.self) { try left.get() }
    #expect(Date().timeIntervalSince(began) < 40)
    #expect(launcher.stops.withLock(\.self) == [0, 1])
  }

  @Test func `a second signal ends it at once`() async throws {
    let launcher = HangingLauncher(.running) { _ in .running }
    let grid = try run(launcher, leaveAfter: 60)
    async let ending = Result { try await grid.carryOut() }
    stop.request("SIGINT")
    while try await folder.get(keys.stop) == nil { try await Task.sleep(for: .milliseconds(20)) }
    let began = Date()
    stop.request("SIGINT")
    let left = await ending
    #expect(throws: RunLeft.self) { try left.get() }
    #expect(Date().timeIntervalSince(began) < 30)
  }

  @Test func `shards that hand in at once are waited for, and the run is recorded as cancelled`() async throws
  {
    try await announce()
    let launcher = HangingLauncher(.running) { [folder, keys] _ in
      try await folder.get(keys.stop) == nil ? .running : .ended(ShardFate("its agent was told to stop"))
    }
    let grid = try run(launcher, leaveAfter: 60)
    async let ending = grid.carryOut()
    while try await folder.get(keys.start) == nil { try await Task.sleep(for: .milliseconds(20)) }
    stop.request("SIGTERM")
    // Nobody answers to StopTask; the shards themselves have read the word.
    let result = try await ending.result
    #expect(result.stopped == RunStopped(.cancelled, "the run was cancelled (SIGTERM)"))
    #expect(result.decision.verdict == .incomplete)
  }
}
