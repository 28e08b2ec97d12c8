import Logging
import Shared
import Synchronization

/// Watches for the coordinator's word to stop, and for its silence: a shard without a coordinator would load the target
/// for nobody (dead-man switch).
final class CoordinatorWatch: Sendable {
  private let context: ShardContext
  private let stop: StopRequest
  private let state: Mutex<State>

  private struct State {
    var counter: Int?
    /// On the host's own clock, in seconds.
    var seenAt: Double
    var isStoreTold = false
  }

  init(_ context: ShardContext, stop: StopRequest) {
    (self.context, self.stop) = (context, stop)
    state = Mutex(State(seenAt: context.host.uptime()))
  }

  /// It has given no sign for as long as the plan allows.
  var isCoordinatorLost: Bool {
    let seenAt = state.withLock(\.seenAt)
    return context.plan.deadManSeconds.map { context.host.uptime() - seenAt > $0 } ?? false
  }

  /// Until it is cancelled. The age is looked at by itself: a look into the store may hang for longer than a coordinator
  /// may be silent.
  func run() async {
    guard context.hasCoordinator else { return }
    async let looks: Void = everySecond { await self.look() }
    await everySecond { self.checkAge() }
    await looks
  }

  private func everySecond(_ action: @Sendable () async -> Void) async {
    while !Task.isCancelled {
      await action()
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
      if let alive, alive.nonce == nonce { note(alive.counter) }
    } catch {
      let isNews = state.withLock { state in
        defer { state.isStoreTold = true }
        return !state.isStoreTold
      }
      if isNews {
        context.logger.warning("the coordinator's signs cannot be read", metadata: ["reason": "\(error)"])
      }
    }
  }

  private func note(_ counter: Int) {
    let now = context.host.uptime()
    state.withLock { if counter != $0.counter { ($0.counter, $0.seenAt) = (counter, now) } }
  }

  func checkAge() {
    guard isCoordinatorLost, let patience = context.plan.deadManSeconds else { return }
    stop.request(
      .lostCoordinator,
      "there was no sign of the coordinator for \(Int(patience)) s (\(context.keys.alive))")
  }
}
