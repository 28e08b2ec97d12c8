import Shared

/// The sign of life by which the shards know that somebody waits for them, and other runs that the suite is taken:
/// `alive.json` and `active.json`, counted up.
struct CoordinatorPulse: Sendable {
  let plan: RunPlan
  let store: any ObjectStore
  let host: CoordinatorHost
  let hold: ActiveHold

  /// Until it is cancelled. What cannot be written is tried again the next time.
  func beat() async {
    guard let deadMan = plan.deadManSeconds else { return }
    for counter in 1... where !Task.isCancelled {
      let signal = AliveSignal(nonce: plan.nonce, counter: counter)
      async let alive: PutOutcome? = try? store.putDocument(signal, at: RunKeys(plan.run).alive)
      if let other = try? await hold.count() { await giveWay(to: other) }
      _ = await alive
      do { try await host.sleep(.seconds(AliveSignal.interval(deadMan: deadMan))) } catch { return }
    }
  }

  /// Two runs at once would double the load: the one that was silent for so long ends.
  private func giveWay(to other: ActiveRun) async {
    let signal = StopSignal(
      nonce: plan.nonce, cause: .broken,
      reason: "\(other.name) has taken over, because this coordinator had given no sign for too long",
      at: host.now())
    _ = try? await store.putDocument(signal, at: RunKeys(plan.run).stop, if: .absent)
  }
}
