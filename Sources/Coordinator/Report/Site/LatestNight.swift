import Shared

/// `latest.json`: the newest night, for programs. Times are milliseconds, rates per second; what is not known is left out.
struct LatestNight: Encodable, Sendable {
  private let schema = 1
  private let suite: String
  private let run: RunID?
  private let date: String?
  private let startedAt: UTCInstant?
  private let verdict: Verdict?
  private let reasons: [String]
  private let commit, ref, workflowRunURL: String?
  private let p95, usual, errorRate, requestRate: Double?
  /// From where this file lies.
  private let page: String

  init(_ facts: PageFacts) {
    let night = facts.nights.last
    let record = night?.record
    suite = facts.suite
    (run, date, startedAt) = (record?.run, record?.night.description, record?.startedAt)
    (verdict, reasons) = (record?.verdict, record?.reasons ?? [])
    (commit, ref, workflowRunURL) = (record?.commit, record?.ref, record?.workflowRunURL)
    (p95, usual) = (record?.p95, night?.range?.usual)
    (errorRate, requestRate) = (record?.errorRate, record?.requestRate)
    page = night.map { "night/\($0.date)/" } ?? "./"
  }

  private enum CodingKeys: String, CodingKey {
    case schema, suite, run, date, verdict, reasons, commit, ref, page
    case startedAt = "started_at"
    case workflowRunURL = "workflow_run_url"
    case p95 = "p95_ms"
    case usual = "usual_p95_ms"
    case errorRate = "error_rate"
    case requestRate = "requests_per_second"
  }
}
