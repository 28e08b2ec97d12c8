import Shared

/// Whom the configuration wants to be told, and how they are reached from here.
struct AlertOutlets: Sendable {
  let settings: AlertSettings
  let host: CoordinatorHost
  let transport: any HTTPTransport
  /// A client of AWS, in a region of its own where one is named.
  let aws: @Sendable (_ region: String?) throws -> AWSClient
  /// Is shown what would be sent, which then is not; `nil`: everything is sent.
  var show: (@Sendable (String) -> Void)?

  /// Variables of the environment that no script has to see.
  static let secrets: Set = ["GITHUB_TOKEN", "PAGERDUTY_ROUTING_KEY", "PAGERDUTY_HARNESS_ROUTING_KEY"]

  /// In the order in which one leads to the other.
  func deliveries(_ facts: AlertFacts) -> [AlertDelivery] {
    [issue, status(.commit), status(.release), comment].compactMap(\.self) + topics(facts) + pagers(facts)
      + [metrics].compactMap(\.self)
  }

  private var issue: AlertDelivery? {
    settings.issue.map { issue in
      AlertDelivery(name: "issue") {
        try Self.checkHistory($0)
        return try await IssueDelivery(
          gitHub: try gitHub(settings.repository), settings: issue, now: host.now
        ).send($0)
      }
    }
  }

  private func status(_ target: AlertSettings.StatusSettings.Target) -> AlertDelivery? {
    guard let status = settings.status, [target, .both].contains(status.target) else { return nil }
    return AlertDelivery(name: target == .release ? "status/release" : "status") {
      try await StatusDelivery(
        gitHub: try gitHub($0.record.repository), settings: status, isRelease: target == .release
      ).send($0)
    }
  }

  private var comment: AlertDelivery? {
    settings.comment.map { comment in
      AlertDelivery(name: "comment") {
        try await CommentDelivery(gitHub: try gitHub($0.record.repository), when: comment).send($0)
      }
    }
  }

  private func topics(_ facts: AlertFacts) -> [AlertDelivery] {
    guard let topics = settings.topics else { return [] }
    return notices(
      facts, "sns",
      send: { try await TopicDelivery(topics: topics, publish: publish).send($0, $1) })
  }

  private func pagers(_ facts: AlertFacts) -> [AlertDelivery] {
    guard settings.usesPagerDuty else { return [] }
    return notices(
      facts, "pagerduty",
      // A key that is missing is not found out on the first failing night.
      check: { _ = try PagerDutyKeys(host.environment) },
      send: {
        try await PagerDutyDelivery(
          transport: transport, keys: try PagerDutyKeys(host.environment), host: host, show: show
        ).send($0, $1)
      })
  }

  private func notices(
    _ facts: AlertFacts, _ group: String, check: @escaping @Sendable () throws -> Void = {},
    send: @escaping @Sendable (Notice, AlertFacts) async throws -> AlertDelivery.Sent
  ) -> [AlertDelivery] {
    let notices = notices(facts, group)
    guard !notices.isEmpty else {
      return [
        AlertDelivery(name: group) {
          try Self.checkHistory($0)
          try check()
          return AlertDelivery.Sent(Self.silence($0))
        }
      ]
    }
    return notices.map { notice in
      AlertDelivery(name: Self.name(group, notice.audience), notice: notice) { try await send(notice, $0) }
    }
  }

  private func notices(_ facts: AlertFacts, _ group: String) -> [Notice] {
    guard facts.supersededBy == nil, facts.historyProblem == nil, let situation = facts.situation else {
      return []
    }
    let told = [Notice.Audience.service, .harness].reduce(into: [:]) { told, audience in
      told[audience] = facts.told[Self.name(group, audience)]
    }
    return Notice.of(situation, settings.notify, told: told)
  }

  private static func name(_ group: String, _ audience: Notice.Audience) -> String {
    "\(group)/\(audience.rawValue)"
  }

  /// Who does not know what goes on must neither open nor close anything.
  private static func checkHistory(_ facts: AlertFacts) throws {
    if let problem = facts.historyProblem { throw UsageError(problem) }
  }

  private static func silence(_ facts: AlertFacts) -> String {
    if let newer = facts.supersededBy {
      return
        "nobody is told of an older run: run \(newer) speaks for the suite, and makes up for what was not told"
    }
    return facts.situation == nil
      ? "nobody is told of a run of another branch" : "nothing has changed that people have not been told"
  }

  private var metrics: AlertDelivery? {
    settings.metrics.map { namespace in
      AlertDelivery(name: "metrics") {
        try await MetricsDelivery(namespace: namespace, now: host.now, put: put).send($0)
      }
    }
  }
}

// MARK: - how they are reached

extension AlertOutlets {
  /// - Parameter repository: `nil` for the one in whose workflow this runs.
  /// - Throws: ``UsageError`` when the environment does not say how.
  func gitHub(_ repository: String?) throws -> GitHubClient {
    let environment = host.environment
    guard let repository = repository ?? environment["GITHUB_REPOSITORY"], !repository.isEmpty else {
      throw UsageError(
        "which repository it is about is not said: expected 'alert.repository' in the configuration, or GITHUB_REPOSITORY"
      )
    }
    guard let token = environment["GITHUB_TOKEN"], !token.isEmpty else {
      throw UsageError(
        "GITHUB_TOKEN is not set: expected a token that may write issues, statuses and pull requests")
    }
    let api = environment["GITHUB_API_URL"] ?? ""
    return try GitHubClient(
      repository: repository, token: token, api: api.isEmpty ? "https://api.github.com" : api,
      transport: transport, host: host, login: settings.login, show: show)
  }

  private func publish(_ parameters: [(name: String, value: String)]) async throws -> String {
    let topic = parameters.first { $0.name == "TopicArn" }?.value ?? ""
    if let show {
      show(shown("sns:Publish", parameters))
      return "not sent"
    }
    // A topic answers in its own region alone.
    let parts = topic.split(separator: ":", omittingEmptySubsequences: false)
    let client = try aws(parts.count == 6 ? String(parts[3]) : nil)
    let answer = try await client.query(.sns, "Publish", parameters, on: topic)
    return answer.first("MessageId")?.text ?? ""
  }

  private func put(_ parameters: [(name: String, value: String)]) async throws {
    if let show { return show(shown("cloudwatch:PutMetricData", parameters)) }
    _ = try await aws(nil).query(.cloudWatch, "PutMetricData", parameters, on: settings.metrics ?? "")
  }

  private func shown(_ call: String, _ parameters: [(name: String, value: String)]) -> String {
    ([call] + parameters.map { "  \($0.name): \($0.value)" }).joined(separator: "\n") + "\n"
  }
}
