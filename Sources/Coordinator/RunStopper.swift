import Shared

/// Stops a run from outside.
struct RunStopper: Sendable {
  let store: any ObjectStore
  let run: RunID
  let host: CoordinatorHost
  let say: @Sendable (String) -> Void

  /// - Parameter wait: seconds for the shards to hand in.
  /// - Returns: the exit code.
  func stop(reason: String?, wait: Double) async throws -> Int32 {
    let keys = RunKeys(run)
    guard let plan = try await store.getDocument(RunPlan.self, at: keys.plan) else {
      throw UsageError("there is no run in this folder: expected \(keys.plan)")
    }
    let names = Set(try await store.list("\(run)/"))
    let isHandedIn = (0..<plan.shardCount).allSatisfy { names.contains(keys.summary($0)) }
    if isHandedIn || names.contains(keys.result) {
      say("run \(run) is over: there is nothing to stop\n")
      return 0
    }
    guard plan.deadManSeconds != nil else {
      throw UsageError(
        "run \(run) was started by hand, without a coordinator: its agents do not look for this word, so end them with SIGTERM"
      )
    }
    let signal = StopSignal(
      nonce: plan.nonce, cause: .command,
      reason: "the run was stopped by command" + (reason.map { " (\($0))" } ?? ""), at: host.now())
    let isFirst = try await store.putDocument(signal, at: keys.stop, if: .absent) != .conditionFailed
    say(isFirst ? "run \(run) is told to stop\n" : "run \(run) had been told to stop before\n")
    let deadline = host.now().advanced(bySeconds: wait)
    while true {
      try await tellTeardown(plan)
      let out = try await shardsOut(plan)
      guard !out.isEmpty else {
        say("all its shards have handed in\n")
        return 0
      }
      guard host.now() < deadline else {
        say("\(shardList(out)) not handed in within \(Int(wait)) s\n")
        return 2
      }
      try await host.sleep(.milliseconds(500))
    }
  }

  /// The coordinator says it; where it is gone, nobody else does.
  private func tellTeardown(_ plan: RunPlan) async throws {
    let keys = RunKeys(run)
    let names = Set(try await store.list("\(run)/"))
    let areOver = (1..<max(1, plan.shardCount)).allSatisfy {
      !names.contains(keys.ready($0)) || names.contains(keys.ended($0)) || names.contains(keys.summary($0))
    }
    guard plan.setup == .once, areOver, !names.contains(keys.teardown) else { return }
    try await store.putDocument(TeardownSignal(nonce: plan.nonce), at: keys.teardown)
  }

  /// Those that had announced themselves and have not handed in.
  private func shardsOut(_ plan: RunPlan) async throws -> [Int] {
    let keys = RunKeys(run)
    let names = Set(try await store.list("\(run)/"))
    return (0..<plan.shardCount).filter {
      names.contains(keys.ready($0)) && !names.contains(keys.summary($0))
    }
  }
}

/// `shard 3 has`, `shards 1, 2 have`
func shardList(_ shards: [Int]) -> String {
  let list = shards.map(String.init).joined(separator: ", ")
  return shards.count == 1 ? "shard \(list) has" : "shards \(list) have"
}
