import Logging
import Shared
import Synchronization

/// Watches for the coordinator's word to stop, and for its silence: a shard without a coordinator would load the target
/// for nobody (dead-man switch).
final class CoordinatorWatch: Sendable {
  private let context: ShardContext
  private let stop: StopRequest
  private let state = Mutex(State())

  private struct State {
    var counter: Int?
    /// On the host's own clock, in seconds.
    var seenAt: Double?
    var isLost = false
    var isStoreTold = false
  }

  init(_ context: ShardContext, stop: StopRequest) { (self.context, self.stop) = (context, stop) }

  /// It has given no sign for as long as the plan allows.
  var isCoordinatorLost: Bool { state.withLock(\.isLost) }

  /// Until it is cancelled.
  func run() async {
    guard context.hasCoordinator else { return }
    while !Task.isCancelled {
      await look()
      try? await context.host.sleep(.seconds(1))
    }
  }

  func look() async {
    let (store, keys, nonce) = (context.store, context.keys, context.shard.nonce)
    do {
      if let signal = try await store.getDocument(StopSignal.self, at: keys.stop), signal.nonce == nonce {
        stop.request(signal.cause, signal.reason)
      }
      let alive = try await store.getDocument(AliveSignal.self, at: keys.alive)
      note(alive?.nonce == nonce ? alive?.counter : nil)
    } catch {
      note(nil)
      let isNews = state.withLock { state in
        defer { state.isStoreTold = true }
        return !state.isStoreTold
      }
      if isNews {
        context.logger.warning("the coordinator's signs cannot be read", metadata: ["reason": "\(error)"])
      }
    }
  }

  /// - Parameter counter: `nil` when no sign could be read.
  private func note(_ counter: Int?) {
    guard let patience = context.plan.deadManSeconds else { return }
    let now = context.host.uptime()
    let isLost = state.withLock { state in
      if state.seenAt == nil || counter != nil && counter != state.counter {
        (state.counter, state.seenAt, state.isLost) = (counter, now, false)
      }
      state.isLost = now - (state.seenAt ?? now) > patience
      return state.isLost
    }
    if isLost {
      stop.request(
        .lostCoordinator,
        "there was no sign of the coordinator for \(Int(patience)) s (\(context.keys.alive))")
    }
  }
}
