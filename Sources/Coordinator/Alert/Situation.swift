import Shared

/// How a run stands among the runs before it: which trouble goes on, since when, and what this run changes. Made of the
/// history alone, so that it comes out the same whenever it is asked.
struct Situation: Sendable, Equatable {
  /// A time in which the limits do not hold: from a failing run to the pass that ends it. Degraded and incomplete runs
  /// neither end it nor make it longer.
  struct Failing: Sendable, Equatable {
    /// The first run of it that failed, and the newest.
    let first: HistoryRecord
    var last: HistoryRecord
    /// The newest passing run before; `nil` when there is none.
    let lastPass: HistoryRecord?
    /// UTC dates on which a run failed.
    var nights = 1
    /// Passing runs since the newest failing one.
    var passes = 0
    /// Whether the newest failing run is the first of its date.
    var isNewNight = true

    /// A single pass after it may be noise: it takes two.
    var isNearLimit: Bool { last.breach.map { $0 <= Situation.nearLimit } ?? false }
  }

  let run: HistoryRecord
  /// What goes on, this run included; `nil` when nothing does.
  let failing: Failing?
  /// What this run has ended.
  let recovered: Failing?
  /// UTC dates in a row, this run's included, on which no run could be judged; 0 when this one was.
  let incompleteNights: Int
  /// Whether this run is the first incomplete one of its date.
  let isNewIncompleteNight: Bool
  /// Such dates that this run, which was judged, has ended.
  let incompleteNightsBefore: Int
  /// Degraded runs in a row, this one included.
  let degradedRuns: Int
  /// Whether the newest run before that was judged was degraded.
  let wasDegraded: Bool
}

extension Situation {
  /// Of a breach: a share of the limit.
  static let nearLimit = 0.05

  /// - Parameters:
  ///   - history: of the suite, this run included.
  ///   - branch: whose runs are the nights; `nil` for any.
  /// - Returns: `nil` for a run that is not in the history, or of another branch.
  init?(of run: RunID, in history: [HistoryRecord], suite: String, branch: String?) {
    let runs =
      history.filter { $0.suite == suite && (branch == nil || $0.ref == branch) }
      .sorted { $0.startedAt < $1.startedAt }
    guard let index = runs.lastIndex(where: { $0.run == run }) else { return nil }
    var walk = Walk()
    for record in runs[...index] { walk.add(record) }
    (self.run, failing, recovered) = (runs[index], walk.failing, walk.recovered)
    (incompleteNights, incompleteNightsBefore) = (walk.incompleteDates.count, walk.incompleteBefore)
    isNewIncompleteNight = walk.isNewIncomplete
    (degradedRuns, wasDegraded) = (walk.degradedRuns, walk.wasDegraded)
  }

  /// Whether no one on call of the service can do anything about it.
  var isAboutHarness: Bool { run.verdict == .incomplete }

  /// Somebody has ended the run on purpose: there is nobody to tell.
  var isCancelled: Bool { [StopCause.cancelled, .command].map(\.rawValue).contains(run.stopped ?? "") }
}

/// Goes through the runs, oldest first.
private struct Walk {
  var failing: Situation.Failing?
  /// By the run that was added last.
  var recovered: Situation.Failing?
  var incompleteDates: Set<UTCDate> = []
  var incompleteBefore = 0
  var isNewIncomplete = false
  var degradedRuns = 0
  var wasDegraded = false
  private var lastPass: HistoryRecord?

  mutating func add(_ run: HistoryRecord) {
    (recovered, incompleteBefore, isNewIncomplete) = (nil, 0, false)
    guard run.verdict != .incomplete else {
      isNewIncomplete = incompleteDates.insert(run.night).inserted
      return
    }
    (incompleteBefore, incompleteDates) = (incompleteDates.count, [])
    wasDegraded = degradedRuns > 0
    degradedRuns = run.verdict == .degraded ? degradedRuns + 1 : 0
    switch run.verdict {
    case .fail: fail(run)
    case .pass: pass(run)
    case .degraded, .incomplete: break
    }
  }

  private mutating func fail(_ run: HistoryRecord) {
    guard var going = failing else {
      failing = Situation.Failing(first: run, last: run, lastPass: lastPass)
      return
    }
    going.isNewNight = going.last.night != run.night
    if going.isNewNight { going.nights += 1 }
    (going.last, going.passes) = (run, 0)
    failing = going
  }

  private mutating func pass(_ run: HistoryRecord) {
    lastPass = run
    guard var going = failing else { return }
    going.passes += 1
    let isOver = going.passes >= (going.isNearLimit ? 2 : 1)
    (failing, recovered) = isOver ? (nil, going) : (going, nil)
  }
}
