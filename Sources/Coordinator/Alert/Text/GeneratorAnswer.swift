import Shared

/// "Is it the load generators?": what the shards say of themselves.
struct GeneratorAnswer {
  let facts: AlertFacts

  private static let question = "**Is it the load generators?**"
  private static let most = 3

  /// Empty where no shard was heard.
  var lines: [String] {
    let shards = facts.result.shards
    guard shards.contains(where: { $0.ending != nil }) else {
      return ["\(Self.question) None of \(counted(facts.plan.shardCount, "shard")) reported."]
    }
    let signs = outOfBreath + outliers
    if signs.isEmpty {
      let missing = facts.plan.shardCount - facts.complete
      guard missing > 0 else { return ["\(Self.question) No sign of it: \(summary)."] }
      let rest = measures.isEmpty ? "" : " The others: \(measures.joined(separator: ", "))."
      return [
        "\(Self.question) \(missing) of \(counted(facts.plan.shardCount, "shard")) did not complete.\(rest)"
      ]
    }
    let more = signs.count - Self.most
    return ["\(Self.question) \(AlertText.capital(summary)). But:", ""]
      + signs.prefix(Self.most).map { "- \($0)" }
      + (more > 0 ? ["- and \(counted(more, "more sign"))"] : [])
  }

  /// `10 of 10 shards complete, p95s 829 to 855 ms (spread 3 %), generator CPU at most 61 %, no dropped iterations`
  private var summary: String {
    (["\(facts.complete) of \(counted(facts.plan.shardCount, "shard")) complete"] + measures)
      .joined(separator: ", ")
  }

  private var measures: [String] { [spread, cpu, dropped].compactMap(\.self) }

  private var spread: String? {
    let p95s = facts.result.shards.compactMap(\.p95)
    guard p95s.count > 1, let low = p95s.min(), let high = p95s.max() else { return nil }
    let middle = median(p95s)
    let share = middle > 0 ? " (spread \(AlertText.percent((high - low) / middle)))" : ""
    return "p95s \(PageText.ms(low)) to \(AlertText.ms(high))\(share)"
  }

  private var cpu: String? {
    let shares = facts.result.shards.compactMap { shard in
      shard.generator?.cpuSharePeak ?? shard.generator?.cpuShare
    }
    return shares.max().map { "generator CPU at most \(AlertText.percent($0))" }
  }

  private var dropped: String? {
    let counts = facts.result.shards.compactMap(\.dropped)
    if counts.isEmpty { return nil }
    let sum = counts.reduce(0, +)
    return sum == 0 ? "no dropped iterations" : "\(PageText.grouped(sum)) dropped iterations"
  }

  /// Whether one of them, or a machine of theirs, was.
  var isOutOfBreath: Bool { !outOfBreath.isEmpty }

  private var outOfBreath: [String] {
    let saturation = Saturation(limits: facts.plan.generatorLimits ?? .usual)
    return facts.result.shards.flatMap { shard -> [String] in
      guard let generator = shard.generator else { return [] }
      return saturation.signs(generator, droppedShare: shard.droppedShare).map {
        "The generator of shard \(shard.index) was out of breath: \(AlertText.sentence($0)) Latencies may be its own."
      }
    } + saturation.machines(facts.result.shards.map(\.generator)).map { AlertText.sentence($0) }
  }

  private var outliers: [String] {
    facts.result.outliers.map { outlier in
      let without =
        outlier.p95Without.map { "; without it the p95 would be \(AlertText.ms($0))\(meaning($0))" } ?? ""
      return "Shard \(outlier.index) stands apart: p95 \(AlertText.ms(outlier.p95)) against "
        + "\(AlertText.ms(outlier.median)) for the rest\(without)."
    }
  }

  /// What it would be for the verdict.
  private func meaning(_ p95: Double) -> String {
    guard facts.threshold(.p95)?.outcome == .crossed, let limit = facts.night.details?.limits.p95 else {
      return ""
    }
    return p95 < limit ? ", within its limit" : ", past its limit all the same"
  }
}
