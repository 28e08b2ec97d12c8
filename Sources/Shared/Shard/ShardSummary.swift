/// The member `grid` of `{run}/shard-{i}/summary.json`: what this shard measured, and how that ended. The rest
/// of the document is k6's own `--summary-export`.
package struct ShardSummary: Sendable, Codable {
  package let schema: Int
  package let shard: ShardIdentity
  package let suite: String
  package let executionSegment: String
  package let scriptDigest: String
  package let k6Version: String
  package let ending: K6Ending
  /// The run's instant, from which seconds and tenths are counted.
  package let startAt: UTCInstant?
  /// When k6 had been un-paused; `nil` when it never was.
  package let startedAt: UTCInstant?
  /// When setup() was over and its VUs were at work: k6's own word.
  package let loadStartedAt: UTCInstant?
  /// When k6's load ended: its own word, not the last sample's time.
  package let loadEndedAt: UTCInstant?
  package let writtenAt: UTCInstant
  package let script: ScriptPlan
  package let generator: GeneratorHealth
  package var stream: StreamHealth
  /// k6 made no summary of its own: the agent wrote the part in k6's words. `nil` in documents from before there was
  /// such a mode.
  package var lean: Bool?
  /// The tags by which `metrics` are told apart.
  package let reportTags: [String]
  /// By the report tags; every sample is in one of them.
  package let metrics: [SeriesRecord]
  /// By the selectors of the thresholds.
  package let submetrics: [Submetric]

  package struct Submetric: Sendable, Codable, Equatable {
    package let selector: String
    package let series: SeriesRecord

    package init(selector: String, series: SeriesRecord) { (self.selector, self.series) = (selector, series) }
  }

  package init(
    shard: ShardIdentity, suite: String, executionSegment: String, scriptDigest: String, k6Version: String,
    ending: K6Ending, startAt: UTCInstant?, startedAt: UTCInstant?, loadStartedAt: UTCInstant?,
    loadEndedAt: UTCInstant?, writtenAt: UTCInstant, script: ScriptPlan, generator: GeneratorHealth,
    stream: StreamHealth,
    reportTags: [String],
    metrics: [SeriesRecord], submetrics: [Submetric]
  ) {
    schema = contractSchema
    (self.shard, self.suite, self.executionSegment) = (shard, suite, executionSegment)
    (self.scriptDigest, self.k6Version, self.ending) = (scriptDigest, k6Version, ending)
    (self.startAt, self.startedAt) = (startAt, startedAt)
    (self.loadStartedAt, self.loadEndedAt, self.writtenAt) = (loadStartedAt, loadEndedAt, writtenAt)
    (self.script, self.generator, self.stream) = (script, generator, stream)
    (self.reportTags, self.metrics, self.submetrics) = (reportTags, metrics, submetrics)
  }

  private enum CodingKeys: String, CodingKey {
    case schema, shard, suite, ending, script, generator, stream, lean, metrics, submetrics
    case executionSegment = "execution_segment"
    case scriptDigest = "script_sha256"
    case k6Version = "k6_version"
    case startAt = "start_at"
    case reportTags = "report_tags"
    case startedAt = "started_at"
    case loadStartedAt = "load_started_at"
    case loadEndedAt = "load_ended_at"
    case writtenAt = "written_at"
  }
}

/// How k6 ended.
package struct K6Ending: Sendable, Codable, Equatable {
  /// k6's exit code; `nil` when a signal ended it.
  package let exitCode: Int?
  /// The signal that ended it, as 9.
  package let signal: Int?
  /// Why the agent had told k6 to stop; `nil` when it had not.
  package let stopCause: StopCause?
  /// Whether k6 wrote its summary document.
  package let wroteSummary: Bool
  /// No VU fell to this shard: it had nothing to do, and that is no fault.
  package let isEmptyShard: Bool
  /// Its execution was whole: every sample of this shard's share is in.
  package let isComplete: Bool
  /// It was stopped in good order: every sample until then is in.
  package let isWholeUntilStop: Bool
  /// One sentence for a person.
  package let meaning: String

  /// Of an ending of which nothing is to be said.
  package static let usualMeaning = "k6 ran to its end"

  package init(
    exitCode: Int?, signal: Int?, stopCause: StopCause? = nil, wroteSummary: Bool, isEmptyShard: Bool,
    isComplete: Bool, isWholeUntilStop: Bool = false, meaning: String
  ) {
    (self.exitCode, self.signal, self.stopCause) = (exitCode, signal, stopCause)
    self.isWholeUntilStop = isWholeUntilStop
    (self.wroteSummary, self.isEmptyShard, self.isComplete) = (wroteSummary, isEmptyShard, isComplete)
    self.meaning = meaning
  }

  private enum CodingKeys: String, CodingKey {
    case signal, meaning
    case exitCode = "exit_code"
    case stopCause = "stop_cause"
    case isWholeUntilStop = "is_whole_until_stop"
    case wroteSummary = "wrote_summary"
    case isEmptyShard = "is_empty_shard"
    case isComplete = "is_complete"
  }
}

/// How the reading of k6's stream went.
package struct StreamHealth: Sendable, Codable, Equatable {
  package var lines: UInt64 = 0
  package var points: UInt64 = 0
  package var malformed: UInt64 = 0
  /// The first few malformed lines, shortened, each with the reason.
  package var malformedExamples: [String] = []
  /// Infinite values, which k6 0.57 and 1.1 write and nobody can add up, and of which metrics they were.
  package var infinite: UInt64 = 0
  package var infiniteMetrics: [String] = []
  /// Points from before the start that do not count: `vus` and `vus_max` of a paused k6.
  package var beforeStart: UInt64 = 0
  /// Points that went to the overflow series because the number of series had reached its cap.
  package var overflowed: UInt64 = 0
  /// Of a lean shard: samples of checks and groups that are not in the tree of groups, because that was full.
  package var checksLeftOut: UInt64?
  /// The stream ended inside a line: k6 was killed while it wrote.
  package var endedInsideLine = false

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case lines, points, malformed, infinite, overflowed
    case malformedExamples = "malformed_examples"
    case infiniteMetrics = "infinite_metrics"
    case beforeStart = "before_start"
    case checksLeftOut = "checks_left_out"
    case endedInsideLine = "ended_inside_line"
  }
}
