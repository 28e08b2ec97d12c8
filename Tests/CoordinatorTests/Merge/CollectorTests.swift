import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct CollectorTests {
  /// Named by what the reason says, so that a test's name does not hold a whole summary.
  struct Contradiction: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let summary: ShardSummary

    init(_ reason: String, _ summary: ShardSummary) { (testDescription, self.summary) = (reason, summary) }
  }

  private func result(
    shards: Int, _ put: (DirectoryObjectStore) async throws -> Void, thresholds: [GateThreshold]? = nil
  ) async throws -> RunResult {
    let store = DirectoryObjectStore(StoreLocation(folder: try temporaryFolder().path))
    try await put(store)
    let plan = Samples.plan(shards: shards)
    let outcomes = try await ShardCollector(store: store, plan: plan).outcomes { "shard \($0) was killed" }
    return RunResult(
      plan: plan, outcomes: outcomes,
      thresholds: try thresholds ?? [Samples.threshold("http_req_duration", "p(95)<800")],
      problem: nil, finishedAt: Samples.instant(120))
  }

  private func put(_ summary: ShardSummary, at index: Int, in store: DirectoryObjectStore) async throws {
    try await store.putDocument(Samples.Document(grid: summary), at: RunKeys(Samples.run).summary(index))
  }

  @Test func `whole shards pass, and their counts add up`() async throws {
    let result = try await result(shards: 3) { store in
      for index in 0..<3 { try await put(Samples.summary(shard: index, of: 3), at: index, in: store) }
    }
    #expect(result.decision.verdict == .pass)
    #expect(result.summary.metric("http_reqs")?.count == 300)
    #expect(result.summary.requestRate == 30)
    #expect(result.summary.windowShare == 1)
  }

  @Test func `a missing shard is incomplete and named, with what is known of it`() async throws {
    let result = try await result(shards: 2) {
      try await put(Samples.summary(shard: 0, of: 2), at: 0, in: $0)
    }
    #expect(result.decision.verdict == .incomplete)
    #expect(result.decision.reasons == ["shard 1 is missing: shard 1 was killed"])
  }

  @Test(
    arguments: [
      Contradiction("another run", Samples.summary(nonce: "other")),
      Contradiction("shard 1", Samples.summary(shard: 1, of: 2)),
      Contradiction("one of 2 shards", Samples.summary(of: 2)),
      Contradiction("another script", Samples.summary(digest: "other")),
      Contradiction("not whole", Samples.summary(isComplete: false)),
      Contradiction("no VU fell", Samples.summary(isEmpty: true)),
    ])
  func `what contradicts the run is incomplete`(_ contradiction: Contradiction) async throws {
    let expected = contradiction.testDescription
    let result = try await result(shards: 1) { try await put(contradiction.summary, at: 0, in: $0) }
    #expect(result.decision.verdict == .incomplete)
    #expect(result.decision.reasons.joined().contains(expected), "\(result.decision.reasons)")
  }

  @Test(
    arguments: [
      "", "{", "[]", "{}", #"{"grid":{}}"#, #"{"grid":{"schema":2}}"#, #"{"grid":{"schema":1}}"#,
      "\u{0}\u{1}",
    ])
  func `what cannot be read is incomplete, with the reason`(text: String) async throws {
    let result = try await result(shards: 1) {
      _ = try await $0.put(Array(text.utf8), at: RunKeys(Samples.run).summary(0), if: .always)
    }
    #expect(result.decision.verdict == .incomplete)
    #expect(
      result.decision.reasons[0].hasPrefix(
        "shard 0 cannot be used: 2026-11-23/shard-0/summary.json cannot be read:"))
  }

  @Test func `an empty shard counts neither for nor against`() async throws {
    let result = try await result(shards: 2) { store in
      try await put(Samples.summary(shard: 0, of: 2), at: 0, in: store)
      try await put(Samples.summary(shard: 1, of: 2, isEmpty: true), at: 1, in: store)
    }
    #expect(result.decision.verdict == .pass)
  }

  @Test func `shards that ran too little together are incomplete, unless nothing was planned`() async throws {
    for (planned, verdict) in [(10.0, Verdict.incomplete), (nil, .pass)] as [(Double?, Verdict)] {
      let result = try await result(shards: 2) { store in
        try await put(Samples.summary(shard: 0, of: 2, plannedSeconds: planned), at: 0, in: store)
        try await put(Samples.summary(shard: 1, of: 2, seconds: 8, plannedSeconds: planned), at: 1, in: store)
      }
      #expect(result.decision.verdict == verdict)
    }
  }

  @Test func `a selector that the shards did not know is put together from their series`() async throws {
    let thresholds = [
      try Samples.threshold("http_req_duration{name:home}", "max<100"),
      try Samples.threshold("http_reqs{name:home}", "rate>5"),
      try Samples.threshold("http_req_duration{color:red}", "max<100"),
    ]
    let result = try await result(
      shards: 1, { try await put(Samples.summary(), at: 0, in: $0) }, thresholds: thresholds)
    #expect(result.judgements.map(\.outcome) == [.holds, .holds, .noSamples])
  }

  @Test func `the merged run is bit-identical whatever the shards' order in the store`() async throws {
    var documents: Set<[UInt8]> = []
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
      let result = try await result(shards: 3) { store in
        for index in order {
          try await put(
            Samples.summary(shard: index, of: 3, seconds: 9.5 + Double(index) / 10), at: index, in: store)
        }
      }
      documents.insert(try encoded(ResultDocument(result)))
    }
    #expect(documents.count == 1)
  }
}
