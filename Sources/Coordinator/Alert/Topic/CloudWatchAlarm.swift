import Shared

/// The message by which a CloudWatch alarm tells of itself: PagerDuty's "Amazon CloudWatch" integration opens an incident by
/// `ALARM`, and closes by `OK` the one of the same name. No alarm of this name need be there.
struct CloudWatchAlarm: Encodable, Sendable, Equatable {
  let name, description, account, region, arn: String
  let newState, newStateReason, oldState: String
  let changedAt, configuredAt: String
  let okActions, alarmActions: [String]
  let insufficientDataActions: [String] = []
  let trigger: Trigger
  // Ours: further members are shown.
  let run, issue, trend: String?

  private enum CodingKeys: String, CodingKey {
    case name = "AlarmName"
    case description = "AlarmDescription"
    case account = "AWSAccountId"
    case region = "Region"
    case arn = "AlarmArn"
    case newState = "NewStateValue"
    case newStateReason = "NewStateReason"
    case oldState = "OldStateValue"
    case changedAt = "StateChangeTime"
    case configuredAt = "AlarmConfigurationUpdatedTimestamp"
    case okActions = "OKActions"
    case alarmActions = "AlarmActions"
    case insufficientDataActions = "InsufficientDataActions"
    case trigger = "Trigger"
    case run, issue, trend
  }

  struct Trigger: Encodable, Sendable, Equatable {
    struct Dimension: Encodable, Sendable, Equatable { let name, value: String }

    let metric: String
    let namespace = AlertSettings.usualNamespace
    let statisticType = "Statistic"
    let statistic = "MAXIMUM"
    let unit = "Count"
    let dimensions: [Dimension]
    /// Seconds.
    let period = 86_400
    let evaluationPeriods = 1
    let comparison: String
    let threshold = 1.0
    let missingData: String
    let lowSampleCountPercentile = ""

    private enum CodingKeys: String, CodingKey {
      case metric = "MetricName"
      case namespace = "Namespace"
      case statisticType = "StatisticType"
      case statistic = "Statistic"
      case unit = "Unit"
      case dimensions = "Dimensions"
      case period = "Period"
      case evaluationPeriods = "EvaluationPeriods"
      case comparison = "ComparisonOperator"
      case threshold = "Threshold"
      case missingData = "TreatMissingData"
      case lowSampleCountPercentile = "EvaluateLowSampleCountPercentile"
    }
  }
}

extension CloudWatchAlarm {
  /// - Returns: `nil` for what opens and closes nothing.
  init?(_ words: NoticeWords, _ topic: TopicARN) {
    let (notice, facts) = (words.notice, words.facts)
    guard notice.kind != .mail else { return nil }
    name = NoticeName.alarm(facts.plan.suite, notice.audience)
    description = words.headline
    (account, region) = (topic.account, topic.region)
    arn = "arn:\(topic.partition):cloudwatch:\(topic.region):\(topic.account):alarm:\(name)"
    newState = notice.kind == .ok ? "OK" : "ALARM"
    oldState = words.isFirst ? "OK" : "ALARM"
    // CloudWatch's own has at most 1,023 characters.
    newStateReason = PlainText.outside(words.reason, most: 1000)
    changedAt = facts.result.finishedAt.alarmTime
    configuredAt = facts.plan.createdAt.alarmTime
    (okActions, alarmActions) = ([topic.text], [topic.text])
    trigger = Self.trigger(notice.audience, facts.plan.suite)
    run = facts.address("Run") ?? facts.links.result
    (issue, trend) = (facts.address("Issue"), facts.address("Trend"))
  }

  /// The alarm that stands on the metrics of ``RunMetrics``.
  private static func trigger(_ audience: Notice.Audience, _ suite: String) -> Trigger {
    let isService = audience == .service
    return Trigger(
      metric: isService ? "GateFailed" : "GateRun",
      dimensions: [.init(name: RunMetrics.dimension, value: PlainText.strict(suite))],
      comparison: isService ? "GreaterThanOrEqualToThreshold" : "LessThanThreshold",
      missingData: isService ? "ignore" : "breaching")
  }
}

extension NoticeWords {
  /// Before it there was no trouble of this kind that people know of.
  fileprivate var isFirst: Bool {
    guard notice.kind == .alarm else { return false }
    switch occasion {
    case .failing: return facts.situation?.failing.map { $0.first.run == facts.record.run } ?? true
    // The first night is told by e-mail alone.
    case .unjudged(let nights): return nights <= 2
    default: return false
    }
  }
}

extension UTCInstant {
  /// As CloudWatch writes it: `2026-11-22T02:31:04.000+0000`.
  var alarmTime: String {
    let milliseconds = ((nanoseconds % 1_000_000_000) + 1_000_000_000) % 1_000_000_000 / 1_000_000
    let digits = String(milliseconds)
    return "\(description.prefix(19)).\(String(repeating: "0", count: 3 - digits.count))\(digits)+0000"
  }
}
