import Shared
import Synchronization

/// Shows a run as text.
final class TextDisplay: RunDisplay {
  enum Medium: Sendable {
    /// A table that redraws itself. Rows and columns of the terminal as it is now.
    case terminal(size: @Sendable () -> (rows: Int, columns: Int))
    /// A plain line now and then.
    case log
    /// The same on GitHub, rarer, in a group that opens with the load and closes with it.
    case workflowLog

    /// Seconds from one to the next.
    fileprivate var interval: Double {
      switch self {
      case .terminal: 1
      case .log: 10
      case .workflowLog: 30
      }
    }

    fileprivate var isWorkflowLog: Bool { if case .workflowLog = self { true } else { false } }
  }

  private struct State {
    var readyShown = 0
    var shownAt: UTCInstant?
    /// The latest, where it has not been shown.
    var waiting: GridProgress?
    var drawnLines = 0
    var isGroupOpen = false
  }

  private let medium: Medium
  private let write: @Sendable (String) -> Void
  private let state = Mutex(State())

  init(_ medium: Medium, write: @escaping @Sendable (String) -> Void) {
    (self.medium, self.write) = (medium, write)
  }

  private func say(_ line: String) {
    let line = printable(line)
    write((medium.isWorkflowLog ? inert(line) : line) + "\n")
  }

  func launched(_ plan: RunPlan) {
    say("run \(plan.run): suite \(plan.suite), \(counted(plan.shardCount, "shard")) of \(plan.script)")
  }

  func ready(_ count: Int, of total: Int) {
    let isNews = state.withLock { state in
      defer { state.readyShown = max(state.readyShown, count) }
      return count > state.readyShown
    }
    if isNews { say("\(count) of \(total) shards are ready") }
  }

  func note(_ sentence: String) { say(sentence) }

  func started(at instant: UTCInstant) {
    say("all shards start at \(instant)")
  }

  func progress(_ progress: GridProgress) {
    let (isDue, opensGroup) = state.withLock { state in
      defer { state.isGroupOpen = medium.isWorkflowLog }
      let isDue = progress.readAt.seconds(since: state.shownAt ?? progress.startAt) >= medium.interval
      if isDue { state.shownAt = progress.readAt }
      state.waiting = isDue ? nil : progress
      return (isDue, medium.isWorkflowLog && !state.isGroupOpen)
    }
    if opensGroup { write("::group::The load, every \(Int(medium.interval)) s\n") }
    if isDue { show(progress) }
  }

  func ended() {
    let (last, isGroupOpen) = state.withLock { state in
      defer { (state.waiting, state.isGroupOpen) = (nil, false) }
      return (state.waiting, state.isGroupOpen)
    }
    if let last { show(last) }
    if isGroupOpen { write("::endgroup::\n") }
  }

  private func show(_ progress: GridProgress) {
    let view = LiveView(progress: progress)
    guard case .terminal(let size) = medium else { return say(view.line) }
    let lines = view.lines(fitting: size())
    let up = state.withLock { state in
      defer { state.drawnLines = lines.count }
      return state.drawnLines
    }
    // A table that has become shorter leaves nothing of the one before.
    write(
      (up > 0 ? "\u{1B}[\(up)A" : "") + lines.map { "\u{1B}[2K\($0)\n" }.joined()
        + (lines.count < up ? "\u{1B}[J" : ""))
  }
}
