import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// What an alert knows, from a store alone: the made-up one, whose newest nights lie in a step.
@Suite struct AlertReaderTests {
  private let store: DirectoryObjectStore

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func write() async throws -> [ResultDocument] {
    for object in try MadeUpStore.objects.get() {
      _ = try await store.put(object.bytes, at: object.key, if: .always)
    }
    return try MadeUpStore.results.get()
  }

  private func read(_ run: RunID) async throws -> AlertReader.Read {
    var settings = AlertSettings()
    settings.runbook = "https://acme.example/runbook"
    return try await AlertReader(
      store: store, location: .bucket("runs", prefix: "checkout/"), settings: settings,
      page: "https://acme.example/page/"
    ).read(run)
  }

  @Test func `a run is told with what it is compared with, since when, and where more is`() async throws {
    let results = try await write()
    let newest = try #require(results.last)
    let read = try await read(newest.plan.run)
    let facts = read.facts
    #expect(read.problems.isEmpty)
    #expect(facts.supersededBy == nil)
    #expect(facts.situation?.run.run == newest.plan.run)
    let records = try HistoryTable(try #require(try await store.get(historyKey)).bytes).records
    let green = try #require(records.last { $0.verdict == .pass && $0.run != newest.plan.run })
    #expect(facts.lastGreen?.run == green.run)
    let step = try #require(facts.step, "the made-up history ends in a step")
    #expect(facts.onset?.run == step.onset.run)
    #expect(facts.reference?.record.run == step.before?.run)
    #expect(facts.reference?.details != nil)
    #expect(!facts.moves.isEmpty)
    #expect(facts.moves.first?.change ?? 0 > 0)
    #expect(facts.links.night == "https://acme.example/page/#n-\(newest.plan.run.text.prefix(10))")
    #expect(facts.links.workflowRun?.hasPrefix("https://github.com/acme/checkout/actions/runs/") == true)
    #expect(facts.links.result == nil, "names of buckets are for those who have no link")
    #expect(facts.links.runbook == "https://acme.example/runbook")
    #expect(facts.thresholds.contains { $0.usual != nil })
  }

  @Test func `of a run that is not the newest it is said which has spoken since`() async throws {
    let results = try await write()
    let run = results[results.count - 3].plan.run
    let facts = try await read(run).facts
    #expect(facts.supersededBy == results.last?.plan.run)
    #expect(facts.record.run == run)
    #expect(facts.night.record.startedAt < (results.last?.window.startAt ?? facts.record.startedAt))
  }

  @Test func `a history that cannot be read costs what it says, and no more`() async throws {
    let run = try #require(try await write().last).plan.run
    _ = try await store.put(Array("schema\r\n9\r\n".utf8), at: historyKey, if: .always)
    let read = try await read(run)
    #expect(read.problems.count == 1)
    #expect(read.facts.lastGreen == nil)
    #expect(read.facts.situation?.run.run == run)
    #expect(read.facts.moves.isEmpty)
  }

  @Test func `a run that is not in the history yet is told all the same`() async throws {
    let run = try #require(try await write().last).plan.run
    let records = try HistoryTable(try #require(try await store.get(historyKey)).bytes).records
    _ = try await store.put(
      HistoryTable(records.filter { $0.run != run }).bytes, at: historyKey, if: .always)
    let facts = try await read(run).facts
    #expect(facts.situation?.run.run == run)
    #expect(facts.step != nil)
  }

  @Test func `what it is compared with may be gone, or damaged`() async throws {
    let run = try #require(try await write().last).plan.run
    let reference = try #require(try await read(run).facts.reference).record.run
    let key = RunKeys(reference).result
    _ = try await store.put(Array("{".utf8), at: key, if: .always)
    let damaged = try await read(run)
    #expect(damaged.problems.count == 1)
    #expect(damaged.facts.reference?.details == nil)
    try await store.delete(key)
    #expect(try await read(run).problems.isEmpty)
  }

  @Test func `a run without a result is said to have none`() async throws {
    await #expect(throws: UsageError.self) { try await read(try #require(RunID("2026-01-01"))) }
  }

  @Test func `of a run of another branch only its own places hear`() async throws {
    let results = try await write()
    let last = try #require(results.last)
    let text = String(decoding: try encoded(last), as: UTF8.self)
      .replacing("\"ref\":\"main\"", with: "\"ref\":\"feature\"").replacing(
        "\"ref\" : \"main\"", with: "\"ref\" : \"feature\"")
    _ = try await store.put(Array(text.utf8), at: RunKeys(last.plan.run).result, if: .always)
    let records = try HistoryTable(try #require(try await store.get(historyKey)).bytes).records.filter {
      $0.run != last.plan.run
    }
    _ = try await store.put(HistoryTable(records).bytes, at: historyKey, if: .always)
    let facts = try await read(last.plan.run).facts
    #expect(facts.situation == nil)
    #expect(facts.step == nil)
    #expect(facts.lastGreen != nil, "what it is compared with is the default branch's")
    #expect(!facts.thresholds.isEmpty)
  }
}
