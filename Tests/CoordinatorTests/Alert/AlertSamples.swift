import Foundation
import Shared

@testable import Coordinator

/// Facts of small runs, for tests that ask for one thing.
enum AlertSamples {
  static let p95 = threshold("http_req_duration", "p95", "< 800 ms", "652 ms")
  static let errors = threshold("http_req_failed", "rate", "< 1 %", "0.31 %")
  static let crossed = threshold("http_req_duration", "p95", "< 800 ms", "960 ms", breach: 0.2)
  static let tooManyErrors = threshold("http_req_failed", "rate", "< 1 %", "1.2 %", breach: 0.2)

  static func threshold(
    _ selector: String, _ measure: String, _ limit: String, _ actual: String?, breach: Double? = nil
  ) -> AlertThreshold {
    AlertThreshold(
      selector: selector, measure: measure, limit: limit, actual: actual,
      outcome: breach != nil ? .crossed : actual == nil ? .noSamples : .holds, reason: nil, lastGreen: nil,
      usual: nil, change: nil, breach: breach)
  }

  static func move(_ name: String, share: Double = 0.2, change: Double, p95: Double = 500) -> EndpointMove {
    func endpoint(_ p95: Double) -> NightDetails.Endpoint {
      NightDetails.Endpoint(name: name, share: share, p95: p95, errorRate: 0.001)
    }
    return EndpointMove(
      endpoint: endpoint(p95 * (1 + change)), before: endpoint(p95), change: change)
  }

  /// The newest of some nights in a row; each failing one is past its limit by `breach`.
  static func facts(
    _ verdicts: [Verdict], breach: Double = 0.2, thresholds: [AlertThreshold]? = nil,
    moves: [EndpointMove] = [], suite: String = "suite", supersededBy: RunID? = nil, ref: String = "main",
    reasons: [String] = ["a reason"], commits: CommitRange? = nil
  ) throws -> AlertFacts {
    let records = verdicts.enumerated().map { day, verdict -> HistoryRecord in
      var record = HistorySamples.night(day, p95: 652, verdict: verdict, ref: ref, suite: suite)
      if verdict == .fail { record.breach = breach }
      record.reasons = verdict == .pass ? [] : reasons
      return record
    }
    guard let record = records.last else { throw UsageError("no night") }
    let usual = record.verdict == .fail ? [crossed, errors] : [p95, errors]
    return AlertFacts(
      result: try result(record), night: PageNight(record: record, range: nil),
      situation: Situation(of: record.run, in: records, suite: suite, branch: "main"), reference: nil,
      lastGreen: records.dropLast().last { $0.verdict == .pass }, lastGreenRelease: nil,
      thresholds: thresholds ?? usual, step: nil, release: nil, moves: moves,
      links: AlertLinks(night: "https://acme.github.io/shop/#n-\(record.night)"), supersededBy: supersededBy,
      commits: commits)
  }

  /// What a run of one shard has recorded, with another verdict.
  static func result(_ record: HistoryRecord) throws -> ResultDocument {
    let plan = RunPlan(
      run: record.run, nonce: "nonce", suite: record.suite, shardCount: 1, script: "load.js",
      scriptDigest: "digest", createdAt: record.startedAt, commit: record.commit, ref: record.ref,
      workflowRunURL: record.workflowRunURL)
    let result = ResultDocument(
      RunResult(
        plan: plan, outcomes: [.complete(try MeasuredShard(Samples.summary()))], thresholds: [],
        finishedAt: record.startedAt))
    return try changed(result) { document in
      document["verdict"] = record.verdict.rawValue
      document["reasons"] = record.reasons
    }
  }

  static func changed(_ result: ResultDocument, _ change: (inout [String: Any]) -> Void) throws
    -> ResultDocument
  {
    var document = try JSONSerialization.jsonObject(with: Data(encoded(result))) as? [String: Any] ?? [:]
    change(&document)
    return try decoded(
      ResultDocument.self, from: [UInt8](JSONSerialization.data(withJSONObject: document)), name: "result")
  }
}
