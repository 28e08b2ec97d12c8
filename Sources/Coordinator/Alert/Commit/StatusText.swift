import Shared

/// What a commit's status says, in one line: `p95 843 ms > 800 ms · errors 0.31 % · 2,013 rps · night 2`.
struct StatusText {
  let facts: AlertFacts
  /// On the release's commit: how the suite does since then.
  var release: String?

  /// As many parts as there is room for.
  var line: String {
    let most = GitHubStatus.longestDescription
    let parts = ([release.map { "since \(PageText.outside($0, most: 24))" }] + parts).compactMap(\.self)
    var line = ""
    for part in parts.map({ PageText.outside($0, most: 90) }) where !part.isEmpty {
      let longer = line.isEmpty ? part : "\(line) · \(part)"
      // Whatever GitHub counts, it is not more than this.
      if longer.utf16.count > most { break }
      line = longer
    }
    return line
  }

  var state: GitHubStatus.State {
    switch facts.verdict {
    case .pass, .degraded: .success
    case .fail: .failure
    case .incomplete: .error
    }
  }

  private var parts: [String?] {
    if facts.verdict == .incomplete {
      let shards = "not judged: \(facts.complete) of \(counted(facts.plan.shardCount, "shard")) complete"
      return [shards, facts.result.reasons.first, night]
    }
    let crossed = facts.breaches.prefix(2)
    let failure = facts.verdict == .fail && crossed.isEmpty ? facts.result.reasons.first : nil
    let shown = Set(crossed.compactMap(\.figure))
    let others = [AlertThreshold.Figure.p95, .errorRate, .requestRate].filter { !shown.contains($0) }
    let degraded = facts.verdict == .degraded ? "degraded" : nil
    return [degraded, failure] + crossed.map(\.comparison) + others.map(figure) + [night, step]
  }

  private func figure(_ figure: AlertThreshold.Figure) -> String? {
    if let threshold = facts.threshold(figure), threshold.actual != nil { return threshold.comparison }
    let record = facts.record
    let text: String? =
      switch figure {
      case .p95: record.p95.map { "p95 \(PageText.msUnit($0))" }
      case .errorRate: record.errorRate.map { "errors \(PageText.rate($0))" }
      case .requestRate: record.requestRate.map { "\(PageText.perSecond($0)) rps" }
      }
    return text?.replacing(PageText.thin, with: " ")
  }

  private var night: String? {
    facts.verdict == .fail ? facts.situation?.failing.map { "night \($0.nights)" } : nil
  }

  private var step: String? {
    facts.step.map { step in
      let size = PageText.changeText(step.middle, step.range.usual).replacing(PageText.thin, with: " ")
      return "step since \(PageText.shortDay(step.onset.night)) (\(size))"
    }
  }
}
