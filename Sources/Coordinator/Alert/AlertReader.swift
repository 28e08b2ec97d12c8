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
  ///   throws.
  func read(_ run: RunID) async throws -> Read {
    guard let result = try await StoredRun(store: store, run: run).recorded() else {
      throw UsageError(
        "there is no \(location.name(RunKeys(run).result.text)): a run is recorded at its end, or by coordinator stop"
      )
    }
    let record = try HistoryRecord(result)
    var problems: [String] = []
    var records: [HistoryRecord] = []
    do { records = try await History(store: store, wait: { _ in }).records() } catch let error as HistoryError
    {
      problems.append("the alert says nothing of the nights before: \(error)")
    }
    // An append that failed does not keep people from being told.
    if !records.contains(where: { $0.run == run }) { records.append(record) }
    let past = AlertPast(record, records, rules: result.plan.trend ?? TrendRules())
    var stored: [RunID: ResultDocument] = [:]
    for other in Set([past.reference?.run, past.lastGreen?.run].compactMap(\.self)) {
      do { stored[other] = try await StoredRun(store: store, run: other).recorded() } catch {
        guard error is UnreadableDocument else { throw error }
        problems.append("the alert says less of run \(other): \(error)")
      }
    }
    return Read(facts: try facts(result, past, stored), problems: problems)
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
      moves: reference?.details == nil ? [] : moved(night, since: reference), links: links(past.night.record),
      supersededBy: past.supersededBy)
  }

  private func links(_ record: HistoryRecord) -> AlertLinks {
    AlertLinks(
      night: page.map { "\($0)#n-\(record.night)" }, workflowRun: PageText.webAddress(record.workflowRunURL),
      artifacts: PageText.webAddress(record.artifactsURL), dashboard: settings.dashboard,
      runbook: settings.runbook, result: location.name(RunKeys(record.run).result.text))
  }
}

/// A run among those before it.
struct AlertPast: Sendable {
  let night: PageNight
  let situation: Situation?
  let step: PageStep?
  let reference: HistoryRecord?
  let lastGreen: HistoryRecord?
  let lastGreenRelease: HistoryRecord?
  let usual: AlertThreshold.Usual
  let release: String?
  let supersededBy: RunID?

  /// - Parameter records: the history, the run included.
  init(_ record: HistoryRecord, _ records: [HistoryRecord], rules: TrendRules) {
    let branch = rules.branch ?? record.ref
    let known = records.filter { $0.startedAt <= record.startedAt }
    let situation = Situation(of: record.run, in: records, suite: record.suite, branch: branch)
    let nights = Nights(known, suite: record.suite, branch: branch)
    let history = PageHistory(nights, rules.sensitivity)
    let own = history.nights.last { $0.record.run == record.run }
    let step = situation == nil ? nil : history.steps.last { $0.isOpen }
    let trend = nights.trend(of: record.profile, rules.sensitivity)
    let range = trend.range(at: trend.nights.count - 1)
    night = own ?? PageNight(record: record, range: range)
    (self.situation, self.step) = (situation, step)
    let earlier = Nights(
      known.filter { $0.run != record.run }, suite: record.suite, branch: branch)
    lastGreen = earlier.lastGreen
    lastGreenRelease = known.filter {
      $0.suite == record.suite && $0.run != record.run && $0.verdict == .pass && $0.release?.isEmpty == false
    }.max { $0.startedAt < $1.startedAt }
    let failing = situation?.failing ?? situation?.recovered
    let candidates = [step?.before, failing?.lastPass, earlier.lastGreen].compactMap(\.self)
    // The figures of two tests compare with nothing.
    reference = candidates.first { $0.isComplete && (record.profile == nil || $0.profile == record.profile) }
    usual = AlertThreshold.Usual(trend, range)
    release = history.nights.release(newWith: (step?.onset ?? failing?.first)?.run)
    supersededBy =
      records.filter {
        $0.suite == record.suite && $0.ref == record.ref && $0.startedAt > record.startedAt
      }.max { $0.startedAt < $1.startedAt }?.run
  }
}

extension AlertThreshold.Usual {
  /// Of the nights that say what is usual for the newest.
  fileprivate init(_ trend: Trend, _ range: UsualRange?) {
    guard let range else { return }
    let nights = trend.nights.dropLast(UsualRange.held).suffix(range.nights)
    p95 = range.usual
    let errors = nights.compactMap(\.errorRate)
    let rates = nights.compactMap(\.requestRate)
    errorRate = errors.isEmpty ? nil : median(errors)
    requestRate = rates.isEmpty ? nil : median(rates)
  }
}
