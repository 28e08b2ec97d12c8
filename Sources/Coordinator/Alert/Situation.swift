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

    /// A pass of another test, as of a trial with less load, says less.
    fileprivate func isOver(with pass: HistoryRecord) -> Bool {
      let isSameTest = pass.profile == nil || last.profile == nil || pass.profile == last.profile
      return passes >= (isNearLimit || !isSameTest ? 2 : 1)
    }
  }

  let run: HistoryRecord
  /// What goes on, this run included; `nil` when nothing does.
  let failing: Failing?
  /// What this run has ended.
  let recovered: Failing?
  /// UTC dates in a row, this run's included, on which no run could be judged; 0 when this one was.
  let incompleteNights: Int
  /// The first run of those dates.
  let incompleteSince: HistoryRecord?
  /// Whether this run is the first incomplete one of its date.
  let isNewIncompleteNight: Bool
  /// Whether it is the first of its date that nobody has cancelled.
  let isFirstUncancelled: Bool
  /// Such dates that this run, which was judged, has ended.
  let incompleteNightsBefore: Int
  /// Degraded runs in a row, this one included, and the first of them.
  let degradedRuns: Int
  let degradedSince: HistoryRecord?
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
    (incompleteSince, degradedSince) = (walk.incompleteSince, walk.degradedSince)
    (isNewIncompleteNight, isFirstUncancelled) = (walk.isNewIncomplete, walk.isFirstUncancelled)
    (degradedRuns, wasDegraded) = (walk.degradedRuns, walk.wasDegraded)
  }

  /// Whether no one on call of the service can do anything about it.
  var isAboutHarness: Bool { run.verdict == .incomplete }
}

/// Goes through the runs, oldest first.
private struct Walk {
  var failing: Situation.Failing?
  /// By the run that was added last.
  var recovered: Situation.Failing?
  var incompleteDates: Set<UTCDate> = []
  var incompleteBefore = 0
  var incompleteSince: HistoryRecord?
  var isNewIncomplete = false
  var isFirstUncancelled = false
  var degradedRuns = 0
  var degradedSince: HistoryRecord?
  var wasDegraded = false
  private var lastPass: HistoryRecord?
  private var uncancelledDates: Set<UTCDate> = []

  mutating func add(_ run: HistoryRecord) {
    (recovered, incompleteBefore, isNewIncomplete, isFirstUncancelled) = (nil, 0, false, false)
    guard run.verdict != .incomplete else { return addIncomplete(run) }
    incompleteBefore = incompleteDates.count
    (incompleteDates, uncancelledDates, incompleteSince) = ([], [], nil)
    wasDegraded = degradedRuns > 0
    degradedRuns = run.verdict == .degraded ? degradedRuns + 1 : 0
    degradedSince = run.verdict == .degraded ? degradedSince ?? run : nil
    switch run.verdict {
    case .fail: fail(run)
    case .pass: pass(run)
    case .degraded, .incomplete: break
    }
  }

  private mutating func addIncomplete(_ run: HistoryRecord) {
    isNewIncomplete = incompleteDates.insert(run.night).inserted
    incompleteSince = incompleteSince ?? run
    if run.stopped != StopCause.cancelled.rawValue {
      isFirstUncancelled = uncancelledDates.insert(run.night).inserted
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
    (failing, recovered) = going.isOver(with: run) ? (nil, going) : (going, nil)
  }
}
