import Shared

/// The run has to end now: somebody said so, a threshold did, or it could not go on.
struct RunStopped: Error, Equatable {
  let cause: StopCause
  /// One sentence.
  let reason: String

  init(_ cause: StopCause, _ reason: String) { (self.cause, self.reason) = (cause, reason) }

  /// Of a stored run; `nil` when it was not stopped.
  init?(_ signal: StopSignal?, of plan: RunPlan) {
    guard let signal, signal.nonce == plan.nonce else { return nil }
    self.init(signal.cause, signal.reason)
  }

  /// Whether the shards are given a moment to see the word in the store. Those that are not yet at their load do not
  /// look for it, and a cancelled job has no moment to give.
  var isOrderly: Bool { cause != .broken && cause != .cancelled }
}

extension GridRun {
  /// Ctrl-C, `--max-duration`, `coordinator stop`.
  /// - Throws: ``RunStopped``.
  func checkStop() async throws {
    if let cancellation = stop.cancellation { throw cancellation }
    if let limit = options.maxDuration, host.now().seconds(since: plan.createdAt) > limit {
      throw RunStopped(
        .deadline, "the run had taken \(Int(limit)) s (--max-duration), so it was stopped")
    }
    let signal = try? await store.getDocument(StopSignal.self, at: RunKeys(plan.run).stop)
    if let stopped = RunStopped(signal, of: plan) { throw stopped }
  }

  /// Tells every shard to stop, gives them time to hand in, and ends what is left.
  /// - Parameter ready: those that had got ready; teardown() may take the time that its limit allows.
  func stopAll(_ stopped: RunStopped, _ ready: [ShardReady]) async {
    let allowed = 130 + (ready.map(\.script.teardown.timeout).max() ?? 0)
    display.note(stopped.reason)
    let signal = StopSignal(nonce: plan.nonce, cause: stopped.cause, reason: stopped.reason, at: host.now())
    let word = try? await store.putDocument(signal, at: RunKeys(plan.run).stop, if: .absent)
    let began = host.now()
    var patience = 10.0
    if word == nil || !stopped.isOrderly {
      await askAll(stopped.reason)
      patience = 0
    }
    var loads = LoadEndings(run: self)
    while case let running = await runningShards(), !running.isEmpty, stop.count < 2 {
      let waited = host.now().seconds(since: began)
      if patience > 0, waited >= patience {
        await askAll(stopped.reason)
        patience = 0
      }
      if waited > allowed { break }
      await loads.look(running: running)
      try? await host.sleep(.milliseconds(100))
    }
    for index in 0..<plan.shardCount { await launcher.end(index) }
    while await !runningShards().isEmpty { try? await host.sleep(.milliseconds(20)) }
  }

  /// SIGTERM, or what the launcher has for it, to all at once.
  private func askAll(_ reason: String) async {
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<plan.shardCount { group.addTask { await launcher.stop(index, reason: reason) } }
    }
  }
}
