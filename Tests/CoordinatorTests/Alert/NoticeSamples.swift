import Foundation
import Shared
import TestSupport

@testable import Coordinator

/// What alerts know of the last of some made-up nights, read from a store as runs leave it.
enum NoticeSamples {
  enum Story: String, CaseIterable, Sendable {
    case firstFail = "first-fail"
    case failing, throughput, recovered, degraded
    case asUsual = "as-usual"
    case incomplete
    case notRunning = "not-running"
    case runsAgain = "runs-again"

    fileprivate var nights: [Night] {
      let lost = Night(missing: [4, 7])
      switch self {
      case .firstFail: return [Night(step: 0.6)]
      case .failing:
        return [
          Night(step: 0.248, release: "v2.41"), Night(step: 0.278), Night(step: 0.394), Night(step: 0.494),
        ]
      case .throughput: return [Night(requestRate: 1871)]
      // The last three nights' median is up for one night more.
      case .recovered: return [Night(step: 0.6), Night(step: 0.6), Night(), Night()]
      case .degraded: return [Night(step: 0.248, release: "v2.41"), Night(step: 0.278)]
      case .asUsual: return [Night(step: 0.248), Night(step: 0.278), Night(), Night()]
      case .incomplete: return [Night(missing: [4])]
      case .notRunning: return [lost, Night(missing: [4, 7, 9])]
      case .runsAgain: return [lost, lost, Night()]
      }
    }
  }

  fileprivate struct Night {
    var step = 0.0
    var requestRate = 2050.0
    var missing: [Int] = []
    var release: String?
  }

  static let topics = AlertSettings.TopicSettings(
    service: "arn:aws:sns:eu-west-1:123456789012:load-test",
    harness: "arn:aws:sns:eu-central-1:123456789012:load-test-owners")

  static func facts(_ story: Story) async throws -> AlertFacts {
    guard let task = stories[story] else { throw CocoaError(.coderValueNotFound) }
    return try await task.value
  }

  /// The last of what such a night tells, and everything that an issue and GitHub add.
  static func told(_ story: Story) async throws -> (notice: Notice, facts: AlertFacts) {
    var facts = try await facts(story)
    facts.issue = IssueLink(number: 412, url: "https://github.com/acme/checkout/issues/412")
    facts.commits = CommitRange(
      total: 4, commits: [], url: "https://github.com/acme/checkout/compare/9f31c02...c4d8e1a")
    let situation = try required(facts.situation)
    return (try required(Notice.of(situation, .always).first), facts)
  }

  private static func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw CocoaError(.coderValueNotFound) }
    return value
  }

  /// Each is made once.
  private static let stories = Dictionary(
    uniqueKeysWithValues: Story.allCases.map { story in (story, Task { try await read(story) }) })

  private static func read(_ story: Story) async throws -> AlertFacts {
    let store = DirectoryObjectStore(folder: try temporaryFolder().path)
    let nights = story.nights
    let usual = try result(Night(), ago: nights.count, history: [])
    var records = try before(usual)
    try await store.putDocument(usual, at: RunKeys(usual.plan.run).result)
    var newest = usual
    for (index, night) in nights.enumerated() {
      newest = try result(night, ago: nights.count - 1 - index, history: records)
      records.append(try HistoryRecord(newest))
      try await store.putDocument(newest, at: RunKeys(newest.plan.run).result)
    }
    _ = try await store.put(HistoryTable(records).bytes, at: historyKey, if: .always)
    var settings = AlertSettings()
    settings.runbook = "https://acme.example/runbooks/load"
    return try await AlertReader(
      store: store, location: .bucket("runs", prefix: "checkout/"), settings: settings,
      page: "https://acme.github.io/checkout/"
    ).read(newest.plan.run).facts
  }

  /// That night, and 24 like it before.
  private static func before(_ usual: ResultDocument) throws -> [HistoryRecord] {
    let ordinary = try HistoryRecord(usual)
    return (0..<25).reversed().map { day in
      var record = ordinary
      let shift = -86_400 * Double(day)
      record.startedAt = ordinary.startedAt.advanced(bySeconds: shift)
      record.finishedAt = record.startedAt.advanced(bySeconds: 609)
      record.run = RunID(date: record.startedAt, number: 1)
      record.p95 = ordinary.p95.map { $0 * (1 + 0.012 * sin(Double(day * 7))) }
      record.release = day == 24 ? "v2.39" : "v2.40"
      return record
    }
  }

  private static func result(_ night: Night, ago: Int, history: [HistoryRecord]) throws -> ResultDocument {
    var demo = DemoNight(ago: ago)
    (demo.step, demo.requestRate, demo.missing) = (night.step, night.requestRate, night.missing)
    var plan = RunPlan(
      run: RunID(date: demo.startAt, number: 1), nonce: "nonce-\(ago)", suite: "checkout-api", shardCount: 10,
      script: "load/shop.js", scriptDigest: String(repeating: "5e", count: 32),
      createdAt: demo.startAt.advanced(bySeconds: -51), commit: String(repeating: "\(ago)c", count: 20),
      ref: "main", workflowRunURL: "https://github.com/acme/checkout/actions/runs/\(9_100_000_000 - ago)")
    (plan.release, plan.trend) = (night.release ?? "v2.40", TrendRules(branch: "main"))
    return ResultDocument(try DemoRun(night: demo, plan: plan).result(history: history))
  }
}

extension AlertFacts {
  /// The same run with other words in it.
  func with(
    suite: String? = nil, reasons: [String]? = nil, thresholds: [AlertThreshold]? = nil,
    moves: [EndpointMove]? = nil, release: String? = nil, links: AlertLinks? = nil,
    commits: CommitRange? = nil, outliers: [String]? = nil, step: PageStep?? = nil, isOfNights: Bool = true,
    cpu: Double?? = nil,
    change: (inout HistoryRecord) -> Void = { _ in }
  ) throws -> AlertFacts {
    var result = try suite == nil && reasons == nil ? result : result.with(suite, reasons)
    if let cpu { result = try result.with(cpu: cpu) }
    var record = night.record
    change(&record)
    var details = night.details
    if let outliers, let known = details {
      details = NightDetails(
        curve: known.curve, buckets: known.buckets, endpoints: known.endpoints, shardP95s: known.shardP95s,
        outliers: outliers, limits: known.limits)
    }
    return AlertFacts(
      result: result,
      night: PageNight(record: record, range: night.range, details: details),
      situation: isOfNights ? situation : nil, reference: reference, lastGreen: lastGreen,
      lastGreenRelease: lastGreenRelease, thresholds: thresholds ?? self.thresholds, step: step ?? self.step,
      release: release ?? self.release, moves: moves ?? self.moves, links: links ?? self.links,
      supersededBy: supersededBy, commits: commits ?? self.commits, issue: issue)
  }
}

extension ResultDocument {
  fileprivate func with(_ suite: String?, _ reasons: [String]?) throws -> ResultDocument {
    var json = try JSON(try encoded(self)).object ?? [:]
    if let reasons { json["reasons"] = .array(reasons.map(JSON.string)) }
    if let suite, var plan = json["plan"]?.object {
      plan["suite"] = .string(suite)
      json["plan"] = .object(plan)
    }
    return try decoded(ResultDocument.self, from: Array(JSON.object(json).text), name: "result")
  }
}

extension ResultDocument {
  /// The same share of a CPU for every generator; `nil`: none says it.
  fileprivate func with(cpu: Double?) throws -> ResultDocument {
    var json = try JSON(try encoded(self)).object ?? [:]
    json["shards"] = .array(
      (json["shards"]?.array ?? []).map { shard in
        var (shard, generator) = (shard.object ?? [:], shard["generator"]?.object ?? [:])
        generator["cpu_share_peak"] = nil
        generator["cpu_share"] = cpu.map { .number($0) }
        shard["generator"] = .object(generator)
        return .object(shard)
      })
    return try decoded(ResultDocument.self, from: Array(JSON.object(json).text), name: "result")
  }
}

extension AlertThreshold {
  static func crossed(
    _ selector: String, _ measure: String = "p95", limit: String = "< 800 ms", actual: String? = "843 ms"
  ) -> AlertThreshold {
    AlertThreshold(
      selector: selector, measure: measure, limit: limit, actual: actual, outcome: .crossed, reason: nil,
      lastGreen: nil, usual: nil, change: nil, breach: 0.1)
  }
}
