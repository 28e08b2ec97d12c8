import Shared
import Synchronization

/// Shards that somebody else starts: `docker compose up`, `aws ecs run-task`. It starts nothing and can end nothing: it
/// knows of them what lies in the store.
final class AttachedLauncher: ShardLauncher {
  private let store: any ObjectStore
  private let plan: RunPlan
  private let states = Mutex<[Int: LaunchState]>([:])
  /// Those that were to be ended.
  private let left = Mutex<Set<Int>>([])

  init(store: any ObjectStore, plan: RunPlan) { (self.store, self.plan) = (store, plan) }

  func launch(_ shards: [ShardSpec]) async throws {}

  func refresh(isUrgent: Bool) async {
    let keys = RunKeys(plan.run)
    // One that fails is no news.
    guard let names = (try? await store.list("\(plan.run)/")).map(Set.init) else { return }
    states.withLock { states in
      for index in 0..<plan.shardCount {
        if case .ended? = states[index] { continue }
        if names.contains(keys.summary(index)) {
          states[index] = .ended(ShardFate("it had handed in, and that is gone"))
        } else if names.contains(keys.ready(index)) {
          states[index] = .running
        }
      }
    }
  }

  /// Until it has announced itself there may be nobody to wait for.
  func state(_ index: Int) async -> LaunchState { states.withLock { $0[index] ?? .notLaunched } }

  /// `stop.json` is all that reaches it.
  func stop(_ index: Int, reason: String) async {}

  func settle() async -> Bool { left.withLock { $0.isEmpty } }

  func end(_ index: Int) async {
    states.withLock { states in
      guard states[index] == .running else { return }
      left.withLock { _ = $0.insert(index) }
      states[index] = .ended(ShardFate("it has not handed in, and only whoever started it can end it"))
    }
  }
}
