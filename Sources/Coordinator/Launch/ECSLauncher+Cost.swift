import Shared

extension ECSLauncher {
  func remember(_ answer: ECSTasks) {
    for task in answer.tasks ?? [] {
      if let arn = task.taskArn { seen[arn] = task.adding(usesOf: seen[arn]) }
    }
  }

  /// Asks once more for the end of tasks of which it is not known, unless ECS is silent anyway.
  func cost(isHurried: Bool) async -> RunCost? {
    let open = seen.values.filter { $0.stoppedAt?.value == nil }.compactMap(\.taskArn).sorted()
    if !isHurried, silentSince == nil {
      for first in stride(from: 0, to: open.count, by: ECSDescribeTasks.most) {
        let arns = Array(open[first..<min(first + ECSDescribeTasks.most, open.count)])
        guard case .success = await described(arns) else { break }
      }
    }
    if seen.isEmpty { return nil }
    let now = Double(host.now().nanoseconds) / 1e9
    return RunCost(seen.values.map { FargateUse($0, now: now) }, prices: tasks.options.prices)
  }
}
