import Shared

@testable import Coordinator

/// Nights as the history has them, counted back from the newest.
enum NightSamples {
  static let newest = UTCDate(year: 2026, month: 11, day: 22)!
  static let limits = PageLimits(p95: 800, errorRate: 0.01, requestRate: 2000)

  static func date(_ before: Int) -> UTCDate { newest.advanced(byDays: -before) }

  /// At 02:14.
  static func instant(_ date: UTCDate) -> UTCInstant {
    UTCInstant(nanoseconds: (date.daysSince1970 * 86_400 + 8040) * 1_000_000_000)
  }

  static func record(
    _ before: Int, p95: Double? = 640, _ verdict: Verdict = .pass,
    change: (inout HistoryRecord) -> Void = { _ in }
  ) -> HistoryRecord {
    let date = date(before)
    var record = HistoryRecord(
      suite: "checkout", run: RunID("\(date)")!, startedAt: instant(date), verdict: verdict)
    (record.p95, record.p50, record.p99) = (p95, p95.map { $0 * 0.4 }, p95.map { $0 * 1.5 })
    (record.errorRate, record.requestRate, record.requests) = (0.0014, 2050, 1_230_000)
    (record.shardsExpected, record.shardsReceived) = (10, 10)
    (record.profile, record.commit) = ("one", "0123456789abcdef0123456789abcdef01234567")
    record.workflowRunURL = "https://github.com/acme/checkout/actions/runs/91"
    record.artifactsURL = "https://github.com/acme/checkout/actions/runs/91#artifacts"
    change(&record)
    return record
  }

  /// Usual 640, noise 14.826: every third night 630, 640, 650.
  static func calm(_ days: some Sequence<Int>) -> [HistoryRecord] {
    days.map { record($0, p95: 630 + Double($0 % 3) * 10) }
  }

  static func facts(
    _ records: [HistoryRecord], limits: PageLimits = limits,
    details: (PageNight) -> NightDetails? = { _ in nil }
  ) -> PageFacts {
    let history = PageHistory(Nights(records, suite: "checkout", branch: nil), .normal)
    let nights = history.nights.map { night in
      var night = night
      night.details = details(night)
      return night
    }
    return PageFacts(
      suite: "checkout", nights: nights, steps: history.steps, limits: limits,
      builtAt: instant(newest).advanced(bySeconds: 1020))
  }

  /// 30 calm nights, then 3 at 830, 840, 850 ms; the onset is 2 days before the newest.
  static func climb(_ verdict: Verdict = .fail, change: (Int, inout HistoryRecord) -> Void = { _, _ in })
    -> [HistoryRecord]
  {
    calm(3..<33)
      + (0..<3).map { before in
        record(before, p95: 850 - 10 * Double(before), verdict) { change(before, &$0) }
      }
  }

  static func details(_ endpoints: [(name: String, share: Double, p95: Double)]) -> NightDetails {
    NightDetails(
      curve: [], buckets: [],
      endpoints: endpoints.map {
        NightDetails.Endpoint(name: $0.name, share: $0.share, p95: $0.p95, errorRate: nil)
      },
      shardP95s: [], outliers: [], limits: limits)
  }
}
