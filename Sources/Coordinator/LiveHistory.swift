import Shared

/// Which store and suite a command means, from its flags and the configuration.
struct NamedStore: Sendable {
  var store: String?
  var config: String?
  var suite: String?
  var branch: String?
  var sensitivity: String?
}

/// A suite's history as it lies in a store.
struct LiveHistory: Sendable {
  let location: StoreLocation
  /// One that bears what may pass.
  let store: any ObjectStore
  let records: [HistoryRecord]
  /// `nil` when nothing has run yet and nothing says it.
  let suite: String?
  let rules: TrendRules

  /// - Throws: ``UsageError``, ``HistoryError``, what the store throws.
  init(_ named: NamedStore, host: CoordinatorHost) async throws {
    let file = try readConfiguration(named.config)
    location = try liveLocation(named.store ?? file.store)
    store = RetryingStore(
      try liveStore(location, environment: host.environment),
      host.retryWindow { writeError("coordinator: \($0)\n") })
    if let name = named.sensitivity, Sensitivity(rawValue: name) == nil {
      throw UsageError("--sensitivity is '\(name)': expected quiet, normal or keen")
    }
    records = try await History(store: store, wait: liveHistoryWait).records()
    suite = named.suite ?? file.suite ?? records.max { $0.startedAt < $1.startedAt }?.suite
    var rules = file.trend
    if rules.branch == nil, named.branch == nil {
      rules.branch = try await Self.plannedBranch(store, records.filter { [suite] in $0.suite == suite })
    }
    if let branch = named.branch { rules.branch = branch }
    if let name = named.sensitivity { rules.sensitivityName = name }
    self.rules = rules
  }

  /// As the newest runs were planned of which the plan is there.
  private static func plannedBranch(_ store: any ObjectStore, _ records: [HistoryRecord]) async throws
    -> String?
  {
    for record in records.sorted(by: { $0.startedAt > $1.startedAt }).prefix(10) {
      let plan = try? await store.getDocument(RunPlan.self, at: RunKeys(record.run).plan)
      if let branch = plan?.trend?.branch { return branch }
    }
    return nil
  }

  var nights: Nights { Nights(records, suite: suite ?? "", branch: rules.branch) }
}

/// A folder, or an address.
func liveLocation(_ text: String?) throws -> StoreLocation {
  let text = text ?? "out"
  let isAddress = text.hasPrefix("s3://") || text.hasPrefix("file://")
  do { return try StoreLocation(isAddress ? text : "file://\(absolutePath(text))") } catch {
    throw UsageError("\(error): expected a folder, or an address as s3://bucket/suite")
  }
}

func liveHistoryShow(_ named: NamedStore, nights: Int, json: Bool) async throws -> Int32 {
  guard nights >= 0 else { throw UsageError("--nights is \(nights): expected a number from 0") }
  let history = try await LiveHistory(named, host: .live())
  let list = NightList(history.nights, history.rules.sensitivity).newest(nights)
  if json {
    writeOutput(String(decoding: try encoded(list.entries), as: UTF8.self))
  } else if list.entries.isEmpty {
    writeOutput("no run\(history.suite.map { " of suite \($0)" } ?? "") in \(history.location) yet\n")
  } else {
    writeOutput(list.text)
  }
  return 0
}

func liveHistoryRebuild(_ named: NamedStore) async throws -> Int32 {
  let host = CoordinatorHost.live()
  let location = try liveLocation(try named.store ?? readConfiguration(named.config).store)
  let store = RetryingStore(
    try liveStore(location, environment: host.environment),
    host.retryWindow { writeError("coordinator: \($0)\n") })
  let rebuilt = try await History(store: store, wait: liveHistoryWait).rebuild()
  for problem in rebuilt.problems { writeError("coordinator: \(problem)\n") }
  writeOutput(
    "\(location.name(historyKey.text)) has \(counted(rebuilt.runs, "run")), \(rebuilt.kept) of them from lines whose result.json is gone\(rebuilt.backup.map { "; the file as it was is \($0)" } ?? "")\n"
  )
  return rebuilt.problems.isEmpty ? 0 : 2
}

func liveWatchdog(_ named: NamedStore, within text: String, json: Bool) async throws -> Int32 {
  let host = CoordinatorHost.live()
  let seconds = try RunOptions.duration(text, "--within", 60...31_536_000)
  let history = try await LiveHistory(named, host: host)
  let age = RunAge(history.nights, now: host.now())
  let sentence = age.sentence(suite: history.suite, within: seconds)
  if json {
    writeOutput(
      String(
        decoding: try encoded(RunAge.Document(age, suite: history.suite, within: seconds)), as: UTF8.self))
  }
  guard age.age > seconds else {
    if !json { writeOutput("\(sentence)\n") }
    return 0
  }
  writeError("coordinator: \(sentence)\n")
  LiveWorkflow(environment: host.environment).annotate("The load test did not run", sentence)
  return 1
}
