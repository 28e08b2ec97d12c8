import Shared

/// All figures of the run beside those of the runs that it is held against.
struct NumbersTable {
  let facts: AlertFacts

  var lines: [String] {
    let columns = columns
    let rows = Self.rows.compactMap { row -> [String]? in
      let cells = columns.map { row.text($0.record) }
      return cells.allSatisfy { $0 == PageText.unknown } ? nil : [row.name] + cells
    }
    if rows.isEmpty { return [] }
    let table = Markdown.table(
      [[""] + columns.map(\.head)] + rows, rightAligned: Set(1...columns.count))
    return ["<details><summary>All numbers</summary>", ""] + table + ["", "</details>"]
  }

  private var columns: [(head: String, record: HistoryRecord)] {
    var columns = [(facts.runWord, facts.record)]
    let others = [
      facts.lastGreen.map { ("Last green", $0) }, facts.reference.map { ("Held against", $0.record) },
    ]
    for case (let name, let record)? in others where !columns.contains(where: { $0.1.run == record.run }) {
      columns.append(("\(name) (\(PageText.shortDay(record.night)))", record))
    }
    return columns.map { (head: $0.0, record: $0.1) }
  }

  private struct Row: Sendable {
    let name: String
    let text: @Sendable (HistoryRecord) -> String
  }

  private static let rows: [Row] =
    [
      Row(name: "Requests") { count($0.requests) },
      Row(name: "Requests a second") { PageText.perSecond($0.requestRate) },
      Row(name: "Failed requests") { count($0.failedRequests) },
      Row(name: "Error rate") { PageText.rate($0.errorRate) },
      Row(name: "Average") { AlertText.ms($0.average) },
      Row(name: "p50") { AlertText.ms($0.p50) }, Row(name: "p90") { AlertText.ms($0.p90) },
      Row(name: "p95") { AlertText.ms($0.p95) }, Row(name: "p99") { AlertText.ms($0.p99) },
      Row(name: "p99.9") { AlertText.ms($0.p999) }, Row(name: "Longest") { AlertText.ms($0.highest) },
      Row(name: "Iterations") { count($0.iterations) },
      Row(name: "Dropped iterations") { count($0.droppedIterations) },
      Row(name: "Failed checks") { count($0.failedChecks) },
      Row(name: "VUs at most") { count($0.maxVUs.map { UInt64(max(0, $0)) }) },
      Row(name: "Shards") { shards($0) },
      Row(name: "Seconds together") { $0.windowSeconds.map { PageText.grouped($0) } ?? PageText.unknown },
      Row(name: "k6") { outside($0.k6Version) },
      Row(name: "Commit") { AlertText.commit($0, release: $0.release) ?? PageText.unknown },
    ]

  private static func count(_ count: UInt64?) -> String {
    count.map { PageText.grouped(Double($0)) } ?? PageText.unknown
  }

  private static func shards(_ record: HistoryRecord) -> String {
    guard let expected = record.shardsExpected, let received = record.shardsReceived else {
      return PageText.unknown
    }
    return "\(received) of \(expected)"
  }

  private static func outside(_ text: String?) -> String {
    let text = PageText.outside(text, most: 24)
    return text.isEmpty ? PageText.unknown : FigureText.markdown(text)
  }
}
