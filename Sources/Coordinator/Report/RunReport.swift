import Foundation
import Shared

/// What is printed at the end of a run, or when a stored one is judged again: the verdict first.
struct RunReport: Sendable {
  let result: RunResult
  /// Where the run lies, for the last lines; `nil` when nothing was written.
  let store: StoreLocation?

  var text: String {
    var lines = [
      "",
      "\(result.decision.verdict.rawValue.uppercased())  run \(result.plan.run), suite \(result.plan.suite)",
    ]
    lines += result.decision.reasons.map { "  \($0)" }
    lines += [""] + thresholdLines + [""] + shardLines + [""] + totalLines
    if !advice.isEmpty { lines += ["", "What to do"] + advice.map { "  \($0)" } }
    if let store {
      lines += [
        "", "Where it lies", "  \(store.name("\(result.plan.run)/result.json"))",
        "  \(store.name("\(result.plan.run)/shard-0"))"
          + (result.plan.shardCount > 1 ? " to shard-\(result.plan.shardCount - 1)" : ""),
        "  \(store.name(historyKey.text))", "  \(store.name("report/index.html")), the trend page",
      ]
    }
    // Names come from scripts, reasons from k6.
    return lines.map(printable).joined(separator: "\n") + "\n"
  }

  private var thresholdLines: [String] {
    let rows = result.judgements.map { judgement -> [String] in
      let word =
        switch judgement.outcome {
        case .holds: "holds"
        case .crossed: "CROSSED"
        case .noSamples: "NO SAMPLES"
        case .undecided: "UNDECIDED"
        }
      let isDecided = judgement.outcome == .holds || judgement.outcome == .crossed
      let distance = isDecided ? judgement.distance : nil
      let note = [distance, judgement.note].compactMap(\.self).joined(separator: "; ")
      return [judgement.threshold.name, judgement.shownPair.actual, word, note]
    }
    return table([["Threshold", "actual", "", ""]] + rows)
  }

  private var shardLines: [String] {
    let rows = result.outcomes.enumerated().map { index, outcome -> [String] in
      let facts = ShardFacts(outcome)
      let share = facts.requests == 0 ? "-" : percent(Double(facts.failed) / Double(facts.requests))
      return [
        "\(index)", outcome.word, "\(facts.requests)",
        facts.p95.map { "\(trimmed($0, digits: 1)) ms" } ?? "-", share,
        facts.startLate.map { "\(trimmed($0 * 1000, digits: 0)) ms" } ?? "-",
        outcome.summary?.generator.cpuShare.map(percent) ?? "-",
      ]
    }
    return table([["Shard", "", "requests", "p95", "failed", "start", "k6 CPU"]] + rows)
  }

  private var totalLines: [String] {
    let summary = result.summary
    var lines: [String] = []
    if case .counter(let requests)? = summary.metric("http_reqs") {
      let wall = summary.wallRate.flatMap { rate in
        summary.wallSeconds.map { "\(trimmed(rate, digits: 1))/s over all \(trimmed($0, digits: 1)) s" }
      }
      let window = summary.requestRate.flatMap { rate in
        summary.window.map {
          "\(trimmed(rate, digits: 1))/s in the common \(trimmed($0.seconds, digits: 1)) s"
        }
      }
      lines.append(
        "\(counted(requests.count, "request")): " + [window, wall].compactMap(\.self).joined(separator: ", "))
    }
    if case .trend(let durations)? = summary.metric("http_req_duration") {
      let quantiles = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)]
      let shown = quantiles.map { "\($0.0) \(trimmed(durations.displayed(quantile: $0.1) ?? 0, digits: 1))" }
      lines.append("http_req_duration in ms, within 0.1 %: \(shown.joined(separator: ", "))")
    }
    lines += standingLines
    lines += shortened(result.outliers.map(\.sentence))
    if let skew = summary.startSkew, result.outcomes.filter({ $0.summary?.startedAt != nil }).count > 1 {
      lines.append("the shards started within \(trimmed(skew * 1000, digits: 1)) ms of each other")
    }
    for (index, outcome) in result.outcomes.enumerated() {
      guard case .complete(let shard) = outcome, shard.summary.ending.meaning != K6Ending.usualMeaning
      else { continue }
      lines.append("shard \(index): \(shard.summary.ending.meaning)")
    }
    if result.outcomes.contains(where: { $0.summary?.lean == true }) {
      lines.append(
        "the run was lean: k6 made no summary, so handleSummary() was not called; each summary.json is the agent's"
      )
    }
    let leftOut = result.outcomes.compactMap(\.summary?.stream.checksLeftOut).reduce(0, &+)
    if leftOut > 0 {
      lines.append(
        "\(leftOut) samples of checks and groups are in no summary.json's tree: there were too many")
    }
    for metric in summary.infiniteMetrics.sorted() {
      lines.append("the script added infinite values to \(metric), which are left out")
    }
    if case .counter(let dropped)? = summary.metric("dropped_iterations") {
      let count = trimmed(dropped.sum.value, digits: 0)
      lines.append(
        "\(count) iterations were dropped: there was no VU free for them, or no time left\(mostDropped)")
    }
    let malformed = result.outcomes.compactMap(\.summary?.stream.malformed).reduce(0, &+)
    if malformed > 0 {
      lines.append(
        "\(malformed) lines of k6's output were malformed; each shard's summary.json shows the first")
    }
    if let cost = result.cost { lines.append(cost.sentence) }
    return lines
  }

  private var standingLines: [String] {
    guard let standing = result.standing else {
      return ["it was not held against the nights before it"]
    }
    guard case .trend(let durations)? = result.summary.metric("http_req_duration") else { return [] }
    return standing.sentences(p95: durations.displayed(quantile: 0.95))
  }

  /// `; most on shard 2, 9 % of its own`
  private var mostDropped: String {
    let shards = result.outcomes.enumerated().compactMap { index, outcome in
      DroppedIterations(outcome).map { (index, $0) }
    }
    guard shards.count > 1, let (index, dropped) = shards.max(by: { $0.1.share < $1.1.share }) else {
      return ""
    }
    return "; most on shard \(index), \(percent(dropped.share)) of its own"
  }

  private var advice: [String] {
    var advice: [String] = []
    if !result.saturation.isEmpty {
      advice.append(
        "what a generator out of breath measures is its own: give each more CPU, or the load more shards on machines of their own, and less beside them"
      )
    }
    let wasLate = result.outcomes.contains { (ShardFacts($0).startLate ?? 0) > 2 }
    if wasLate { advice.append("a shard was un-paused more than 2 s late: its machine is overloaded") }
    if result.outcomes.contains(where: { $0.problem != nil }) {
      advice.append(
        "read the agent's log and k6.log.gz of the shards named above; an incomplete run says nothing of the target"
      )
    }
    // A run that never loaded says nothing of thresholds.
    for judgement in result.judgements where result.summary.window != nil {
      switch judgement.outcome {
      case .noSamples:
        advice.append(
          "check the metric and the tags of \(judgement.threshold.selector.text): nothing matched")
      case .crossed
      where judgement.threshold.selector.metric == "http_reqs"
        && judgement.threshold.expression.method == .rate && judgement.isJustBelow:
        advice.append(
          "a rate counts requests in the common window: an arrival rate needs 2 to 5 % more than its limit")
      default: break
      }
    }
    return advice
  }
}

extension Judgement {
  fileprivate var isJustBelow: Bool {
    let limit = threshold.expression.limit
    return actual.map { $0 < limit && $0 >= limit * 0.9 } ?? false
  }
}

/// `1 shard`, `2 shards`
func counted(_ number: some BinaryInteger, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}

/// Columns as wide as their widest cell, indented by two.
func table(_ rows: [[String]]) -> [String] {
  let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count)
    }
    return "  " + line.joined(separator: "  ").trimmedRight
  }
}

extension String {
  fileprivate var trimmedRight: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
