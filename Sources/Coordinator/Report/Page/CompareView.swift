import Shared

/// A night beside the one that it is compared with, and beside each of those before.
struct CompareView {
  struct Figure {
    let key, label, value: String
    /// For the script, which compares with any other night: six digits with a point, `""` for unknown.
    let raw: String
    let withValue, change: String
  }

  struct Row {
    let iso, day, state, stateWord: String
    let href, withHref: String
    let p95: String
    /// Of the page's night against this one.
    let change: String
    let p50, p99, errors, rps: String
  }

  let day, iso: String
  let hasWith: Bool
  let withName, withIso: String
  /// Dates that can be asked for: those of nights with a page.
  let first, last: String
  let figures: [Figure]
  let hasRows: Bool
  let rows: [Row]
  let count: String
}

extension CompareView {
  private static let rowCount = 28

  /// - Parameters:
  ///   - past: up to the night.
  ///   - oldest: whose night may have a page.
  init(_ night: PageNight, _ past: PageFacts, from oldest: UTCDate, to newest: UTCDate) {
    let then = past.reference
    let limit = past.limits.errorRate
    (day, iso) = (PageText.shortDay(night.date), "\(night.date)")
    (hasWith, withIso) = (then != nil, then.map { "\($0.date)" } ?? "")
    withName = then.map { PageText.shortDay($0.date) } ?? PageText.unknown
    (first, last) = ("\(max(oldest, past.nights.first?.date ?? oldest))", "\(newest)")
    figures = Figure.all(night.record, then?.record, limit)
    rows = past.nights.dropLast().suffix(Self.rowCount).reversed().map {
      Row($0, against: night, hasPage: $0.date >= oldest, limit)
    }
    (hasRows, count) = (!rows.isEmpty, "\(rows.count)")
  }
}

extension CompareView.Figure {
  fileprivate static func all(_ now: HistoryRecord, _ then: HistoryRecord?, _ limit: Double?) -> [Self] {
    let percentiles: [(String, String, KeyPath<HistoryRecord, Double?>)] = [
      ("p50", "p50, ms", \.p50), ("p90", "p90, ms", \.p90), ("p95", "p95, ms", \.p95),
      ("p99", "p99, ms", \.p99),
      ("p999", "p99.9, ms", \.p999),
    ]
    let errors = Self(
      "errors", "Error rate", now.errorRate, then?.errorRate, change: PageText.points,
      text: { PageText.rate($0, limit: limit) })
    return percentiles.map { Self($0.0, $0.1, now[keyPath: $0.2], then?[keyPath: $0.2], text: PageText.ms) }
      + [
        errors,
        Self("rps", "Requests a second", now.requestRate, then?.requestRate, text: PageText.perSecond),
        Self(
          "requests", "Requests", now.requests.map { Double($0) }, then?.requests.map { Double($0) },
          text: { PageText.grouped($0) }),
      ]
  }

  private init(
    _ key: String, _ label: String, _ now: Double?, _ then: Double?,
    change: (Double?, Double?) -> String = PageText.changeText, text: (Double) -> String
  ) {
    (self.key, self.label) = (key, label)
    value = now.map(text) ?? PageText.unknown
    raw = now.map { PageText.significant($0).replacing(",", with: "") } ?? ""
    withValue = then.map(text) ?? PageText.unknown
    self.change = change(now, then)
  }
}

extension CompareView.Row {
  fileprivate init(_ other: PageNight, against night: PageNight, hasPage: Bool, _ limit: Double?) {
    let record = other.record
    (iso, day) = ("\(other.date)", PageText.shortDay(other.date))
    (state, stateWord) = (other.state.rawValue, other.state.word)
    href = hasPage ? "../\(iso)/" : "../../history.csv"
    withHref = (hasPage ? "?with=\(iso)" : "") + "#with-\(iso)"
    p95 = PageText.ms(other.p95)
    change = other.isComplete ? PageText.changeText(night.p95, other.p95) : PageText.unknown
    (p50, p99) = (PageText.ms(record.p50), PageText.ms(record.p99))
    errors = PageText.rate(record.errorRate, limit: limit)
    rps = PageText.perSecond(record.requestRate)
  }
}
