import Shared

@testable import Coordinator

/// Lines of a history for tests.
enum HistorySamples {
  /// A run of the night that is `day` nights after the first.
  static func night(
    _ day: Int, p95: Double? = 100, run: String? = nil, hour: Double = 2, verdict: Verdict = .pass,
    profile: String? = "profile", ref: String? = "main", suite: String = "suite", stopped: String? = nil
  ) -> HistoryRecord {
    var record = HistoryRecord(
      suite: suite, run: RunID(run ?? "night-\(day)")!,
      startedAt: UTCInstant(nanoseconds: 1_760_000_000_000_000_000 / day24 * day24)
        .advanced(bySeconds: Double(day) * 86_400 + hour * 3600), verdict: verdict)
    (record.p95, record.profile, record.ref, record.stopped) = (p95, profile, ref, stopped)
    return record
  }

  private static let day24: Int64 = 86_400_000_000_000

  /// A night for each, one after the other.
  static func nights(_ p95s: [Double], from first: Int = 0) -> [HistoryRecord] {
    p95s.enumerated().map { night(first + $0.offset, p95: $0.element) }
  }

  /// One that has something in every column.
  static var full: HistoryRecord {
    var record = night(0, p95: 843.2, run: "2026-11-23.2", verdict: .degraded, stopped: "threshold")
    record.attempt = 3
    record.finishedAt = record.startedAt.advanced(bySeconds: 600)
    record.reasons = ["http_req_duration p(95)<800 was crossed", "shard 3 is missing"]
    (record.commit, record.release) = ("c4d8e1a", "v2.41")
    record.workflowRunURL = "https://github.com/acme/shop/actions/runs/1?a=1,2"
    record.artifactsURL = "https://github.com/acme/shop/actions/runs/1#artifacts"
    (record.issue, record.k6Version) = (17, "1.1.0")
    (record.shardsExpected, record.shardsReceived, record.maxVUs) = (10, 9, 200)
    (record.plannedSeconds, record.windowSeconds, record.staggerSeconds) = (600, 599.8, 0.012)
    (record.requests, record.iterations, record.droppedIterations) = (1_200_000, 600_000, 0)
    (record.requestRate, record.wallRate) = (2013.4, 1998.1)
    (record.failedRequests, record.errorRate) = (3720, 0.0031)
    (record.passedChecks, record.failedChecks) = (.max, 12)
    (record.average, record.p50, record.p90) = (210.4, 180, 640.5)
    (record.p99, record.p999, record.highest) = (1210.1, 3003.3, 60_000)
    (record.lowestShardP95, record.highestShardP95, record.highestCPU) = (829, 855.1, 61.5)
    (record.usual, record.noise, record.step) = (640.1, 16.6, RunID("2026-11-19"))
    record.breach = 0.054
    return record
  }

  static func file(_ records: [HistoryRecord]) -> [UInt8] { HistoryTable(records).bytes }
}
