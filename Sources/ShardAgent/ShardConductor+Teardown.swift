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
    } catch K6HookError.failed(_, let detail) where detail.hasPrefix("test aborted") {
      problem = nil
      state.withLock { $0.failure = ShardFailure(sentence: "teardown(): \(detail)", exitCode: 108) }
    } catch is K6RestAPI.Closed {
      problem = "k6 was gone before teardown() had ended"
    } catch {
      problem = "\(error)"
      context.logger.warning("teardown() did not end well", metadata: ["reason": "\(error)"])
    }
    state.withLock { $0.teardownProblem = problem }
    stop.letGo()
  }

  /// Seconds for which a shard that was told to stop waits for the others: it has little time left.
  static let patienceAfterStop = 20.0

  /// The coordinator says when. Without it, teardown() runs when it is known to be lost, a while after a stop, and at once
  /// when nothing was started.
  private func waitForOthers() async throws {
    var stoppedAt: UTCInstant?
    while true {
      let word = try? await context.store.getDocument(TeardownSignal.self, at: context.keys.teardown)
      if word?.nonce == context.shard.nonce || watch.isCoordinatorLost { return }
      if let reason = stop.reason {
        if reason.cause == .broken, course.startedAt == nil { return }
        let since = stoppedAt ?? host.now()
        stoppedAt = since
        if host.now().seconds(since: since) > Self.patienceAfterStop { return }
      }
      try await host.sleep(.seconds(context.options.store.pollSeconds))
    }
  }
}
