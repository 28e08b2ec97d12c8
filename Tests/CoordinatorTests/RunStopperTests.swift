import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

@Suite final class RunStopperTests: Sendable {
  private let store: DirectoryObjectStore
  private let clock = Scripted.Clock()
  private let said = Mutex("")
  private let keys = RunKeys(Samples.run)

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func stopper(
    _ troubled: TroubledStore? = nil,
    endTasks: (@Sendable (String, RunID, Double) async throws -> Bool)? = nil,
    _ meanwhile: @escaping @Sendable () async throws -> Void = {}
  ) -> RunStopper {
    let clock = clock
    return RunStopper(
      store: troubled ?? store as any ObjectStore, location: .folder("/tmp/out"), run: Samples.run,
      host: CoordinatorHost(
        now: { clock.now },
        sleep: {
          clock.advance($0)
          try await meanwhile()
        }, environment: [:], randomText: { "x" }), say: { [self] in add($0) },
      historyWait: { _ in }, endTasks: endTasks)
  }
  private func add(_ text: String) { said.withLock { $0 += text } }
  private var words: String { said.withLock(\.self) }

  /// A run of two shards that has begun.
  private func begin(handedIn: [Int] = []) async throws {
    var plan = Samples.plan(shards: 2)
    plan.deadManSeconds = 60
    try await store.putDocument(plan, at: keys.plan)
    try await Samples.started(store)
    for shard in 0...1 {
      let summary = Samples.summary(shard: shard, of: 2)
      try await store.putDocument(
        ShardReady(
          shard: summary.shard, k6Version: "1.1.0", scriptDigest: "digest", script: summary.script,
          readyAt: clock.now), at: keys.ready(shard))
    }
    for shard in handedIn { try await handIn(shard) }
    try await store.putDocument(
      ActiveRun(
        run: Samples.run, nonce: "nonce", suite: "suite", counter: 1, deadManSeconds: 60, workflowRunURL: nil),
      at: activeKey)
  }

  private func handIn(_ shard: Int) async throws {
    try await store.putDocument(
      Samples.Document(grid: Samples.summary(shard: shard, of: 2, isComplete: false)), at: keys.summary(shard)
    )
  }

  private func result() async throws -> StoredVerdict? {
    try await store.getDocument(StoredVerdict.self, at: keys.result)
  }
  struct StoredVerdict: Decodable {
    let verdict: String
    let reasons: [String]
  }
  private func historyLines() async throws -> Int {
    let bytes = try await store.get(historyKey)?.bytes ?? []
    return bytes.count(where: { $0 == 10 }) - 1
  }

  @Test func `a run whose coordinator is gone is stopped, recorded once, and its place is free`() async throws
  {
    try await begin(handedIn: [0])
    let code = try await stopper(endTasks: nil) { [self] in
      if clock.now > Samples.instant(105) { try await handIn(1) }
    }.stop(reason: "release at noon", wait: 60)
    #expect(code == 0)
    let recorded = try #require(try await result())
    #expect(recorded.verdict == "incomplete")
    #expect(recorded.reasons.first == "the run was stopped by command (release at noon)")
    #expect(try await historyLines() == 1)
    #expect(try await store.get(activeKey) == nil)
    #expect(words.contains("all its shards have handed in") && words.contains("it is recorded as incomplete"))
    let again = try await stopper().stop(reason: nil, wait: 60)
    #expect(again == 0 && words.contains("run 2026-11-23 is over and recorded: there is nothing to stop"))
    #expect(try await historyLines() == 1)
  }

  @Test func `a cancelled run that was left is recorded as that`() async throws {
    try await begin(handedIn: [0, 1])
    try await store.putDocument(
      StopSignal(
        nonce: "nonce", cause: .cancelled, reason: "the run was cancelled (SIGINT)", at: Samples.instant(99)),
      at: keys.stop)
    #expect(try await stopper().stop(reason: nil, wait: 60) == 0)
    #expect(try await result()?.reasons.first == "the run was cancelled (SIGINT)")
    #expect(try await result()?.verdict == "incomplete")
  }

  @Test func `shards that do not hand in are named, their tasks are ended, and they are missing`()
    async throws
  {
    try await begin(handedIn: [0])
    let asked = Mutex<[Double]>([])
    let code = try await stopper(endTasks: { suite, run, wait in
      asked.withLock { $0.append(suite == "suite" && run == Samples.run ? wait : -1) }
      return true
    }).stop(reason: nil, wait: 20)
    #expect(code == 2 && words.contains("shard 1 has not handed in within 20 s"))
    #expect(asked.withLock(\.self) == [20])
    #expect(try await result()?.reasons.contains("shard 1 is missing: it handed in no summary") == true)
  }

  /// Its first sign may be seen late, behind a minute of waiting for tasks.
  @Test(arguments: [[], [0, 1]]) func `a coordinator that lives records its run itself`(handedIn: [Int])
    async throws
  {
    try await begin(handedIn: handedIn)
    let counter = Mutex(0)
    let endTasks: @Sendable (String, RunID, Double) async throws -> Bool = { [clock] _, _, _ in
      clock.advance(.seconds(60))
      return true
    }
    let code = try await stopper(endTasks: handedIn.isEmpty ? nil : endTasks) { [self] in
      let next = counter.withLock { count in
        count += 1
        return count
      }
      try await store.putDocument(AliveSignal(nonce: "nonce", counter: next), at: keys.alive)
      if next == 8, handedIn.isEmpty { for shard in 0...1 { try await handIn(shard) } }
      if next == 20 {
        let result = try Samples.failed("p95 was 900 ms", finishedAt: Samples.instant(300))
        try await store.putDocument(result, at: keys.result)
      }
    }.stop(reason: nil, wait: 60)
    #expect(code == 0 && words.contains("its coordinator has recorded it"))
    // The line is the one thing that it might not have come to: with the verdict that was recorded.
    #expect(try await historyLines() == 1)
    let line = String(decoding: try #require(try await store.get(historyKey)).bytes, as: UTF8.self)
    #expect(line.contains("1970-01-01T00:05:00Z,fail,p95 was 900 ms,"))
    #expect(try await store.get(activeKey) == nil)
  }

  @Test func `what its coordinator has not yet recorded keeps its place`() async throws {
    try await begin(handedIn: [0, 1])
    let counter = Mutex(0)
    let code = try await stopper(endTasks: nil) { [self] in
      let next = counter.withLock { count in
        count += 1
        return count
      }
      try await store.putDocument(AliveSignal(nonce: "nonce", counter: next), at: keys.alive)
    }.stop(reason: nil, wait: 60)
    #expect(code == 0 && words.contains("its coordinator still counts and has not recorded it within 60 s"))
    #expect(try await store.get(activeKey) != nil)
    #expect(try await result() == nil)
  }

  @Test func `a store that fails leaves no task behind`() async throws {
    try await begin()
    let troubled = TroubledStore(store) { operation, _ in operation == .list ? TroubledStore.away : nil }
    let ended = Mutex(0)
    let stopper = stopper(
      troubled,
      endTasks: { _, _, _ in
        ended.withLock { $0 += 1 }
        return true
      })
    await #expect(throws: AWSError.self) { try await stopper.stop(reason: nil, wait: 1) }
    #expect(ended.withLock(\.self) == 1)
    #expect(try await store.get(activeKey) != nil)
  }

  @Test func `tasks that are left make it no success`() async throws {
    try await begin(handedIn: [0, 1])
    #expect(try await stopper(endTasks: { _, _, _ in false }).stop(reason: nil, wait: 1) == 2)
    // It is recorded, and still in its place: what is left of it makes load.
    #expect(try await store.get(activeKey) != nil)
    #expect(try await result() != nil)
    #expect(try await stopper(endTasks: { _, _, _ in false }).stop(reason: nil, wait: 1) == 2)
    #expect(try await store.get(activeKey) != nil)
    #expect(try await stopper(endTasks: { _, _, _ in true }).stop(reason: nil, wait: 1) == 0)
    #expect(try await store.get(activeKey) == nil)
  }

  @Test func `what is no run, or nobody's to stop, is refused`() async throws {
    let missing = await #expect(throws: UsageError.self) { try await stopper().stop(reason: nil, wait: 1) }
    #expect(
      missing?.description
        == "there is no run 2026-11-23 in file:///tmp/out: expected /tmp/out/2026-11-23/run.json")
    try await store.putDocument(Samples.plan(), at: keys.plan)
    let alone = await #expect(throws: UsageError.self) { try await stopper().stop(reason: nil, wait: 1) }
    #expect(alone?.description.contains("was started by hand") == true)
  }
}
