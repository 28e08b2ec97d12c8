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
    let store = DirectoryObjectStore(folder: try temporaryFolder().path)
    try await Samples.started(store)
    try await put(store)
    let plan = Samples.plan(shards: shards)
    let outcomes = try await ShardCollector(store: store, plan: plan).outcomes {
      ShardFate("shard \($0) was killed")
    }
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
    let reason = "the shards did not keep http_req_duration{color:red} apart; run it with this threshold"
    #expect(result.judgements.map(\.outcome) == [.holds, .holds, .undecided(reason)])
  }

  /// An edit of a complete shard's `grid`, and what the reason then says.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let edit: @Sendable (inout [String: Any]) -> Void

    init(_ reason: String, _ edit: @escaping @Sendable (inout [String: Any]) -> Void) {
      (testDescription, self.edit) = (reason, edit)
    }
  }

  private static func editSeries(
    _ member: String, _ edit: @escaping @Sendable (inout [String: Any]) -> Void
  ) -> @Sendable (inout [String: Any]) -> Void {
    { grid in
      var list = grid[member] as? [[String: Any]] ?? []
      if member == "metrics" {
        edit(&list[1])
      } else {
        var series = list[1]["series"] as? [String: Any] ?? [:]
        edit(&series)
        list[1]["series"] = series
      }
      grid[member] = list
    }
  }

  @Test(
    arguments: [
      Damage("has not counted what the threshold on http_req_duration needs") { $0["submetrics"] = [Any]() },
      Damage("has not counted by the limit", editSeries("submetrics") { $0["limits"] = nil }),
      Damage("does not say from when to when") { $0["started_at"] = nil },
      Damage("does not say from when to when") { $0["load_ended_at"] = nil },
      Damage("counts from 1970-01-01T00:01:41Z") { $0["start_at"] = "1970-01-01T00:01:41Z" },
      Damage("its own is 1/3:2/3") { $0["execution_segment"] = "0:1/3" },
      Damage("it is there twice") {
        let list = $0["metrics"] as? [Any] ?? []
        $0["metrics"] = list + [list[0]]
      },
      Damage(
        "the histogram is not of these samples", editSeries("metrics") { ($0["min"], $0["max"]) = (700, 700) }
      ),
      Damage("min and max", editSeries("metrics") { ($0["min"], $0["max"]) = (14, 5) }),
      Damage("more than any shard", editSeries("metrics") { $0["count"] = UInt64.max }),
      Damage(
        "the limit is no finite number",
        editSeries("submetrics") {
          var limits = $0["limits"] as? [[String: Any]] ?? []
          limits[0]["limit"] = "NaN"
          $0["limits"] = limits
        }),
      Damage("expected", editSeries("metrics") { $0["histogram"] = "eJw=" }),
    ])
  func `a damaged summary is refused, never merged`(_ damage: Damage) async throws {
    let result = try await result(shards: 3) { store in
      for index in 0..<3 {
        let whole = Samples.Document(grid: Samples.summary(shard: index, of: 3))
        var document = try #require(
          try JSONSerialization.jsonObject(with: Data(encoded(whole))) as? [String: Any])
        var grid = try #require(document["grid"] as? [String: Any])
        if index == 1 { damage.edit(&grid) }
        document["grid"] = grid
        let bytes = try JSONSerialization.data(withJSONObject: document)
        _ = try await store.put([UInt8](bytes), at: RunKeys(Samples.run).summary(index), if: .always)
      }
    }
    #expect(result.decision.verdict == .incomplete)
    let reason = try #require(result.decision.reasons.first)
    #expect(
      reason.hasPrefix("shard 1 cannot be used:") && reason.contains(damage.testDescription), "\(reason)")
  }

  @Test func `a store that cannot give one summary costs that shard, not the run`() async throws {
    let folder = try temporaryFolder()
    let store = DirectoryObjectStore(folder: folder.path)
    try await Samples.started(store)
    try await put(Samples.summary(shard: 0, of: 2), at: 0, in: store)
    try FileManager.default.createDirectory(
      at: folder.appending(path: RunKeys(Samples.run).summary(1).text), withIntermediateDirectories: true)
    let outcomes = try await ShardCollector(store: store, plan: Samples.plan(shards: 2)).outcomes { _ in nil }
    #expect(outcomes.map(\.word) == ["complete", "missing"])
    #expect(outcomes[1].problem?.contains("shard 1 cannot be used: the store could not read") == true)
  }

  @Test func `what setup did in an empty shard counts, its lack of VUs does not`() async throws {
    let setup = Samples.summary(shard: 1, of: 2, isEmpty: true, withSetup: true)
    let result = try await result(shards: 2) { store in
      try await put(Samples.summary(shard: 0, of: 2), at: 0, in: store)
      try await put(setup, at: 1, in: store)
    }
    #expect(result.decision.verdict == .pass)
    #expect(result.summary.metric("http_reqs")?.count == 101)
    #expect(result.summary.windowShare == 1)
  }
}
