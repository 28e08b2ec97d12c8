import Shared

extension ShardRun {
  /// The coordinator's plan, or one of our own when there is no coordinator.
  func joinRun() async throws -> RunPlan {
    guard let run = options.run else { return try await planAlone() }
    let deadline = host.now().advanced(bySeconds: options.patience)
    while true {
      if let reason = stop.reason { throw ShardFailure.stopped(reason) }
      if let plan = try await store.getDocument(RunPlan.self, at: RunKeys(run).plan) {
        try check(plan)
        return plan
      }
      guard host.now() < deadline else {
        throw ShardFailure.unavailable(
          "there is no \(RunKeys(run).plan) in \(options.store) after \(Int(options.patience)) s: the coordinator writes it first; check GRID_RUN and GRID_STORE"
        )
      }
      try await host.sleep(.milliseconds(200))
    }
  }

  /// Written like a coordinator's, so that `coordinator gate` reads the run, and a store that takes nothing is found
  /// out before the load.
  private func planAlone() async throws -> RunPlan {
    let stamp = host.now().description.prefix(19).filter { $0 != "-" && $0 != ":" }
    let plan = RunPlan(
      run: RunID("hand-\(stamp)Z-\(host.randomText().prefix(6))")!, nonce: host.randomText(),
      suite: options.suite, shardCount: options.segment.count, script: options.script,
      scriptDigest: scriptDigest, createdAt: host.now(), thresholdTags: [])
    do { try await store.putDocument(plan, at: RunKeys(plan.run).plan, if: .absent) } catch {
      throw ShardFailure.unavailable("\(error)")
    }
    return plan
  }

  /// Tags that somebody looks at; `nil` when the plan does not say which its thresholds select by.
  func askedTags(_ plan: RunPlan, _ script: ScriptPlan) -> Set<String>? {
    plan.thresholdTags.map { tags in
      Set(tags).union(script.thresholds.selectedTags).union(options.reportTags)
    }
  }

  private func check(_ plan: RunPlan) throws {
    if plan.shardCount != options.segment.count {
      throw ShardFailure.unavailable(
        "the run \(plan.run) has \(plan.shardCount) shards, and this one was told \(options.segment.count) (K6_SHARD_COUNT)"
      )
    }
    if let planned = plan.scriptDigest, planned != scriptDigest {
      throw ShardFailure.unavailable(
        "the script \(options.script) is not the one that run \(plan.run) was planned with (SHA-256 \(planned.prefix(12)), here \(scriptDigest.prefix(12)))"
      )
    }
  }
}
