import Shared

/// Stops a run from outside, and records it when its coordinator does not.
struct RunStopper: Sendable {
  /// One that bears what may pass.
  let store: any ObjectStore
  let location: StoreLocation
  let run: RunID
  let host: CoordinatorHost
  let say: @Sendable (String) -> Void
  /// As ``History`` waits.
  let historyWait: @Sendable (_ seconds: Double) async throws -> Void
  /// The last line: ends whatever still runs of a suite's run, within so many seconds. `nil` where nobody can.
  /// - Returns: whether nothing is left.
  let endTasks: (@Sendable (_ suite: String, RunID, _ wait: Double) async throws -> Bool)?
  /// Told when it was this one that recorded the run.
  /// - Parameter problems: what of it could not be written.
  var show: @Sendable (RunResult, _ problems: [String]) -> Void = { _, _ in }

  /// The coordinator's counter, and since when it has stood still by our own clock.
  private struct Life {
    var counter: Int?
    /// `nil` before the first look.
    var since: UTCInstant?
  }

  /// - Parameter wait: seconds for the shards to hand in.
  /// - Returns: the exit code.
  func stop(reason: String?, wait: Double) async throws -> Int32 {
    let keys = RunKeys(run)
    guard let plan = try await store.getDocument(RunPlan.self, at: keys.plan) else {
      throw UsageError("there is no run \(run) in \(location): expected \(location.name(keys.plan.text))")
    }
    if try await store.get(keys.result) != nil {
      say("run \(run) is over and recorded: there is nothing to stop\n")
      let areGone = await areTasksGone(plan, wait: wait)
      try await completeHistory()
      if areGone, try await isQuiet() { await releaseActive(store, nonce: plan.nonce) }
      return areGone ? 0 : 2
    }
    guard plan.deadManSeconds != nil else {
      throw UsageError(
        "run \(run) was started by hand, without a coordinator: its agents do not look for this word, so end them with SIGTERM"
      )
    }
    var life = Life()
    let out: [Int]
    do { out = try await stopShards(plan, reason: reason, wait: wait, &life) } catch {
      // A store that fails must not leave tasks behind.
      _ = await areTasksGone(plan, wait: wait)
      throw error
    }
    let areGone = await areTasksGone(plan, wait: wait)
    // Until then nobody may take its place.
    if try await record(plan, &life), areGone, try await isQuiet() {
      await releaseActive(store, nonce: plan.nonce)
    }
    return out.isEmpty && areGone ? 0 : 2
  }

  /// Where nobody can end its tasks, shards that have not handed in may still be at work.
  private func isQuiet() async throws -> Bool {
    if endTasks != nil { return true }
    return RunKeys(run).atWork(Set(try await store.list("\(run)/"))).isEmpty
  }

  /// - Returns: the shards that had begun and have not handed in.
  private func stopShards(_ plan: RunPlan, reason: String?, wait: Double, _ life: inout Life) async throws
    -> [Int]
  {
    let keys = RunKeys(run)
    let names = Set(try await store.list("\(run)/"))
    if (0..<plan.shardCount).allSatisfy({ names.contains(keys.summary($0)) }) { return [] }
    let signal = StopSignal(
      nonce: plan.nonce, cause: .command,
      reason: "the run was stopped by command" + (reason.map { " (\($0))" } ?? ""), at: host.now())
    let isFirst = try await store.putDocument(signal, at: keys.stop, if: .absent) != .conditionFailed
    say(isFirst ? "run \(run) is told to stop\n" : "run \(run) had been told to stop before\n")
    let deadline = host.now().advanced(bySeconds: wait)
    while true {
      let names = Set(try await store.list("\(run)/"))
      try await tellTeardown(plan, names)
      await look(plan, &life)
      let out = keys.atWork(names)
      guard !out.isEmpty else {
        say("all its shards have handed in\n")
        return []
      }
      guard host.now() < deadline else {
        say("\(shardList(out)) not handed in within \(Int(wait)) s\n")
        return out
      }
      try await host.sleep(.seconds(max(0.5, location.pollSeconds)))
    }
  }

  /// What was measured is recorded all the same.
  private func areTasksGone(_ plan: RunPlan, wait: Double) async -> Bool {
    do { return try await endTasks?(plan.suite, run, wait) ?? true } catch {
      say("whether tasks of it are left is not known: \(error)\n")
      return false
    }
  }

  /// The coordinator says it; where it is gone, nobody else does.
  private func tellTeardown(_ plan: RunPlan, _ names: Set<ObjectKey>) async throws {
    let keys = RunKeys(run)
    let areOver = (1..<max(1, plan.shardCount)).allSatisfy {
      !names.contains(keys.ready($0)) || names.contains(keys.ended($0)) || names.contains(keys.summary($0))
    }
    guard plan.setup == .once, areOver, !names.contains(keys.teardown) else { return }
    try await store.putDocument(TeardownSignal(nonce: plan.nonce), at: keys.teardown)
  }

  private func look(_ plan: RunPlan, _ life: inout Life) async {
    let alive = try? await store.getDocument(AliveSignal.self, at: RunKeys(run).alive)
    let counter = alive?.nonce == plan.nonce ? alive?.counter : nil
    guard let since = life.since else {
      // The first look shows no change.
      life = Life(counter: counter, since: host.now())
      return
    }
    guard let counter else { return }
    life = Life(counter: counter, since: counter == life.counter ? since : host.now())
  }

  /// A coordinator that still counts records its run itself. One that has not counted twice in a row is gone.
  /// - Returns: whether it is recorded.
  private func record(_ plan: RunPlan, _ life: inout Life) async throws -> Bool {
    let key = RunKeys(run).result
    let counts = 2 * AliveSignal.interval(deadMan: plan.deadManSeconds ?? 20) + 1
    let stop = try? await store.getDocument(StopSignal.self, at: RunKeys(run).stop)
    // A cancelled coordinator goes within seconds. Another one's call may hang for a while, and it lives.
    let patience = stop?.cause == .cancelled ? counts : max(30, counts)
    let deadline = host.now().advanced(bySeconds: 60)
    while try await store.get(key) == nil {
      await look(plan, &life)
      if let since = life.since, host.now().seconds(since: since) > patience { break }
      guard host.now() < deadline else {
        say("its coordinator still counts and has not recorded it within 60 s, which is left to it\n")
        return false
      }
      try await host.sleep(.seconds(max(0.5, location.pollSeconds)))
    }
    // It is a secret, and its coordinator may not have come to delete it.
    try await store.delete(RunKeys(run).setup)
    if try await store.get(key) != nil {
      say("its coordinator has recorded it\n")
      try await completeHistory()
      return true
    }
    let result = try await StoredRun(store: store, run: run).judged(flags: [], now: host.now())
    let outcome = await RunRecord(store: store, wait: historyWait).write(result)
    show(result, outcome.problems)
    for problem in outcome.problems { say("\(problem)\n") }
    if outcome.problems.isEmpty {
      say("it is recorded as \(result.decision.verdict.rawValue): \(result.decision.reasons.first ?? "")\n")
    }
    return outcome.isRecorded
  }

  /// A coordinator that was killed between the two has written `result.json` and no line. One that is there stays.
  private func completeHistory() async throws {
    guard let recorded = try await StoredRun(store: store, run: run).recorded() else { return }
    try await History(store: store, wait: historyWait).append(try HistoryRecord(recorded))
  }
}

/// `shard 3 has`, `shards 1, 2 have`
func shardList(_ shards: [Int]) -> String {
  let list = shards.map(String.init).joined(separator: ", ")
  return shards.count == 1 ? "shard \(list) has" : "shards \(list) have"
}
