import Shared

/// Everything that an alert says of a run.
struct AlertFacts: Sendable {
  let result: ResultDocument
  let night: PageNight
  /// Beside the runs before it; `nil` for a run of another branch, of which only its commit and its pull request hear.
  let situation: Situation?
  /// What it is compared with: the last ordinary night before the trouble, with its details where they are still there.
  let reference: PageNight?
  /// The newest passing run before.
  let lastGreen: HistoryRecord?
  /// The newest passing run before that had a release.
  let lastGreenRelease: HistoryRecord?
  let thresholds: [AlertThreshold]
  /// In which the run lies: the p95 rose and stayed up.
  let step: PageStep?
  /// New on the night on which the trouble began.
  let release: String?
  /// How endpoints moved since ``reference``, what moved most first.
  let moves: [EndpointMove]
  let links: AlertLinks
  /// A newer run of the suite, which speaks for it now; `nil` for the newest.
  let supersededBy: RunID?
  /// A newer run of the same commit, whose status is not written over; `nil` where there is none.
  var newerOfCommit: RunID?
  /// Why what went on before is not known; `nil` when it is.
  var historyProblem: String?
  /// What people have heard last of the runs before, by the delivery's name: `sns/service`.
  var told: [String: Notice.Kind] = [:]
  /// What GitHub says of the commits in which the trouble began; `nil` when that is not known.
  var commits: CommitRange?
  /// Once there is one.
  var issue: IssueLink?
}

extension AlertFacts {
  var plan: RunPlan { result.plan }
  var record: HistoryRecord { night.record }
  var verdict: Verdict { result.verdict }

  /// Those that were crossed, the worst first.
  var breaches: [AlertThreshold] { thresholds.filter { $0.outcome == .crossed } }

  /// The first run of the trouble that goes on: of the step, else of the failing.
  var onset: HistoryRecord? { step?.onset ?? situation?.failing?.first }

  /// The last run before it that was as it should be.
  var before: HistoryRecord? { step?.before ?? situation?.failing?.lastPass }

  /// Shards whose summary came.
  var complete: Int { result.shards.count { $0.ending != nil && $0.reason == nil } }
}

/// The commits between the last good run and the first bad one.
struct CommitRange: Sendable, Equatable {
  struct Commit: Sendable, Equatable {
    let sha: String
    /// The first line of its message. From outside.
    let title: String
    /// A login, else a name; `nil` when GitHub has neither.
    let author: String?
  }

  /// Of all of them.
  let total: Int
  /// As many as GitHub lists, oldest first.
  let commits: [Commit]
  /// The comparison's page.
  let url: String?
}

struct IssueLink: Codable, Sendable, Equatable {
  let number: Int
  let url: String
}

/// Where people go from an alert; `nil` where nothing says it. Addresses of the web, but for `result`.
struct AlertLinks: Sendable, Equatable {
  /// The trend page, at the run's night.
  var night: String?
  var workflowRun: String?
  var artifacts: String?
  var dashboard: String?
  var runbook: String?
  /// `s3://bucket/suite/2026-11-23/result.json`
  var result: String?
}
