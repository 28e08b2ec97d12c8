import Shared
import Testing

@testable import ShardAgent

@Suite struct ReadyAnnouncementTests {
  private let store = TestStore()
  private let key: ObjectKey = "2026-11-23/shard-3/ready.json"

  private func announcement(attempt: Int, nonce: String = "n", task: String? = nil) throws
    -> ReadyAnnouncement
  {
    let shard = ShardIdentity(
      run: RunID("2026-11-23")!, nonce: nonce, index: 3, count: 4, attempt: attempt,
      task: task ?? "task-\(attempt)")
    var context = try ShardContext.sample(store, TestHost().host(), shard)
    context.clock = ClockQuality(source: .task, offset: nil, errorBound: 0.5)
    return ReadyAnnouncement(context: context, store: .patient(store))
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

  @Test func `of two tasks of one attempt the one that came first leaves`() async throws {
    let (first, second) = (try announcement(attempt: 1, task: "a"), try announcement(attempt: 1, task: "b"))
    try await first.announce(hasSetup: false)
    try await first.announce(hasSetup: true)
    try await first.checkStands()
    try await second.announce(hasSetup: false)
    for action in [{ try await first.announce(hasSetup: true) }, { try await first.checkStands() }] {
      let failure = await #expect(throws: ShardFailure.self) { try await action() }
      #expect(failure?.exitCode == 75)
      #expect(
        failure?.sentence
          == "attempt 1 of shard 3 is ready (b), so this one, attempt 1 (a), starts no load")
    }
    try await second.announce(hasSetup: true)
    try await second.checkStands()
  }

  @Test func `a store that fails for a moment is asked again, but not just before the start`() async throws {
    let shard = try announcement(attempt: 1)
    store.fail(.sample("SlowDown", 503), times: 20)
    try await shard.announce(hasSetup: false)
    #expect(try stored().shard.attempt == 1)
    store.fail(.sample("SlowDown", 503), times: 1)
    try await announcement(attempt: 2).announce(hasSetup: false)
    store.fail(.sample("SlowDown", 503), times: 1)
    try await shard.checkStands()
    store.fail(.sample("AccessDenied", 403), times: 1)
    await #expect(throws: AWSError.self) { try await shard.checkStands() }
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
