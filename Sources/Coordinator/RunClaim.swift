import Shared

/// Takes a run's place: the suite, a run id, and `run.json`, which is the word to go for agents that wait.
struct RunClaim: Sendable {
  let options: RunOptions
  let shardCount: Int
  /// Sent with the run; `nil` when the shards have the script, or fetch it.
  let bundle: ScriptBundle?
  /// The SHA-256 of the script; `nil` when the coordinator has not seen it.
  let scriptDigest: String?
  let nonce: String
  /// What started GitHub's workflow.
  let event: WorkflowEvent
  let host: CoordinatorHost
  let store: any ObjectStore
  let say: @Sendable (String) -> Void

  /// - Throws: ``SuiteIsBusy``; ``UsageError`` when the run id is taken.
  func take() async throws -> (RunPlan, ActiveHold) {
    let claim = ActiveClaim(store: store, location: options.store, host: host, say: say)
    while true {
      let (own, hold) = try await claim.take(wait: options.wait) { active(try await freeRun()) }
      do {
        let plan = plan(own.run)
        try await counting(hold, own) { try await upload(plan.run) }
        if try await steadyStore.putDocument(plan, at: RunKeys(plan.run).plan, if: .absent)
          != .conditionFailed
        {
          return (plan, hold)
        }
      } catch {
        await hold.release()
        throw error
      }
      // Somebody who does not take the suite first was faster.
      await hold.release()
    }
  }

  private var steadyStore: RetryingStore { RetryingStore(store, host.retryWindow { say("\($0)\n") }) }

  private func active(_ run: RunID) -> ActiveRun {
    ActiveRun(
      run: run, nonce: nonce, suite: options.suite, counter: 1, deadManSeconds: options.deadMan,
      workflowRunURL: workflowRunURL(host.environment))
  }

  /// The one that was asked for, or the first of today that nobody has anything under: somebody's leftovers, without a
  /// plan, would be taken for this run's.
  private func freeRun() async throws -> RunID {
    if let run = options.run {
      guard try await steadyStore.list("\(run)/").isEmpty else {
        throw UsageError(
          "the run \(run) (--run) is taken: there is something under \(options.store.name(run.text))")
      }
      return run
    }
    for number in 1...10_000 {
      let run = RunID(date: host.now(), number: number)
      if try await steadyStore.list("\(run)/").isEmpty { return run }
    }
    throw UsageError("no run id is free today in \(options.store)")
  }

  private func plan(_ run: RunID) -> RunPlan {
    var plan = RunPlan(
      run: run, nonce: nonce, suite: options.suite, shardCount: shardCount,
      script: bundle?.script ?? options.scriptName, scriptDigest: scriptDigest, createdAt: host.now(),
      commit: event.commit(host.environment), ref: host.environment["GITHUB_REF_NAME"],
      workflowRunURL: workflowRunURL(host.environment), generatorLimits: options.generatorLimits,
      thresholdTags: Set(options.thresholds.flatMap(\.selector.tags.keys)).sorted())
    (plan.setup, plan.deadManSeconds, plan.files) = (options.setup, options.deadMan, bundle?.listed)
    plan.workflowAttempt = host.environment["GITHUB_RUN_ATTEMPT"].flatMap(Int.init)
    // A tag is a release.
    let tag = host.environment["GITHUB_REF_TYPE"] == "tag" ? host.environment["GITHUB_REF_NAME"] : nil
    plan.release = options.release ?? tag
    plan.trend = options.trend
    if plan.trend?.branch == nil { plan.trend?.branch = event.repository?.defaultBranch }
    plan.pullRequest = event.pullRequest?.number
    return plan
  }

  /// Before the plan is there: who reads that may fetch them.
  private func upload(_ run: RunID) async throws {
    let files = bundle?.files ?? []
    let store = steadyStore
    let outcomes = await inParallel(files.indices) { index in
      await Result {
        try await store.put(
          files[index].bytes, at: RunKeys(run).scriptFile(files[index].path), if: .always)
      }
    }
    for outcome in outcomes.values { _ = try outcome.get() }
  }

  /// Other runs see that this one lives, however long it takes.
  private func counting(
    _ hold: ActiveHold, _ active: ActiveRun, while body: () async throws -> Void
  ) async throws {
    let counting = Task {
      while true {
        try await host.sleep(.seconds(active.interval))
        _ = try? await hold.count()
      }
    }
    defer { counting.cancel() }
    try await body()
  }
}

func workflowRunURL(_ environment: [String: String]) -> String? {
  guard let server = environment["GITHUB_SERVER_URL"], let repository = environment["GITHUB_REPOSITORY"],
    let run = environment["GITHUB_RUN_ID"]
  else { return nil }
  return "\(server)/\(repository)/actions/runs/\(run)"
}
