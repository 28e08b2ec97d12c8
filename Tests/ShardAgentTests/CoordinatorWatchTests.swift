import Foundation
import Logging
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct CoordinatorWatchTests {
  private let host = TestHost()
  private let stop = StopRequest()
  private let context: ShardContext

  init() throws {
    var raw = RawShardOptions()
    (raw.script, raw.store) = ("load.js", "file://\(try temporaryFolder().path)")
    raw.run = "2026-11-23"
    let options = try ShardOptions(raw, fileExists: { _ in true })
    var plan = RunPlan(
      run: RunID("2026-11-23")!, nonce: "n", suite: "s", shardCount: 1, script: "load.js", scriptDigest: "d",
      createdAt: host.now)
    plan.deadManSeconds = 60
    context = ShardContext(
      shard: ShardIdentity(run: plan.run, nonce: "n", index: 0, count: 1, attempt: 1, task: "pid-1"),
      plan: plan,
      script: ScriptPlan(thresholds: [], scenarios: [], maxVUs: 1, totalSeconds: 1), k6Version: "1.1.0",
      localScript: LocalScript(path: "load.js", digest: "d"), options: options, host: host.host(),
      store: try liveStore(options.store, environment: [:]),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func beat(_ counter: Int, nonce: String = "n") async throws {
    try await context.store.putDocument(AliveSignal(nonce: nonce, counter: counter), at: context.keys.alive)
  }

  private func look(_ watch: CoordinatorWatch) async {
    await watch.look()
    watch.checkAge()
  }

  @Test(.timeLimit(.minutes(1))) func `a look that hangs does not keep a shard going`() async throws {
    let store = TestStore()
    store.hang(context.keys.stop)
    let watch = CoordinatorWatch(try .sample(store, host.host(), deadManSeconds: 60), stop: stop)
    let watching = Task { await watch.run() }
    while stop.reason == nil, !Task.isCancelled { await Task.yield() }
    #expect(stop.reason?.cause == .lostCoordinator)
    watching.cancel()
    await watching.value
  }

  @Test func `a coordinator that counts on is there`() async throws {
    let watch = CoordinatorWatch(context, stop: stop)
    for counter in 1...5 {
      try await beat(counter)
      await look(watch)
      host.advance(59)
    }
    await look(watch)
    #expect(stop.reason == nil && !watch.isCoordinatorLost)
  }

  @Test(arguments: [true, false]) func `one that counts no more is lost, and so is one that never did`(
    hasBegun: Bool
  ) async throws {
    let watch = CoordinatorWatch(context, stop: stop)
    if hasBegun { try await beat(1) }
    await look(watch)
    host.advance(60)
    await look(watch)
    #expect(stop.reason == nil)
    // Another run's sign is none.
    try await beat(9, nonce: "other")
    host.advance(1)
    await look(watch)
    #expect(stop.reason?.cause == .lostCoordinator && watch.isCoordinatorLost)
    #expect(stop.reason?.sentence.contains("60 s") == true)
  }

  @Test func `signs that cannot be read are none`() async throws {
    let watch = CoordinatorWatch(context, stop: stop)
    await look(watch)
    _ = try await context.store.put(Array("{".utf8), at: context.keys.alive, if: .always)
    host.advance(61)
    await look(watch)
    #expect(stop.reason?.cause == .lostCoordinator)
  }

  @Test func `the word to stop is this run's`() async throws {
    let watch = CoordinatorWatch(context, stop: stop)
    func say(_ nonce: String) async throws {
      let signal = StopSignal(nonce: nonce, cause: .threshold, reason: "too slow", at: host.now)
      try await context.store.putDocument(signal, at: context.keys.stop)
      await look(watch)
    }
    try await say("other")
    #expect(stop.reason == nil)
    try await say("n")
    #expect(stop.reason == .init(cause: .threshold, sentence: "too slow"))
  }
}
