import Shared

/// For a terminal, redrawn: a row a shard, the merged one beneath, every threshold, and what is not as it should be.
extension LiveView {
  /// - Parameter fits: rows and columns; what does not fit is left out, the merged row never. `nil`: all of it.
  func lines(fitting fits: (rows: Int, columns: Int)? = nil) -> [String] {
    let head = "run \(progress.run)  \(position)\(bar)"
    var shards = table(rows)
    var rest = thresholdLines + notes.map { "  \($0)" }
    if !rest.isEmpty { rest.insert("", at: 0) }
    guard let fits else { return ([head] + shards + rest).map(printable) }
    // The cursor's own line stays free, and a line that wraps would be two.
    let room = max(4, fits.rows - 1)
    // The head, the columns' names, one shard or the number of those left out, and the merged row.
    rest = Array(rest.prefix(room - min(room, 4)))
    let forShards = room - 1 - rest.count
    if shards.count > forShards {
      let hidden = shards.count - forShards + 1
      shards.replaceSubrange(
        (forShards - 2)..<(shards.count - 1), with: ["  ... and \(counted(hidden, "more shard"))"])
    }
    return ([head] + shards + rest).map { String(printable($0).prefix(max(20, fits.columns - 1))) }
  }

  private var rows: [[String]] {
    let shards = progress.shards.enumerated().map { index, shard -> [String] in
      guard shard.heard != nil else { return ["\(index)", state(shard), "-", "-", "-", "-"] }
      var own = Figures()
      own.add(shard)
      own.p95 = shard.heard?.p95
      return ["\(index)", state(shard)] + cells(own)
    }
    return [["shard", "state", "VUs", "req/s", "p95 ms", "errors"]] + shards + [["all", ""] + cells(all)]
  }

  private func cells(_ figures: Figures) -> [String] {
    [trimmed(figures.vus, digits: 0), figures.shownRate, figures.shownP95, figures.shownErrors]
  }

  private var thresholdLines: [String] {
    guard !progress.judgements.isEmpty else { return [] }
    let rows = progress.judgements.map { judgement in
      [
        judgement.threshold.name, judgement.actual == nil ? "" : judgement.shownPair.actual,
        standing(judgement),
      ]
    }
    return table([["threshold", "so far", ""]] + rows)
  }

  private func standing(_ judgement: Judgement) -> String {
    switch judgement.outcome {
    case .holds: "holds"
    case .crossed: "CROSSED"
    case .noSamples: "no samples yet"
    case .undecided(let reason): "not known: \(reason)"
    }
  }
}
