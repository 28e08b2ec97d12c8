import Shared

/// Makes the published files of a suite from its history and its stored runs, and from nothing else.
struct SiteBuilder: Sendable {
  /// One that bears what may pass.
  let store: any ObjectStore
  let renderer: PageRenderer
  let options: SiteOptions
  let now: @Sendable () -> UTCInstant

  /// Runs whose plan is looked for.
  private static let plansLookedBack = 10

  struct Built: Sendable {
    let site: Site
    /// A sentence for each stored run that could not be read: its night has only what the history says; and for each
    /// that is left out.
    let problems: [String]
  }

  /// - Throws: ``HistoryError`` for a history that cannot be read; what the store throws.
  func build() async throws -> Built {
    let history = try await store.get(historyKey)?.bytes ?? []
    let (records, future) = presentRecords(try HistoryTable(history).records)
    var results = StoredNights(store: store)
    var facts = try await facts(records, &results)
    let dates = try await datesOfPages(facts)
    try await results.read(Self.nightsToRead(facts, dates))
    facts.nights = facts.nights.map { night in
      var night = night
      night.details = results.details[night.record.run]
      return night
    }
    facts.limits =
      facts.nights.reversed().compactMap(\.details?.limits).first { $0 != PageLimits() } ?? PageLimits()
    var files = dates.compactMap { date in
      renderer.night(facts, date).map { Site.File("night/\(date)/index.html", $0) }
    }
    files += [
      Site.File("history.csv", history.isEmpty ? HistoryTable.empty.bytes : history),
      Site.File("latest.json", try encoded(LatestNight(facts))),
      Site.File("badge.json", try encoded(Badge(facts).endpoint)), Site.File("badge.svg", Badge(facts).svg),
      Site.File("feed.xml", VerdictFeed(facts, url: options.url).text),
      Site.File("index.html", renderer.index(facts)),
    ]
    return Built(site: Site(files: files), problems: future + results.problems)
  }

  /// One run of a machine with a wrong clock would make all others too old to be kept.
  private func presentRecords(_ records: [HistoryRecord]) -> (records: [HistoryRecord], problems: [String]) {
    let latest = now().advanced(bySeconds: 86_400)
    let future = records.filter { $0.startedAt > latest }
    return (
      records.filter { $0.startedAt <= latest },
      future.map {
        "the page leaves out run \($0.run), which the history dates \($0.startedAt), more than a day ahead of this machine's clock: set the clock that is wrong, and mend the line in \(historyKey)"
      }
    )
  }

  private func facts(_ records: [HistoryRecord], _ results: inout StoredNights) async throws -> PageFacts {
    let newest = records.max { $0.startedAt < $1.startedAt }
    let suite = options.suite ?? newest?.suite ?? "default"
    let rules = try await rules(records.filter { $0.suite == suite }, &results)
    let history = PageHistory(
      Nights(records, suite: suite, branch: rules.branch), rules.sensitivity)
    let issue = history.nights.last?.record.issue
    return PageFacts(
      suite: suite, nights: history.nights, steps: history.steps, limits: PageLimits(),
      issueURL: issue.flatMap { number in
        history.nights.last?.record.repositoryURL.map { "\($0)/issues/\(number)" }
      }, issueNumber: issue, notice: options.notice, firstRun: options.firstRun, builtAt: now(),
      isStaleable: options.isStaleable)
  }

  /// What is not said otherwise is as the newest run was planned of which that is still known.
  private func rules(_ records: [HistoryRecord], _ results: inout StoredNights) async throws -> TrendRules {
    var rules = options.rules
    guard rules.branch == nil || rules.sensitivityName == nil else { return rules }
    for record in records.sorted(by: { $0.startedAt > $1.startedAt }).prefix(Self.plansLookedBack) {
      guard let planned = try await results.result(of: record.run)?.plan.trend else { continue }
      rules.branch = rules.branch ?? planned.branch
      rules.sensitivityName = rules.sensitivityName ?? planned.sensitivityName
      break
    }
    return rules
  }

  /// Nights whose page is made: the newest two, those that have none yet and the ones before, which now lead to them, and
  /// all that may have changed since the store's page was drawn last.
  private func datesOfPages(_ facts: PageFacts) async throws -> [UTCDate] {
    guard let newest = facts.nights.last?.date else { return [] }
    let kept = facts.nights.map(\.date).filter { newest.days(since: $0) < keptNightPages }
    if options.isWhole { return kept }
    let known = Set(try await store.list("report/night/").map(\.text))
    let isKnown = kept.map { known.contains("report/night/\($0)/index.html") }
    let missing = kept.indices.filter { !isKnown[$0] }
    var drawn = Set(kept.indices.suffix(2)).union(missing.suffix(options.newPageLimit ?? missing.count))
    drawn.formUnion(drawn.filter { !isKnown[$0] }.map { $0 - 1 }.filter { $0 >= 0 && isKnown[$0] })
    if let published = try await publishedNight() {
      let first = kept.lastIndex { $0 < published } ?? 0
      drawn.formUnion(kept.indices[first...].filter { isKnown[$0] })
    }
    return drawn.sorted().map { kept[$0] }
  }

  /// The newest night of the page as it lies in the store; `nil` when that does not say.
  private func publishedNight() async throws -> UTCDate? {
    struct Latest: Decodable { let date: String? }
    guard let bytes = try await store.get(try StoredSite.key("latest.json"))?.bytes else { return nil }
    // A damaged one is replaced by this publication.
    let latest = try? decoded(Latest.self, from: bytes, name: "latest.json")
    return latest?.date.flatMap { SitePath.night("night/\($0)/") }
  }

  /// A page shows its night, the one that it is compared with, and endpoints over the thirty days up to it.
  private static func nightsToRead(_ facts: PageFacts, _ dates: [UTCDate]) -> [RunID] {
    let shown = Set(dates + [facts.nights.last?.date].compactMap(\.self))
    let references = shown.compactMap { facts.upTo($0).reference?.date }
    let windows = shown.flatMap { date in (0..<30).map { date.advanced(byDays: -$0) } }
    let wanted = shown.union(references).union(windows)
    return facts.nights.filter { wanted.contains($0.date) }.map(\.record.run)
  }
}

/// What was read of the stored runs.
private struct StoredNights {
  let store: any ObjectStore
  private(set) var details: [RunID: NightDetails] = [:]
  private(set) var problems: [String] = []
  private var known: [RunID: ResultDocument] = [:]

  init(store: any ObjectStore) { self.store = store }

  /// - Returns: `nil` when it is not there any more, or cannot be read.
  mutating func result(of run: RunID) async throws -> ResultDocument? {
    do {
      let result = try await StoredRun(store: store, run: run).recorded()
      known[run] = result
      return result
    } catch let error as UnreadableDocument {
      note(run, error)
      return nil
    }
  }

  private mutating func note(_ run: RunID, _ error: any Error) {
    let problem = "the page has no details of run \(run): \(error)"
    if !problems.contains(problem) { problems.append(problem) }
  }

  mutating func read(_ runs: [RunID]) async throws {
    let (store, known) = (store, known)
    let read = await inParallel(runs.indices) { index in
      await Result {
        let run = runs[index]
        let result =
          if let result = known[run] { result } else {
            try await StoredRun(store: store, run: run).recorded()
          }
        return try result.map { try NightDetails($0) }
      }
    }
    for (index, answer) in read.sorted(by: { $0.key < $1.key }) {
      do { details[runs[index]] = try answer.get() } catch {
        guard error is UnreadableDocument || error is RecordContradiction else { throw error }
        note(runs[index], error)
      }
    }
  }
}
