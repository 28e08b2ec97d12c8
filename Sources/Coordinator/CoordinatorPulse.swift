import Shared

/// The sign of life by which the shards know that somebody waits for them: `alive.json`, counted up.
struct CoordinatorPulse: Sendable {
  let plan: RunPlan
  let store: any ObjectStore
  let host: CoordinatorHost

  /// Until it is cancelled. One that cannot be written is tried again the next time.
  func beat() async {
    guard let deadMan = plan.deadManSeconds else { return }
    for counter in 1... where !Task.isCancelled {
      let signal = AliveSignal(nonce: plan.nonce, counter: counter)
      _ = try? await store.putDocument(signal, at: RunKeys(plan.run).alive)
      do { try await host.sleep(.seconds(AliveSignal.interval(deadMan: deadMan))) } catch { return }
    }
  }
}
