import Shared

/// Every threshold beside what it was. The marks are a judgement, the arrows a direction.
struct ThresholdTable {
  let facts: AlertFacts

  /// More nobody reads; those that do not hold come first.
  static let mostRows = 20

  var lines: [String] {
    let shown = facts.thresholds.prefix(Self.mostRows)
    if shown.isEmpty { return [] }
    let columns = columns(Array(shown))
    let head = columns.map(\.head)
    let rows = shown.map { threshold in columns.map { $0.cell(threshold) } }
    // Of a part of the load, some are crossed for that alone.
    let note = isJudged ? [] : ["", "Of the shards that reported: nothing is judged by it."]
    return Self.table(head, rows) + more + note
  }

  private var isJudged: Bool { facts.verdict != .incomplete }

  private struct Column {
    let head: String
    let cell: (AlertThreshold) -> String
  }

  /// Without those of which nothing is known.
  private func columns(_ shown: [AlertThreshold]) -> [Column] {
    func figure(_ text: String?) -> String { text.map(FigureText.markdown) ?? PageText.unknown }
    var columns = [
      Column(head: "") { mark($0.outcome) }, Column(head: "Threshold") { $0.name },
      Column(head: "Limit") { FigureText.markdown($0.limit) },
      Column(head: facts.runWord) {
        isJudged && $0.outcome == .crossed ? "**\(figure($0.actual))**" : figure($0.actual)
      },
    ]
    if shown.contains(where: { $0.lastGreen != nil }) {
      let day = facts.lastGreen.map { " (\(PageText.shortDay($0.night)))" } ?? ""
      columns.append(Column(head: "Last green\(day)") { figure($0.lastGreen) })
    }
    let hasUsual = shown.contains { $0.usual != nil }
    if hasUsual {
      let nights = facts.night.range.map { " (\($0.nights) nights)" } ?? ""
      columns.append(Column(head: "Usual\(nights)") { figure($0.usual) })
    }
    let changed = shown.filter { $0.change != nil }
    if !changed.isEmpty {
      // On the usual where that is known, else on the last green run.
      let isAllUsual = changed.allSatisfy { $0.usual != nil }
      let head = isAllUsual ? "Change on usual" : hasUsual ? "Change" : "Change on last green"
      columns.append(Column(head: head) { figure($0.change) })
    }
    return columns
  }

  private func mark(_ outcome: AlertThreshold.Outcome) -> String {
    guard isJudged else { return "❔" }
    return switch outcome {
    case .holds: "✅"
    case .crossed: "❌"
    case .undecided, .noSamples: "❔"
    }
  }

  private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
    Markdown.table([head] + rows, rightAligned: Set(2..<head.count))
  }

  private var more: [String] {
    let rest = facts.thresholds.dropFirst(Self.mostRows)
    if rest.isEmpty { return [] }
    let crossed = rest.count { $0.outcome == .crossed }
    return [
      "",
      "\(counted(rest.count, "more threshold")), \(crossed) of them crossed: all are in the run's result.json.",
    ]
  }
}
