import Foundation
import Shared
import TestSupport

@testable import Coordinator

/// Made-up nights of a page.
enum PageSamples {
  static let last = UTCDate(year: 2026, month: 11, day: 22)!
  static let limits = PageLimits(p95: 800, errorRate: 0.01, requestRate: 2000)

  static func date(_ daysBefore: Int) -> UTCDate { last.advanced(byDays: -daysBefore) }

  static func record(_ date: UTCDate, p95: Double?, _ verdict: Verdict = .pass) -> HistoryRecord {
    var record = HistoryRecord(
      suite: "checkout-api", run: RunID("\(date)")!,
      startedAt: UTCInstant(nanoseconds: (date.daysSince1970 * 86_400 + 2 * 3600 + 14 * 60) * 1_000_000_000),
      verdict: verdict)
    record.p95 = p95
    (record.p50, record.p90) = (p95.map { $0 * 0.392 }, p95.map { $0 * 0.79 })
    (record.p99, record.p999) = (p95.map { $0 * 1.47 }, p95.map { $0 * 2.5 })
    (record.errorRate, record.requestRate, record.requests) = (0.0014, 2050, 1_230_000)
    (record.shardsExpected, record.shardsReceived) = (10, 10)
    record.commit = "0123456789abcdef0123456789abcdef01234567"
    record.workflowRunURL = "https://github.com/acme/checkout/actions/runs/\(date.daysSince1970)"
    record.artifactsURL = record.workflowRunURL.map { "\($0)#artifacts" }
    (record.profile, record.ref, record.highestCPU) = ("0123456789ab", "main", 61)
    return record
  }

  /// A log-normal night with this p95.
  static func details(
    p95: Double, endpoints: [String] = ["GET /cart", "POST /checkout"], shards: Int = 10, slower: Double = 1
  ) -> NightDetails {
    let sigma = 0.55
    func value(_ z: Double) -> Double { p95 * exp(sigma * (z - 1.645)) }
    let curve = zip(NightDetails.quantiles, zValues).map {
      NightDetails.Point(quantile: $0, value: value($1))
    }
    let steps = Array(stride(from: -3.0, to: 3.2, by: 0.04))
    let buckets = steps.map { z in
      NightDetails.Bucket(low: value(z), high: value(z + 0.04), count: 1e4 * exp(-z * z / 2))
    }
    let rows = endpoints.enumerated().map { index, name in
      NightDetails.Endpoint(
        name: name, share: 1 / Double(endpoints.count), p95: p95 * (index == 0 ? slower : 1), errorRate: 0.001
      )
    }
    return NightDetails(
      curve: curve, buckets: buckets, endpoints: rows, shardP95s: (0..<shards).map { p95 + Double($0) },
      outliers: [], limits: limits)
  }

  /// Of the standard normal distribution, by `NightDetails.quantiles`.
  private static let zValues = [
    -1.2816, -0.6745, 0, 0.2533, 0.5244, 0.6745, 0.8416, 1.0364, 1.2816, 1.4395, 1.6449, 1.8119, 2.0537,
    2.3263,
    2.5758, 2.8782, 3.0902,
  ]

  /// `count` nights up to the last one; on the last four the p95 has climbed over the limit.
  static func facts(
    _ count: Int, withStep: Bool = true, change: (Int, inout HistoryRecord) -> Void = { _, _ in },
    details: (Int, inout NightDetails?) -> Void = { _, _ in }
  ) -> PageFacts {
    let records = (0..<count).reversed().map { before -> HistoryRecord in
      let isHigh = withStep && count > 20 && before < 4
      let wave = 1 + 0.02 * sin(Double(before))
      var record = record(date(before), p95: isHigh ? 830 * wave : 640 * wave, isHigh ? .fail : .pass)
      change(before, &record)
      return record
    }
    let history = PageHistory(Nights(records, suite: "checkout-api", branch: "main"), .normal)
    let nights = history.nights.map { night -> PageNight in
      var night = night
      let before = last.days(since: night.date)
      night.details = before < 60 ? night.p95.map { Self.details(p95: $0) } : nil
      details(before, &night.details)
      return night
    }
    return PageFacts(
      suite: "checkout-api", nights: nights, steps: history.steps, limits: limits, issueURL: nil,
      issueNumber: 482,
      notice: nil, firstRun: "02:14 UTC",
      builtAt: UTCInstant(nanoseconds: (last.daysSince1970 * 86_400 + 9060) * 1_000_000_000))
  }
}
