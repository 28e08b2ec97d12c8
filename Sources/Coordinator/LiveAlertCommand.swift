import Shared

/// What `coordinator alert` was asked.
struct AlertCommandOptions: Sendable {
  var argument: String?
  var store: String?
  var run: String?
  var config: String?
  var only: [String] = []
  var isAgain = false
  var isDryRun = false

  /// - Throws: ``UsageError``.
  func check(_ file: GridConfiguration) throws {
    guard file.alert.isActive else {
      throw UsageError(
        "there is nobody to tell: expected 'alert:' with issue, status, comment, sns, pagerduty or metrics in the configuration (--config)"
      )
    }
    guard file.suite != nil else { throw UsageError(AlertSettings.needsSuite) }
    let unknown = Set(only).subtracting(AlertDelivery.groups)
    guard unknown.isEmpty else {
      throw UsageError(
        "--only is '\(unknown.sorted().joined(separator: ", "))': expected \(AlertDelivery.groups.joined(separator: ", "))"
      )
    }
  }
}

func liveAlert(_ options: AlertCommandOptions) async throws -> Int32 {
  let host = CoordinatorHost.live()
  let file = try readConfiguration(options.config)
  try options.check(file)
  let reference = try RunReference(
    argument: options.argument, store: options.store ?? file.store, run: options.run, absolute: absolutePath)
  guard let reference else { throw UsageError("no run was given: \(RunReference.expected)") }
  let run = try await newestRun(reference, options, host)
  let alerts = LiveAlerts(
    settings: file.alert, page: file.report.url, location: reference.location,
    store: RetryingStore(
      try liveStore(reference.location, environment: host.environment),
      host.retryWindow { writeError("coordinator: \($0)\n") }), host: host,
    show: options.isDryRun ? writeOutput : nil)
  let told = await alerts.tell(
    run, isAgain: options.isAgain || options.isDryRun, groups: Set(options.only))
  told.write(isDryRun: options.isDryRun)
  if told.done.isEmpty, told.problems.isEmpty {
    writeOutput("everything of run \(run) was told before; --again does it once more\n")
  }
  return told.problems.isEmpty ? 0 : 2
}

/// The one that was named, else the newest of those that are nights.
private func newestRun(_ reference: RunReference, _ options: AlertCommandOptions, _ host: CoordinatorHost)
  async throws -> RunID
{
  if let run = reference.run { return run }
  let named = NamedStore(store: options.store, config: options.config)
  guard let newest = try await LiveHistory(named, host: host).nights.newest else {
    throw UsageError("no run of \(reference.location) is in its history: \(RunReference.expected)")
  }
  return newest.run
}
