import Shared
import Testing

@testable import ShardAgent

@Suite struct ShardClaimsTests {
  private let store = TestStore()
  private let plan = RunPlan(
    run: RunID("2026-11-23")!, nonce: "n", suite: "s", shardCount: 10, script: "load.js", scriptDigest: nil,
    createdAt: UTCInstant(nanoseconds: 0))

  private func claims(_ task: String) -> ShardClaims {
    ShardClaims(store: .patient(store), plan: plan, task: task) { UTCInstant(nanoseconds: 1) }
  }

  @Test func `ten tasks that come at once are ten shards, and the eleventh is too many`() async throws {
    let indices = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<10 { group.addTask { try await claims("task-\(task)").claim() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(indices.sorted() == Array(0..<10))
    let failure = await #expect(throws: ShardFailure.self) { try await claims("one-more").claim() }
    #expect(failure?.sentence.hasPrefix("all 10 shards of run 2026-11-23 are taken by other tasks") == true)
  }

  /// The store's own second try meets what its first has written.
  @Test func `a claim whose answer was lost is its own`() async throws {
    let own = try encoded(ShardClaim(nonce: "n", task: "a", claimedAt: UTCInstant(nanoseconds: 1)))
    store.beforeNextPut { store, key in store[key] = own }
    #expect(try await claims("a").claim() == 0)
    #expect(try await claims("b").claim() == 1)
  }

  @Test func `a store that fails for a moment costs no index`() async throws {
    store.fail(.sample("SlowDown", 503), times: 3)
    #expect(try await claims("a").claim() == 0)
  }

  @Test func `what cannot be read is taken all the same`() async throws {
    store["2026-11-23/shard-0/claim.json"] = Array("?".utf8)
    #expect(try await claims("a").claim() == 1)
  }
}
