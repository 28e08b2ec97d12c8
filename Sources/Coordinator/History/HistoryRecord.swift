import Shared

/// One line of `history.csv`. Columns are only ever added, at the end; an empty field is unknown, never 0.
struct HistoryRecord: Sendable {
  static let columns = [
    "schema", "suite", "run_id", "attempt", "started_at", "finished_at", "verdict", "reasons", "commit",
    "ref",
    "release", "workflow_run_url", "artifacts_url", "issue_number", "profile_id", "k6_version",
    "shards_expected",
    "shards_received", "vus_max", "duration_s", "window_s", "stagger_s", "requests", "iterations",
    "dropped_iterations", "rps", "rps_wall", "error_count", "error_rate", "checks_passed", "checks_failed",
    "dur_avg_ms", "dur_p50_ms", "dur_p90_ms", "dur_p95_ms", "dur_p99_ms", "dur_p999_ms", "dur_max_ms",
    "shard_p95_min_ms", "shard_p95_max_ms", "gen_cpu_max_pct", "usual_p95_ms", "usual_sd_ms", "step",
  ]

  private(set) var values: [String: String] = [:]

  /// In the order of ``columns``.
  var fields: [String] { Self.columns.map { values[$0] ?? "" } }

  /// With what a line of this run begins, and no line of another: schema, suite and run.
  var identity: [UInt8] { Array((CSV.line(Array(fields.prefix(3))).dropLast() + ",").utf8) }

  init(values: [String: String]) { self.values = values }

  init(_ result: RunResult) {
    let (plan, summary) = (result.plan, result.summary)
    let shards = result.outcomes.compactMap(\.summary)
    values["schema"] = "1"
    values["suite"] = plan.suite
    values["run_id"] = plan.run.text
    values["attempt"] = "1"
    values["started_at"] = Self.wholeSeconds(summary.startAt ?? plan.createdAt)
    note(result.decision.verdict, result.decision.reasons, result.finishedAt)
    values["commit"] = plan.commit.map(CSV.guarded)
    values["ref"] = plan.ref.map(CSV.guarded)
    values["workflow_run_url"] = plan.workflowRunURL.map(CSV.guarded)
    // What no shard handed in and the coordinator has not seen, nobody knows.
    if let digest = plan.scriptDigest ?? shards.first?.scriptDigest {
      values["profile_id"] = "\(digest.prefix(12))-\(plan.shardCount)"
    }
    values["k6_version"] = shards.first?.k6Version
    values["shards_expected"] = "\(plan.shardCount)"
    values["shards_received"] = "\(shards.count)"
    values["duration_s"] = summary.plannedSeconds.map { trimmed($0, digits: 1) }
    values["window_s"] = summary.window.map { trimmed($0.seconds, digits: 1) }
    values["stagger_s"] = summary.startSkew.map { trimmed($0, digits: 3) }
    values["rps"] = summary.requestRate.map { trimmed($0, digits: 1) }
    values["gen_cpu_max_pct"] = shards.compactMap(\.generator.cpuShare).max().map {
      trimmed($0 * 100, digits: 1)
    }
    addCounts(summary)
    addDurations(result)
  }

  private mutating func note(_ verdict: Verdict, _ reasons: [String], _ finishedAt: UTCInstant) {
    values["finished_at"] = Self.wholeSeconds(finishedAt)
    values["verdict"] = verdict.rawValue
    values["reasons"] = CSV.guarded(reasons.joined(separator: "; ").replacing("\n", with: " "))
  }

  /// With what was recorded of the verdict.
  func with(_ recorded: RecordedVerdict?) -> HistoryRecord {
    guard let recorded else { return self }
    var record = self
    record.note(recorded.verdict, recorded.reasons, recorded.finishedAt)
    return record
  }

  private mutating func addCounts(_ summary: RunSummary) {
    if case .gauge(let vus)? = summary.metric("vus_max") {
      values["vus_max"] = vus.max.map { trimmed($0, digits: 0) }
    }
    if case .counter(let requests)? = summary.metric("http_reqs") {
      values["requests"] = "\(requests.count)"
      values["rps_wall"] = summary.wallRate.map { trimmed($0, digits: 1) }
    }
    if case .counter(let iterations)? = summary.metric("iterations") {
      values["iterations"] = "\(iterations.count)"
    }
    if case .counter(let dropped)? = summary.metric("dropped_iterations") {
      values["dropped_iterations"] = trimmed(dropped.sum.value, digits: 0)
    } else if values["iterations"] != nil {
      values["dropped_iterations"] = "0"  // k6 says nothing of none
    }
    if case .rate(let failed)? = summary.metric("http_req_failed") {
      values["error_count"] = "\(failed.passes)"
      values["error_rate"] = failed.share.map { trimmed($0, digits: 6) }
    }
    if case .rate(let checks)? = summary.metric("checks") {
      values["checks_passed"] = "\(checks.passes)"
      values["checks_failed"] = "\(checks.count - checks.passes)"
    }
  }

  private mutating func addDurations(_ result: RunResult) {
    guard case .trend(let durations)? = result.summary.metric("http_req_duration") else { return }
    func milliseconds(_ value: Double?) -> String? { value.map { trimmed($0, digits: 1) } }
    values["dur_avg_ms"] = milliseconds(durations.average)
    values["dur_max_ms"] = milliseconds(durations.max)
    for (name, quantile) in [("50", 0.5), ("90", 0.9), ("95", 0.95), ("99", 0.99), ("999", 0.999)] {
      values["dur_p\(name)_ms"] = milliseconds(durations.displayed(quantile: quantile))
    }
    let shards = result.outcomes.compactMap { ShardFacts($0).p95 }
    values["shard_p95_min_ms"] = milliseconds(shards.min())
    values["shard_p95_max_ms"] = milliseconds(shards.max())
  }

  private static func wholeSeconds(_ instant: UTCInstant) -> String {
    UTCInstant(nanoseconds: instant.nanoseconds / 1_000_000_000 * 1_000_000_000).description
  }
}
