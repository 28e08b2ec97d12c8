import Shared

/// The nights of a suite beside what the rule says of each, whatever was decided on it.
struct NightList: Sendable {
  /// One night. Times are milliseconds; `nil` is unknown.
  struct Entry: Encodable, Sendable {
    let run: RunID
    let date: String
    let verdict: Verdict
    let p95: Double?
    let usual: Double?
    let noise: Double?
    /// The median of the three nights that end with this one.
    let middle: Double?
    /// By the rule alone: a night that failed may be so too.
    let isDegraded: Bool
    /// The run with which its step likely began.
    let onset: RunID?
    let errorRate: Double?
    let requestRate: Double?
    let shardsReceived: Int?
    let shardsExpected: Int?
    let reasons: [String]

    private enum CodingKeys: String, CodingKey {
      case run, date, verdict, onset, reasons
      case p95 = "p95_ms"
      case usual = "usual_p95_ms"
      case noise = "usual_sd_ms"
      case middle = "middle_p95_ms"
      case isDegraded = "is_degraded"
      case errorRate = "error_rate"
      case requestRate = "requests_per_second"
      case shardsReceived = "shards_received"
      case shardsExpected = "shards_expected"
    }
  }

  /// Oldest first.
  let entries: [Entry]

  init(_ nights: Nights, _ sensitivity: Sensitivity) {
    var judged: [RunID: (range: UsualRange?, middle: Double?, step: Step?)] = [:]
    for trend in nights.trends(sensitivity).values {
      for (index, night) in trend.nights.enumerated() {
        judged[night.run] = (trend.range(at: index), trend.middle(at: index), trend.step(at: index))
      }
    }
    entries = nights.all.map { night in
      let judged = judged[night.run]
      return Entry(
        run: night.run, date: night.night.description, verdict: night.verdict, p95: night.p95,
        usual: judged?.range?.usual, noise: judged?.range?.noise, middle: judged?.middle,
        isDegraded: judged?.step != nil, onset: judged?.step?.onset.run, errorRate: night.errorRate,
        requestRate: night.requestRate, shardsReceived: night.shardsReceived,
        shardsExpected: night.shardsExpected, reasons: night.reasons)
    }
  }

  private init(_ entries: [Entry]) { self.entries = entries }

  /// - Parameter count: 0 for all.
  func newest(_ count: Int) -> NightList { NightList(count == 0 ? entries : entries.suffix(count)) }

  /// A table for people, oldest first.
  var text: String {
    func shown(_ value: Double?, _ digits: Int) -> String { value.map { trimmed($0, digits: digits) } ?? "-" }
    let rows = entries.map { entry -> [String] in
      let change = entry.p95.flatMap { p95 in entry.usual.map { (p95 / $0 - 1) * 100 } }
      let shards = [entry.shardsReceived, entry.shardsExpected].map { $0.map(String.init) ?? "-" }
      return [
        entry.date, entry.run.text, entry.verdict.rawValue, shown(entry.p95, 1), shown(entry.usual, 1),
        change.map { "\($0 > 0 ? "+" : "")\(trimmed($0, digits: 0)) %" } ?? "-",
        entry.errorRate.map(percent) ?? "-", shown(entry.requestRate, 1), shards.joined(separator: "/"),
        entry.reasons.first ?? "",
      ]
    }
    let head = [
      "night", "run", "verdict", "p95 ms", "usual", "change", "errors", "req/s", "shards", "reason",
    ]
    return table([head] + rows).map { printable($0) + "\n" }.joined()
  }
}
