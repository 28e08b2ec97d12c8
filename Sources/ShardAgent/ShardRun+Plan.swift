import Shared

extension ShardRun {
  /// What is run, and how: the plan, and the script on this machine.
  func joinRun() async throws -> (plan: RunPlan, script: LocalScript) {
    guard let run = options.run, !options.startsNow else {
      let script = try await source.given()
      return (try await planByHand(script), script)
    }
    let plan = try await planOfCoordinator(run)
    try checkCount(plan)
    let script = try await source.ofRun(plan)
    try checkScript(plan, script)
    return (plan, script)
  }

  private func planOfCoordinator(_ run: RunID) async throws -> RunPlan {
    try await polling.value(within: options.patience) { problem in
      .unavailable(
        "there is no \(RunKeys(run).plan) in \(options.store) after \(Int(options.patience)) s: the coordinator writes it first; check GRID_RUN and GRID_STORE\(problem)"
      )
    } _: {
      try await store.getDocument(RunPlan.self, at: RunKeys(run).plan)
    }
  }

  /// Written like a coordinator's, so that `coordinator gate` reads the run, and a store that takes nothing is found
  /// out before the load. Of several shards by hand the first one's stands.
  private func planByHand(_ script: LocalScript) async throws -> RunPlan {
    let stamp = host.now().description.prefix(19).filter { $0 != "-" && $0 != ":" }
    let own = RunPlan(
      run: options.run ?? RunID("hand-\(stamp)Z-\(host.randomText().prefix(6))")!, nonce: host.randomText(),
      suite: options.suite, shardCount: options.count ?? 1,
      script: options.script?.description ?? script.path,
      scriptDigest: script.digest, createdAt: host.now(), thresholdTags: [])
    let plan: RunPlan
    do {
      plan = try await patientStore.agreed(own, at: RunKeys(own.run).plan)
    } catch let failure as ShardFailure { throw failure } catch {
      throw ShardFailure.unavailable("\(error)")
    }
    try checkCount(plan)
    try checkScript(plan, script)
    return plan
  }

  /// Tags that somebody looks at; `nil` when the plan does not say which its thresholds select by.
  func askedTags(_ plan: RunPlan, _ script: ScriptPlan) -> Set<String>? {
    plan.thresholdTags.map { tags in
      Set(tags).union(script.thresholds.selectedTags).union(options.reportTags)
    }
  }

  private func checkCount(_ plan: RunPlan) throws {
    if let count = options.count, plan.shardCount != count {
      throw ShardFailure.unavailable(
        "the run \(plan.run) has \(plan.shardCount) shards, and this one was told \(count) (K6_SHARD_COUNT)")
    }
    if let index = options.index, index >= plan.shardCount {
      throw ShardFailure.unavailable(
        "the run \(plan.run) has \(plan.shardCount) shards, and this one was told that it is number \(index), counted from 0 (K6_SHARD_INDEX)"
      )
    }
  }

  private func checkScript(_ plan: RunPlan, _ script: LocalScript) throws {
    if let planned = plan.scriptDigest, planned != script.digest {
      throw ShardFailure.unavailable(
        "the script \(script.path) is not the one that run \(plan.run) was planned with (SHA-256 \(planned.prefix(12)), here \(script.digest.prefix(12)))"
      )
    }
  }
}

extension ObjectStore {
  /// Of several that each would write this, the first one's stands.
  func agreed<Document: Codable>(_ own: Document, at key: ObjectKey) async throws -> Document {
    if case .stored = try await putDocument(own, at: key, if: .absent) { return own }
    guard let first = try await getDocument(Document.self, at: key) else {
      throw ShardFailure.unavailable("\(key) was there and is gone")
    }
    return first
  }
}
