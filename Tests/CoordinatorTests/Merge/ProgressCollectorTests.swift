import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct ProgressCollectorTests {
  private let store: DirectoryObjectStore

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func ready(_ shard: ShardSamples) -> ShardReady {
    ShardReady(
      shard: shard.identity, k6Version: "1.1.0", scriptDigest: "digest", script: Samples.summary().script,
      readyAt: Samples.instant(99))
  }

  private func put(_ shard: ShardSamples, at index: Int? = nil) async throws {
    try await store.putDocument(shard.progress, at: RunKeys(Samples.run).progress(index ?? shard.index))
  }

  private func read(
    _ ready: [ShardReady], shards: Int = 1, running: Set<Int> = [0], names: Set<ObjectKey>? = nil
  ) async -> GridProgress {
    var collector = ProgressCollector(
      store: store, plan: Samples.plan(shards: shards), ready: ready, thresholds: [],
      startAt: Samples.instant(100))
    return await collector.read(at: Samples.instant(110), running: running, names: names)
  }

  @Test
  func `every shard is read, those without a load of their own are empty, and those that ended are gone`()
    async throws
  {
    let shards = (0..<40).map { ShardSamples(index: $0, count: 40) }
    for shard in shards.dropLast() { try await put(shard) }
    let progress = await read(shards.dropLast().map(ready), shards: 40, running: Set(0..<30))
    #expect(progress.planned == 10)
    #expect(progress.shards.compactMap(\.heard?.progress.shard.index) == Array(0..<39))
    #expect(progress.shards.map(\.isGone) == (0..<40).map { $0 >= 30 })
    guard case .empty = progress.shards[39].word else {
      return #expect(Bool(false), "\(progress.shards[39])")
    }
  }

  @Test func `who is gone and has a summary has handed in`() async throws {
    let keys = RunKeys(Samples.run)
    let progress = await read(
      [ready(ShardSamples())], shards: 3, running: [0], names: [keys.summary(0), keys.summary(1)])
    #expect(progress.shards.map(\.hasHandedIn) == [false, true, false])
  }

  @Test(arguments: [
    ShardSamples(nonce: "other"), ShardSamples(attempt: 2), ShardSamples(index: 1), ShardSamples(count: 4),
  ])
  func `another run's, another attempt's or another shard's progress does not count`(_ other: ShardSamples)
    async throws
  {
    try await put(other, at: 0)
    guard case .none = await read([ready(ShardSamples())]).shards[0].word else {
      return #expect(Bool(false), "it counts")
    }
  }

  @Test(arguments: [
    ("\"vus\" : 4", "\"vus\" : -1", "vus is no number of VUs"),
    ("\"vus\" : 4", "\"vus\" : \"NaN\"", "vus is no number of VUs"),
    ("\"failed_requests\" : 1", "\"failed_requests\" : 101", "more requests failed than there were"),
    ("\"iterations\" : 100", "\"iterations\" : 1125899906842624", "a count is more than any shard can reach"),
    ("\"running\"", "\"ended\"", "the phase ended does not go with load_started_at and load_ended_at"),
    ("\"running\"", "\"setup\"", "the phase setup does not go with load_started_at"),
    ("\"first_second\" : 7", "\"first_second\" : -7", "first_second is before the start"),
    ("10,", "1e400,", "not valid JSON"), ("10,", "\"x\",", "expected Double at recent.requests"),
    ("10,", "-10,", "a recent second has no number of requests"),
    ("10,", "1,1,1,1,1,1,1,1,1,1,1,", "there are more than 10 recent seconds"),
    (
      "\"passes\" : 1", "\"passes\" : 101",
      "metric http_req_failed{}: passes are missing or more than the count"
    ),
    (
      "\"below\" : 100", "\"below\" : 101",
      "metric http_req_duration{}: limit 800.0: below + equal is more than the count"
    ),
    ("\"rate\" : 25", "\"rate\" : \"Infinity\"", "metric http_reqs{}: its rate is no number"),
    (
      "\"selector\" : \"http_reqs\"", "\"selector\" : \"http_reqs{a:b}\"",
      "it is not what http_reqs{a:b} picks"
    ),
    ("\"selector\" : \"http_reqs\"", "\"selector\" : \"\"", "it is not what  picks"),
    ("{", "", "cannot be read"),
  ])
  func `what cannot be is refused in one sentence`(part: String, wrong: String, sentence: String) async throws
  {
    let shard = ShardSamples(submetrics: [
      ("http_req_duration", Samples.trend((1...100).map(Double.init), limits: [800]), nil),
      ("http_req_failed", Samples.rate(1, of: 100), nil), ("http_reqs", Samples.counter(100), 25),
    ])
    let text = String(decoding: try encoded(shard.progress), as: UTF8.self)
    try await put(shard)
    #expect(await read([ready(shard)]).shards[0].heard != nil)
    let broken = try #require(text.firstRange(of: part)).lowerBound
    let bytes = text[..<broken] + wrong + text[broken...].dropFirst(part.count)
    _ = try await store.put(Array(bytes.utf8), at: RunKeys(Samples.run).progress(0), if: .always)
    guard case .unreadable(let reason) = await read([ready(shard)]).shards[0].word else {
      return #expect(Bool(false), "it is taken")
    }
    #expect(reason.hasPrefix("2026-11-23/shard-0/progress.json cannot be read: "))
    #expect(reason.contains(sentence), "\(reason)")
  }

  @Test func `a selector that is there twice is refused`() throws {
    let twice = [("checks", Samples.rate(1, of: 2), nil as Double?), ("checks", Samples.rate(1, of: 2), nil)]
    #expect(throws: RecordContradiction.self) { try ShardSamples(submetrics: twice).standing() }
  }
}
