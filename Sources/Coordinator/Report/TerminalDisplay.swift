import Shared
import Synchronization

/// A table that redraws itself on a terminal; elsewhere a plain line every 10 s.
final class TerminalDisplay: RunDisplay {
  private struct State {
    var startAt: UTCInstant?
    var lastShown: UTCInstant?
    var drawnLines = 0
    var readyShown = 0
  }

  /// Rows and columns of the terminal as it is now; `nil` where there is none.
  private let terminalSize: @Sendable () -> (rows: Int, columns: Int)?
  private let now: @Sendable () -> UTCInstant
  private let say: @Sendable (String) -> Void
  private let state = Mutex(State())

  init(
    terminalSize: @escaping @Sendable () -> (rows: Int, columns: Int)?,
    now: @escaping @Sendable () -> UTCInstant, say: @escaping @Sendable (String) -> Void
  ) {
    (self.terminalSize, self.now, self.say) = (terminalSize, now, say)
  }

  func launched(_ plan: RunPlan) {
    say("run \(plan.run): suite \(plan.suite), \(counted(plan.shardCount, "shard")) of \(plan.script)\n")
  }

  func ready(_ count: Int, of total: Int) {
    let isNews = state.withLock { state in
      defer { state.readyShown = max(state.readyShown, count) }
      return count > state.readyShown
    }
    if isNews { say("\(count) of \(total) shards are ready\n") }
  }

  func note(_ sentence: String) { say("\(sentence)\n") }

  func started(at instant: UTCInstant) {
    state.withLock { $0.startAt = instant }
    say("all shards start at \(instant)\n")
  }

  func progress(_ plan: RunPlan, planned: Double?, store: any ObjectStore) async {
    let now = now()
    let due: UTCInstant? = state.withLock { state in
      guard let startAt = state.startAt, now >= startAt else { return nil }
      let interval = terminalSize() == nil ? 10.0 : 1
      guard now.seconds(since: state.lastShown ?? startAt) >= interval else { return nil }
      state.lastShown = now
      return startAt
    }
    guard let startAt = due else { return }
    var shards: [ShardProgress?] = []
    for index in 0..<plan.shardCount {
      // What cannot be read is shown as no word; the summary at the end is what counts.
      let progress = try? await store.getDocument(ShardProgress.self, at: RunKeys(plan.run).progress(index))
      shards.append(progress.flatMap { $0.shard.nonce == plan.nonce ? $0 : nil })
    }
    draw(ProgressTable(run: plan.run, shards: shards, startAt: startAt, planned: planned, now: now))
  }

  private func draw(_ table: ProgressTable) {
    guard let size = terminalSize() else { return say(table.line + "\n") }
    let lines = table.lines(fitting: size)
    let up = state.withLock { state in
      defer { state.drawnLines = lines.count }
      return state.drawnLines
    }
    say((up > 0 ? "\u{1B}[\(up)A" : "") + lines.map { "\u{1B}[2K\($0)\n" }.joined())
  }
}
