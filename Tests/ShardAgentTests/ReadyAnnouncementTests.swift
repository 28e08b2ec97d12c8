import Logging
import Shared
import Testing

@testable import ShardAgent

@Suite struct ReadyAnnouncementTests {
  private let store = TestStore()
  private let key: ObjectKey = "2026-11-23/shard-3/ready.json"

  private func announcement(attempt: Int, nonce: String = "n") throws -> ReadyAnnouncement {
    var raw = RawShardOptions(script: "load.js")
    raw.store = "file:///store"
    let host = TestHost().host()
    let run = RunID("2026-11-23")!
    return ReadyAnnouncement(
      context: ShardContext(
        shard: ShardIdentity(
          run: run, nonce: nonce, index: 3, count: 4, attempt: attempt, task: "task-\(attempt)"),
        plan: RunPlan(
          run: run, nonce: nonce, suite: "s", shardCount: 4, script: "load.js", scriptDigest: nil,
          createdAt: host.now()),
        script: ScriptPlan(thresholds: [], scenarios: [], maxVUs: 1, totalSeconds: 1), k6Version: "1.1.0",
        localScript: LocalScript(path: "load.js", digest: "d"),
        options: try ShardOptions(raw) { _ in true }, host: host, store: store,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        clock: ClockQuality(source: .task, offset: nil, errorBound: 0.5)))
  }

  private func stored() throws -> ShardReady {
    try decoded(ShardReady.self, from: try #require(store[key]), name: "ready.json")
  }

  @Test func `a shard that was launched again takes the place of its predecessor`() async throws {
    try await announcement(attempt: 1).announce(hasSetup: false)
    #expect(try stored().shard.attempt == 1 && stored().clock?.errorBound == 0.5)
    try await announcement(attempt: 2).announce(hasSetup: false)
    try await announcement(attempt: 2).announce(hasSetup: true)
    #expect(try stored().shard.attempt == 2 && stored().hasSetup)
  }

  @Test func `a predecessor that is still there leaves, and starts no load`() async throws {
    try await announcement(attempt: 1).announce(hasSetup: false)
    try await announcement(attempt: 2).announce(hasSetup: false)
    let first = try announcement(attempt: 1)
    for action in [{ try await first.announce(hasSetup: true) }, { try await first.checkStands() }] {
      let failure = await #expect(throws: ShardFailure.self) { try await action() }
      #expect(failure?.exitCode == 75)
      #expect(failure?.sentence.hasPrefix("attempt 2 of shard 3 is ready (task-2)") == true)
    }
    #expect(try stored().shard.attempt == 2)
    try await announcement(attempt: 2).checkStands()
  }

  @Test func `who comes in between is looked at again`() async throws {
    let newer = try announcement(attempt: 2)
    try await newer.announce(hasSetup: false)
    let bytes = try #require(store[key])
    store[key] = nil
    store.beforeNextPut { store, key in store[key] = bytes }
    await #expect(throws: ShardFailure.self) { try await announcement(attempt: 1).announce(hasSetup: false) }
    #expect(store[key] == bytes)
  }

  @Test func `another run's word and nonsense are in nobody's way`() async throws {
    try await announcement(attempt: 9, nonce: "old").announce(hasSetup: false)
    try await announcement(attempt: 1).announce(hasSetup: false)
    #expect(try stored().shard.nonce == "n")
    store[key] = Array("?".utf8)
    try await announcement(attempt: 1).announce(hasSetup: false)
    #expect(try stored().shard.attempt == 1)
  }
}
