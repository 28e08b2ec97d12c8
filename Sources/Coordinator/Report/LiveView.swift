import Shared

/// What is shown of a run while it is on: the merged figures against their limits, and what is not as it should be.
struct LiveView: Sendable {
  let progress: GridProgress

  private var heard: [ShardProgress] { progress.shards.compactMap(\.heard?.progress) }

  // MARK: How far it is

  /// Every shard has ended its load, or is gone.
  var isOver: Bool { !heard.isEmpty && !progress.shards.contains(where: \.isRunning) }

  /// `42 of 300 s, 258 s left`
  var position: String {
    let begun = heard.compactMap(\.loadStartedAt).max()
    if isOver {
      return "the load is over, teardown() and the summaries are to come"
    }
    let since = Int(max(0, progress.readAt.seconds(since: begun ?? progress.startAt)))
    if begun == nil, heard.contains(where: { $0.phase == .setup }) { return "setup() for \(since) s" }
    guard let planned = progress.planned else { return "\(since) s" }
    let length = trimmed(planned, digits: 0)
    let left = Int(max(0, planned - elapsed).rounded(.up))
    return left > 0
      ? "\(since) of \(length) s, \(left) s left" : "\(length) s are over, the last iterations end"
  }

  /// Of the load: behind setup(), where one runs.
  private var elapsed: Double {
    let begun = heard.compactMap(\.loadStartedAt).max()
    if begun == nil, heard.contains(where: { $0.phase == .setup }) { return 0 }
    return max(0, progress.readAt.seconds(since: begun ?? progress.startAt))
  }

  var bar: String {
    guard let planned = progress.planned, planned > 0 else { return "" }
    let filled = Int(min(1, elapsed / planned) * 30)
    return "  [" + String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled) + "]"
  }

  // MARK: Figures

  struct Figures {
    var vus = 0.0
    /// Requests per second now; `nil` before there is a whole second.
    var rate: Double?
    var requests: UInt64 = 0
    var failed: UInt64 = 0
    var p95: Double?

    mutating func add(_ shard: ShardStanding) {
      guard let progress = shard.heard?.progress else { return }
      if shard.isRunning {
        vus += progress.vus
        rate = progress.recent.rate.map { (rate ?? 0) + $0 } ?? rate
      }
      (requests, failed) = (requests + progress.requests, failed + progress.failedRequests)
    }

    var shownRate: String { rate.map { trimmed($0, digits: $0 < 100 ? 1 : 0) } ?? "-" }
    var shownP95: String { p95.map { trimmed($0, digits: 1) } ?? "-" }
    var shownErrors: String { requests == 0 ? "-" : percent(Double(failed) / Double(requests)) }
  }

  var all: Figures {
    var all = Figures()
    for shard in progress.shards { all.add(shard) }
    all.p95 = progress.durations.value(at: 0.95)
    return all
  }

  // MARK: What is not as it should be

  /// A sentence for every shard that is late, gone, not to be understood or apart from the others.
  var notes: [String] {
    let troubles = progress.shards.enumerated().compactMap { index, shard in
      trouble(shard).map { "shard \(index): \($0)" }
    }
    return shortened(troubles) + shortened(progress.outliers.map(\.sentence))
  }

  private func trouble(_ shard: ShardStanding) -> String? {
    switch shard.word {
    case .empty: return nil
    case .unreadable(let reason): return reason
    case .none where shard.hasHandedIn, .heard where shard.hasHandedIn: return nil
    case .none where shard.isGone: return "its agent has ended without a word"
    case .heard(let heard) where shard.isGone:
      return heard.progress.phase == .ended ? nil : "its agent has ended before its load had"
    case .none:
      return shard.silence(progress.readAt, startAt: progress.startAt).map {
        "no word yet, \(Int($0)) s after the start"
      }
    case .heard:
      return shard.silence(progress.readAt, startAt: progress.startAt).map { "no word for \(Int($0)) s" }
    }
  }

  /// One word, or two.
  func state(_ shard: ShardStanding) -> String {
    switch shard.word {
    case .empty: return "empty"
    case .unreadable: return "unreadable"
    case .none where shard.hasHandedIn, .heard where shard.hasHandedIn: return "ended"
    case .none: return shard.isGone ? "gone" : "no word yet"
    case .heard(let heard):
      if shard.isGone, heard.progress.phase != .ended { return "gone" }
      let silence = shard.silence(progress.readAt, startAt: progress.startAt)
      return silence.map { "silent \(Int($0)) s" } ?? heard.progress.phase.rawValue
    }
  }
}

/// The first three of sentences about a shard each.
func shortened(_ sentences: [String]) -> [String] {
  guard sentences.count > 3 else { return sentences }
  return sentences.prefix(3) + ["and \(counted(sentences.count - 3, "more shard")) like these"]
}
