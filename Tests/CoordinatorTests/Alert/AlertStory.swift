import Foundation
import Shared
import TestSupport

@testable import Coordinator

/// What comes after the demo's nights: the trouble of v2.41 gets worse, is interrupted, ends; then the load test itself stops.
struct AlertStory {
  struct Chapter: Sendable {
    let facts: AlertFacts
    let name: String
  }

  private static let told: [(name: String, ago: Int, step: Double, missing: [Int])] = [
    ("worse", -1, 0.83, []), ("incomplete", -2, 0.3, [4, 7, 9]), ("degraded", -3, 0.25, []),
    ("still-degraded", -4, 0, []), ("recovered", -5, 0, []), ("no-shards", -6, 0, Array(0..<10)),
    ("not-running", -7, 0, Array(0..<10)), ("running", -8, 0, []),
  ]

  /// Told once for all tests: it takes a debug build some seconds.
  static let chapters = Task { try await tell() }

  private static func tell() async throws -> [Chapter] {
    let demo = try DemoStore(days: 48)
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = DirectoryObjectStore(folder: folder.path)
    var chapters: [Chapter] = []
    var records = demo.records.filter { $0.night < DemoNight.newest.advanced(byDays: -1) }
    func add(_ result: ResultDocument, _ name: String) async throws {
      records.append(try HistoryRecord(result))
      _ = try await store.put(HistoryTable(records).bytes, at: historyKey, if: .always)
      _ = try await store.put(encoded(result), at: RunKeys(result.plan.run).result, if: .always)
      let reader = AlertReader(
        store: store, location: .bucket("acme-load-tests", prefix: "checkout-api/"), settings: settings,
        page: "https://acme.github.io/checkout/")
      var facts = try await reader.read(result.plan.run).facts
      facts.commits = facts.onset == nil ? nil : commits(facts)
      chapters.append(Chapter(facts: facts, name: name))
    }
    for result in demo.results.suffix(5).dropLast(2) {
      _ = try await store.put(encoded(result), at: RunKeys(result.plan.run).result, if: .always)
    }
    for (result, name) in zip(demo.results.suffix(2), ["first", "second"]) { try await add(result, name) }
    for chapter in told { try await add(try result(chapter, after: records), chapter.name) }
    return chapters
  }

  private static var settings: AlertSettings {
    var settings = AlertSettings()
    settings.runbook = "https://acme.example/runbooks/load-test"
    settings.dashboard = "https://acme.example/grafana/d/checkout"
    return settings
  }

  private static func result(
    _ chapter: (name: String, ago: Int, step: Double, missing: [Int]), after records: [HistoryRecord]
  ) throws -> ResultDocument {
    var night = DemoNight(ago: chapter.ago)
    (night.step, night.missing) = (chapter.step, chapter.missing)
    if chapter.step > 0 { night.errorRate = 0.0033 }
    var random = DemoRandom(seed: chapter.ago + 1_000_000)
    var plan = RunPlan(
      run: RunID(date: night.startAt, number: 1), nonce: random.digits(16), suite: DemoStore.suite,
      shardCount: 10, script: "load/shop.js", scriptDigest: String(repeating: "5e", count: 32),
      createdAt: night.startAt.advanced(bySeconds: -51), commit: random.digits(40), ref: "main",
      workflowRunURL: "https://github.com/acme/checkout/actions/runs/\(9_100_000_000 - chapter.ago * 7919)")
    plan.trend = TrendRules(branch: "main")
    return ResultDocument(try DemoRun(night: night, plan: plan).result(history: records))
  }

  private static func commits(_ facts: AlertFacts) -> CommitRange {
    let (base, head) = (facts.before?.commit ?? "", facts.onset?.commit ?? "")
    return CommitRange(
      total: 4,
      commits: [
        .init(
          sha: String(repeating: "1a2b3c4d", count: 5), title: "Checkout asks the tax service per line",
          author: "mona"),
        .init(
          sha: String(repeating: "2b3c4d5e", count: 5), title: "Cart: one query for all prices",
          author: "hubot"),
        .init(
          sha: String(repeating: "3c4d5e6f", count: 5), title: "Bump log library to 3.2 (#412)",
          author: "renovate[bot]"),
        .init(sha: String(repeating: "4d5e6f70", count: 5), title: "Release v2.41", author: nil),
      ], url: "https://github.com/acme/checkout/compare/\(base.prefix(12))...\(head.prefix(12))")
  }
}
