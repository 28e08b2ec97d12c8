import Shared

/// For a log, one line: the figures, each against its limits, then the other thresholds and what is not as it should be.
extension LiveView {
  var line: String {
    let all = all
    let figures =
      throughput(all) + latencies(all) + ["errors \(errors(all))" + limits(judgements(.errors))]
    return printable(
      "\(position): \((figures + others).joined(separator: ", "))" + notes.map { "; \($0)" }.joined())
  }

  /// Now; when the load is over, what it was over the whole of it.
  private func throughput(_ all: Figures) -> [String] {
    let judgements = judgements(.requestRate)
    guard isOver else {
      return ["\(trimmed(all.vus, digits: 0)) VUs", "\(all.shownRate) req/s" + limits(judgements)]
    }
    guard let judgement = judgements.first, judgement.actual != nil else { return [] }
    return ["\(judgement.shownPair.actual) over the load" + limits(judgements)]
  }

  /// The thresholds that stand beside a figure of their own.
  private enum Kind { case requestRate, latency, errors, other }

  private func kind(_ threshold: GateThreshold) -> Kind {
    switch (threshold.selector.text, threshold.expression.method) {
    case ("http_reqs", .rate): .requestRate
    case ("http_req_duration", .percentile): .latency
    case ("http_req_failed", _): .errors
    default: .other
    }
  }

  private func judgements(_ kind: Kind) -> [Judgement] {
    progress.judgements.filter { self.kind($0.threshold) == kind }
  }

  /// ` (<800 ms)`, ` (<800 ms: CROSSED)`; of a rate that was crossed also what it is over the whole load.
  private func limits(_ judgements: [Judgement]) -> String {
    let texts = judgements.map { judgement in
      let limit = judgement.threshold.expression.comparison.rawValue + judgement.shownPair.limit
      guard judgement.isBreach else { return limit }
      let whole = kind(judgement.threshold) == .requestRate ? ", \(judgement.shownPair.actual) so far" : ""
      return "\(limit): CROSSED\(whole)"
    }
    return texts.isEmpty ? "" : " (\(texts.joined(separator: ", ")))"
  }

  /// The p95, and every other percentile that has a limit.
  private func latencies(_ all: Figures) -> [String] {
    var byRank: [Double: [Judgement]] = [95: []]
    for judgement in judgements(.latency) {
      if case .percentile(let rank) = judgement.threshold.expression.method {
        byRank[rank, default: []].append(judgement)
      }
    }
    return byRank.sorted { $0.key < $1.key }.map { rank, judgements in
      let usual = rank == 95 ? all.p95.map { "\(trimmed($0, digits: 1)) ms" } : nil
      let shown = judgements.first.flatMap { $0.actual == nil ? nil : $0.shownPair.actual } ?? usual ?? "-"
      return "p\(trimmed(rank, digits: 3)) \(shown)" + limits(judgements)
    }
  }

  private func errors(_ all: Figures) -> String {
    judgements(.errors).first.flatMap { $0.actual == nil ? nil : $0.shownPair.actual } ?? all.shownErrors
  }

  /// `checks rate>0.95: CROSSED, 94.1 %`, `3 other thresholds hold`
  private var others: [String] {
    let others = judgements(.other)
    let crossed = others.filter(\.isBreach).map { judgement in
      "\(judgement.threshold.name): CROSSED"
        + (judgement.actual == nil ? "" : ", \(judgement.shownPair.actual)")
    }
    let holding = others.filter { $0.outcome == .holds }.count
    let open = others.count - crossed.count - holding
    return crossed
      + (holding > 0 ? ["\(counted(holding, "other threshold")) \(holding == 1 ? "holds" : "hold")"] : [])
      + (open > 0 ? ["\(open) not known yet"] : [])
  }
}
