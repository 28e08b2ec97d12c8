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
    /// What could not be said for want of knowing it; everybody was told all the same.
    var notes: [String] = []
    var issue: IssueLink?

    /// - Parameter isDryRun: none of it was done.
    func write(isDryRun: Bool = false) {
      for sentence in done { writeOutput("\(sentence)\(isDryRun ? " (dry run: not sent)" : "")\n") }
      for problem in problems + notes { writeError("coordinator: \(problem)\n") }
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
    var told = Told(notes: read.problems)
    let environment = host.environment
    let outlets = AlertOutlets(
      settings: settings, host: host, transport: LiveHTTPTransport(),
      aws: { region in
        var environment = environment
        if let region { environment["AWS_REGION"] = region }
        return try .live(environment)
      }, show: show)
    do { facts.commits = try await commits(facts, outlets) } catch {
      told.notes.append("in which commits it began is not known: \(error)")
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
        told.notes.append("the issue's number is not in \(historyKey): \(error)")
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
