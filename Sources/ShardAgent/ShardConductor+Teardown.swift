import Logging
import Shared
import Synchronization

/// The end of shard 0, when it runs teardown() for the grid.
extension ShardConductor {
  /// From here on a stop leaves k6 there: what setup() made is torn down before k6 goes.
  func keepForTeardown() {
    state.withLock { $0.hasSetUp = true }
    stop.stopGently { [k6, stop, logger = context.logger] in
      Task {
        do { try await k6.stopLoad() } catch {
          if let status = try? await k6.status(), status.phase.isLoadOver { return }
          logger.warning("k6's load could not be stopped by itself", metadata: ["reason": "\(error)"])
          stop.letGo()
        }
      }
    }
  }

  /// Runs teardown() when all other shards' loads are over, and lets the lingering k6 go.
  func tearDown() async {
    guard course.hasSetUp else { return }
    let problem: String?
    do {
      if !context.script.teardown.isOff {
        try await waitForOthers()
        try await k6.runTeardown(timeout: context.script.teardown.timeout)
        context.logger.info("teardown() was run for all shards")
      }
      problem = nil
    } catch is CancellationError {
      return  // k6 is gone
    } catch {
      problem = "\(error)"
      context.logger.warning("teardown() did not end well", metadata: ["reason": "\(error)"])
    }
    state.withLock { $0.teardownProblem = problem }
    // It is a secret, and the coordinator deletes it: one that is gone may not have.
    if watch.isCoordinatorLost { try? await context.store.delete(context.keys.setup) }
    stop.letGo()
  }

  /// The coordinator says when. Without it, teardown() runs when it is known to be lost, or, for a shard that was itself
  /// told to go, after 20 s: it has little time left.
  private func waitForOthers() async throws {
    var signalledAt: UTCInstant?
    while true {
      let word = try? await context.store.getDocument(TeardownSignal.self, at: context.keys.teardown)
      if word?.nonce == context.shard.nonce || watch.isCoordinatorLost { return }
      if stop.reason?.cause == .signal {
        let since = signalledAt ?? host.now()
        signalledAt = since
        if host.now().seconds(since: since) > 20 { return }
      }
      try await host.sleep(.milliseconds(200))
    }
  }
}
