import Shared

/// Tells people of stored runs, as the configuration and the environment say.
struct LiveAlerts: Sendable {
  let settings: AlertSettings
  /// The trend page's address.
  let page: String?
  let location: StoreLocation
  /// One that bears what may pass.
  let store: any ObjectStore
  let host: CoordinatorHost
  /// Seconds for all of it.
  var patience = 300.0
  /// Is shown what would be sent, which then is not.
  var show: (@Sendable (String) -> Void)?

  struct Told: Sendable {
    /// Sentences; nothing of it changes a verdict.
    var done: [String] = []
    var problems: [String] = []
    var issue: IssueLink?

    /// - Parameter isDryRun: none of it was done.
    func write(isDryRun: Bool = false) {
      for sentence in done { writeOutput("\(sentence)\(isDryRun ? " (dry run: not sent)" : "")\n") }
      for problem in problems { writeError("coordinator: \(problem)\n") }
    }
  }

  /// Of a run on somebody's own machine nobody is told, unless they ask for it.
  static func areDue(_ settings: AlertSettings, _ environment: [String: String]) -> Bool {
    settings.isActive && environment["GITHUB_ACTIONS"] == "true"
  }

  /// - Parameters:
  ///   - isAgain: also what is done already.
  ///   - groups: `issue`, `sns` ...; empty for all.
  func tell(_ run: RunID, isAgain: Bool = false, groups: Set<String> = []) async -> Told {
    do { return try await told(run, isAgain: isAgain, groups: groups) } catch {
      return Told(problems: ["nobody was told of run \(run): \(error)"])
    }
  }

  private func told(_ run: RunID, isAgain: Bool, groups: Set<String>) async throws -> Told {
    let read = try await AlertReader(store: store, location: location, settings: settings, page: page)
      .read(run)
    var facts = read.facts
    var told = Told(problems: read.problems)
    let environment = host.environment
    let outlets = AlertOutlets(
      settings: settings, host: host, transport: LiveHTTPTransport(),
      aws: { region in
        var environment = environment
        if let region { environment["AWS_REGION"] = region }
        return try .live(environment)
      }, show: show)
    do { facts.commits = try await commits(facts, outlets) } catch {
      told.problems.append("in which commits it began is not known: \(error)")
    }
    let deliveries = outlets.deliveries(facts).filter { groups.isEmpty || groups.contains($0.group) }
    let outcome = await Alerts(
      store: store, host: host, deliveries: deliveries, total: patience, isRecorded: show == nil
    ).deliver(facts, isAgain: isAgain)
    told.done = outcome.done
    told.problems += outcome.problems
    told.issue = outcome.record.issue
    if show == nil, let issue = outcome.record.issue {
      do { try await History(store: store, wait: liveHistoryWait).setIssue(issue.number, of: run) } catch {
        told.problems.append("the issue's number is not in \(historyKey): \(error)")
      }
    }
    return told
  }

  private func commits(_ facts: AlertFacts, _ outlets: AlertOutlets) async throws -> CommitRange? {
    guard settings.issue != nil, facts.supersededBy == nil, let base = facts.before?.commit,
      let head = facts.onset?.commit, base != head
    else { return nil }
    let gitHub = try outlets.gitHub(facts.record.repository)
    return try await answered(within: 30, host) { try await gitHub.compare(base, head) }
  }
}

/// What `coordinator alert` was asked.
struct AlertCommandOptions: Sendable {
  var argument: String?
  var store: String?
  var run: String?
  var config: String?
  var only: [String] = []
  var isAgain = false
  var isDryRun = false
}

func liveAlert(_ options: AlertCommandOptions) async throws -> Int32 {
  let host = CoordinatorHost.live()
  let file = try readConfiguration(options.config)
  guard file.alert.isActive else {
    throw UsageError(
      "there is nobody to tell: expected 'alert:' with issue, status, comment, sns, pagerduty or metrics in the configuration (--config)"
    )
  }
  guard file.suite != nil else { throw UsageError(AlertSettings.needsSuite) }
  let unknown = Set(options.only).subtracting(AlertDelivery.groups)
  guard unknown.isEmpty else {
    throw UsageError(
      "--only is '\(unknown.sorted().joined(separator: ", "))': expected \(AlertDelivery.groups.joined(separator: ", "))"
    )
  }
  guard
    let reference = try RunReference(
      argument: options.argument, store: options.store ?? file.store, run: options.run, absolute: absolutePath
    )
  else { throw UsageError("no run was given: \(RunReference.expected)") }
  let store = RetryingStore(
    try liveStore(reference.location, environment: host.environment),
    host.retryWindow { writeError("coordinator: \($0)\n") })
  let newest = try await History(store: store, wait: liveHistoryWait).records()
    .filter { [nil, $0.suite].contains(file.suite) }.max { $0.startedAt < $1.startedAt }?.run
  guard let run = reference.run ?? newest else {
    throw UsageError("no run of \(reference.location) is in its history: \(RunReference.expected)")
  }
  let alerts = LiveAlerts(
    settings: file.alert, page: file.report.url, location: reference.location, store: store, host: host,
    show: options.isDryRun ? writeOutput : nil)
  let told = await alerts.tell(run, isAgain: options.isAgain || options.isDryRun, groups: Set(options.only))
  told.write(isDryRun: options.isDryRun)
  if told.done.isEmpty, told.problems.isEmpty {
    writeOutput("everything of run \(run) was told before; --again does it once more\n")
  }
  return told.problems.isEmpty ? 0 : 2
}
