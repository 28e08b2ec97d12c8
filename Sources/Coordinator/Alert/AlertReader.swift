import Shared

/// Reads from a store what an alert of one of its runs says.
struct AlertReader: Sendable {
  /// One that bears what may pass.
  let store: any ObjectStore
  let location: StoreLocation
  let settings: AlertSettings
  /// The trend page's address, ending with `/`.
  let page: String?

  struct Read: Sendable {
    let facts: AlertFacts
    /// A sentence for each thing that could not be read, and is left out.
    let problems: [String]
  }

  /// - Throws: ``UsageError`` for a run without a result; ``UnreadableDocument``, ``RecordContradiction``, what the store
  ///   throws for the run itself. What else cannot be read keeps nobody from being told.
  func read(_ run: RunID) async throws -> Read {
    guard let result = try await StoredRun(store: store, run: run).recorded() else {
      throw UsageError(
        "there is no \(location.name(RunKeys(run).result.text)): a run is recorded at its end, or by coordinator stop"
      )
    }
    let record = try HistoryRecord(result)
    var records: [HistoryRecord] = []
    var historyProblem: String?
    do { records = try await History(store: store, wait: { _ in }).records() } catch {
      if error is CancellationError { throw error }
      historyProblem = "what went on before is not known: \(error)"
    }
    // An append that failed does not keep people from being told.
    if !records.contains(where: { $0.run == run }) { records.append(record) }
    let past = AlertPast(record, records, rules: result.plan.trend ?? TrendRules())
    let (stored, problems) = try await results([past.reference?.run, past.lastGreen?.run])
    var facts = try facts(result, past, stored)
    facts.historyProblem = historyProblem
    facts.told = await told(past.runsBefore)
    return Read(facts: facts, problems: [historyProblem].compactMap(\.self) + problems)
  }

  private func results(_ runs: [RunID?]) async throws -> ([RunID: ResultDocument], problems: [String]) {
    var stored: [RunID: ResultDocument] = [:]
    var problems: [String] = []
    for run in Set(runs.compactMap(\.self)) {
      do { stored[run] = try await StoredRun(store: store, run: run).recorded() } catch {
        if error is CancellationError { throw error }
        problems.append("the alert says less of run \(run): \(error)")
      }
    }
    return (stored, problems)
  }

  /// What people have heard last of these runs, an alarm or an OK, by the delivery's name. What cannot be read says nothing.
  /// - Parameter runs: the newest first.
  private func told(_ runs: [RunID]) async -> [String: Notice.Kind] {
    let read = await inParallel(runs.indices) { index in
      try? await store.getDocument(AlertRecord.self, at: RunKeys(runs[index]).alerts)
    }
    var told: [String: Notice.Kind] = [:]
    for index in runs.indices {
      for (name, delivery) in (read[index] ?? nil)?.deliveries ?? [:] where delivery.problem == nil {
        guard told[name] == nil, let kind = delivery.notice.flatMap(Notice.Kind.init), kind != .mail else {
          continue
        }
        told[name] = kind
      }
    }
    return told
  }

  private func facts(
    _ result: ResultDocument, _ past: AlertPast, _ stored: [RunID: ResultDocument]
  ) throws -> AlertFacts {
    var night = past.night
    night.details = try NightDetails(result)
    let reference = past.reference.map { record in
      // One that contradicts itself costs no more than its details.
      PageNight(
        record: record, range: nil, details: stored[record.run].flatMap { try? NightDetails($0) })
    }
    return AlertFacts(
      result: result, night: night, situation: past.situation, reference: reference,
      lastGreen: past.lastGreen, lastGreenRelease: past.lastGreenRelease,
      thresholds: AlertThreshold.all(
        result, lastGreen: past.lastGreen.flatMap { stored[$0.run] }, usual: past.usual),
      step: past.step, release: past.release,
      moves: reference?.details == nil ? [] : moved(night, since: reference), links: links(past),
      supersededBy: past.supersededBy, newerOfCommit: past.newerOfCommit)
  }

  private func links(_ past: AlertPast) -> AlertLinks {
    let record = past.night.record
    let workflowRun = PageText.webAddress(record.workflowRunURL)
    return AlertLinks(
      // A run of another branch has no place on the page.
      night: past.situation == nil ? nil : page.map { "\($0)#n-\(record.night)" }, workflowRun: workflowRun,
      artifacts: PageText.webAddress(record.artifactsURL), dashboard: settings.dashboard,
      runbook: settings.runbook,
      // Where a bucket is called what, is nobody's business where people can follow a link.
      result: workflowRun == nil ? location.name(RunKeys(record.run).result.text) : nil)
  }
}
