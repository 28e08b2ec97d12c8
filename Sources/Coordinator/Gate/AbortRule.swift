import Shared

/// A threshold with abortOnFail that has been crossed in what all shards have told together.
struct AbortingCrossing: Sendable, Equatable {
  let threshold: GateThreshold
  let at: UTCInstant
  /// `http_req_failed rate<0.01 was crossed 42 s after the start: 3.1 % against 1 %`
  let sentence: String
}

/// When a crossed threshold stops the run.
///
/// - After the start, and once more than delayAbortEval has gone by since then. k6 counts it the same way.
/// - Only when every shard that still runs has told something: some shards together may cross what all do not.
///   Empty shards, and those that are gone, keep nobody waiting, and one of which nothing can be read for 30 s no longer:
///   the sentence says that it is without that.
/// - Only when what they tell is of the same time, within a second. One that has been silent for too long is not waited
///   for.
/// - Not when all loads are over: there is nothing left to stop, and the end judges as it would.
/// - A metric without samples, or one that cannot be judged, stops nothing.
func abortingCrossing(_ progress: GridProgress) -> AbortingCrossing? {
  let elapsed = progress.readAt.seconds(since: progress.startAt)
  guard progress.shards.contains(where: \.isRunning),
    progress.shards.allSatisfy({ shard in
      !shard.isRunning || shard.heard != nil || shard.isUnheard(progress.readAt, startAt: progress.startAt)
    }), progress.isOfOneTime
  else { return nil }
  return progress.judgements.lazy.filter {
    $0.isBreach && $0.threshold.abortOnFail && elapsed > max(0, $0.threshold.delayAbortEval ?? 0)
  }.map { judgement in
    AbortingCrossing(
      threshold: judgement.threshold, at: progress.readAt,
      sentence:
        "\(judgement.threshold.name) was crossed \(trimmed(elapsed, digits: 0)) s after the start: \(judgement.comparison)\(progress.withoutUnheard)"
    )
  }.first
}

extension GridProgress {
  /// `, without shard 3, of which nothing could be read`; empty when all were heard.
  fileprivate var withoutUnheard: String {
    let unheard = shards.indices.filter { shards[$0].isUnheard(readAt, startAt: startAt) }
    guard !unheard.isEmpty else { return "" }
    let list = unheard.map(String.init).joined(separator: ", ")
    return ", without shard\(unheard.count == 1 ? "" : "s") \(list), of which nothing could be read"
  }

  /// Each shard goes by its own clock.
  fileprivate var isOfOneTime: Bool {
    let elapsed = shards.filter { $0.isRunning && $0.silence(readAt, startAt: startAt) == nil }
      .compactMap(\.heard?.progress).map { $0.at.seconds(since: $0.startedAt) }
    return (elapsed.max() ?? 0) - (elapsed.min() ?? 0) < 1
  }
}

extension Judgement {
  /// `3.1 % against 1 %`; of a percentile whose samples are not kept, the side alone.
  fileprivate var comparison: String {
    let (shown, limit) = shownPair
    if actual != nil { return "\(shown) against \(limit)" }
    switch threshold.expression.comparison {
    case .below, .atMost: return "it is above \(limit)"
    case .above, .atLeast: return "it is below \(limit)"
    case .equal, .identical, .unequal: return "it is not as wanted"
    }
  }
}
