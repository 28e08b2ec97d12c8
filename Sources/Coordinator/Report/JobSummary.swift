import Shared

/// What a job of GitHub's shows of a run: Markdown, the verdict first, within the limit of a step's summary.
struct JobSummary: Sendable {
  let result: RunResult
  let links: RunLinks
  /// A sentence for each thing that did not work of what is done with a verdict.
  var problems: [String] = []

  /// GitHub refuses a step's summary above 1 MiB. This is far below: fewer rows are easier to read, too.
  private static let mostRows = 100

  var text: String {
    var lines = ["### \(headline)", ""]
    lines += result.decision.reasons.prefix(10).map { "- \(Markdown.text(Self.shortened($0)))" }
    let more = result.decision.reasons.count - 10
    if more > 0 { lines.append("- and \(counted(more, "more reason"))") }
    if lines.last != "" { lines.append("") }
    lines += thresholds + [""] + shards + [""]
    let standing = result.standing?.sentences(p95: p95) ?? ["it was not held against the nights before it"]
    lines += [standing.map(Markdown.text).joined(separator: "; ") + ".", ""]
    if let cost = result.cost { lines += [Markdown.text(Self.shortened(cost.sentence)) + ".", ""] }
    lines.append(links.list.joined(separator: " · "))
    return lines.joined(separator: "\n") + "\n" + Self.text(problems: problems)
  }

  /// For the end of a summary.
  static func text(problems: [String]) -> String {
    if problems.isEmpty { return "" }
    return "\n**Not everything worked**\n\n"
      + problems.map { "- \(Markdown.text(shortened($0)))\n" }.joined()
  }

  /// Who was told, for the end of a summary.
  static func text(told: [String], issue: IssueLink?) -> String {
    if told.isEmpty { return "" }
    let link = issue.flatMap { Markdown.link("issue #\($0.number)", $0.url) }
    return "\n**Told**\(link.map { " (\($0))" } ?? "")\n\n"
      + told.map { "- \(Markdown.text(shortened($0)))\n" }.joined()
  }

  private var headline: String {
    let word = result.decision.verdict.rawValue
    return
      "\(word.prefix(1).uppercased())\(word.dropFirst()): \(Markdown.text(result.plan.suite)), run \(Markdown.text(result.plan.run.text))"
  }

  private var p95: Double? {
    guard case .trend(let durations)? = result.summary.metric("http_req_duration") else { return nil }
    return durations.displayed(quantile: 0.95)
  }

  private var thresholds: [String] {
    let rows = result.judgements.map { judgement -> [String] in
      let word =
        switch judgement.outcome {
        case .holds: "holds"
        case .crossed: "**crossed**"
        case .noSamples: "**no samples**"
        case .undecided: "**undecided**"
        }
      return [
        Markdown.code(Self.shortened(judgement.threshold.name)), Markdown.text(judgement.shownPair.actual),
        word,
        Markdown.text(judgement.outcome == .noSamples ? "" : judgement.distance ?? ""),
      ]
    }
    // Those that do not hold are never among what is cut.
    let order = zip(rows, result.judgements).sorted { Self.rank($0.1) < Self.rank($1.1) }.map(\.0)
    return Self.table(["Threshold", "Actual", "", ""], order, of: "threshold", rightAligned: [1])
  }

  private static func rank(_ judgement: Judgement) -> Int {
    switch judgement.outcome {
    case .crossed: 0
    case .noSamples, .undecided: 1
    case .holds: 2
    }
  }

  private var shards: [String] {
    let rows = result.outcomes.enumerated().map { index, outcome -> [String] in
      let facts = ShardFacts(outcome)
      return [
        "\(index)", Markdown.text(outcome.word), "\(facts.requests)",
        facts.p95.map { "\(trimmed($0, digits: 1)) ms" } ?? "-",
        facts.requests == 0 ? "-" : percent(Double(facts.failed) / Double(facts.requests)),
        facts.startLate.map { "\(trimmed($0 * 1000, digits: 0)) ms" } ?? "-",
        outcome.summary?.generator.cpuShare.map(percent) ?? "-",
      ]
    }
    let complete = result.outcomes.count { $0.problem == nil }
    let order = zip(rows, result.outcomes).sorted { $0.1.problem != nil && $1.1.problem == nil }.map(\.0)
    let head = ["Shard", "", "Requests", "p95", "Failed", "Start", "k6 CPU"]
    return [
      "<details><summary>\(complete) of \(counted(rows.count, "shard")) complete</summary>", "",
    ] + Self.table(head, order, of: "shard", rightAligned: [2, 3, 4, 5, 6]) + ["", "</details>"]
  }

  private static func table(
    _ head: [String], _ rows: [[String]], of noun: String, rightAligned: Set<Int>
  ) -> [String] {
    let table = Markdown.table([head] + rows.prefix(mostRows), rightAligned: rightAligned)
    let more = rows.count - mostRows
    return more > 0
      ? table + ["", "\(counted(more, "more \(noun)")): all are in the run's result.json."] : table
  }

  private static func shortened(_ text: String) -> String {
    text.count <= 500 ? text : text.prefix(400) + " … " + text.suffix(90)
  }
}
