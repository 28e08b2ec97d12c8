import Shared

extension ECSLauncher {
  /// Looks for tasks of this run that the launcher does not know, because an answer had not come, and stops those that
  /// nobody wants.
  func sweep() async {
    if let sweeping {
      await outcome(of: sweeping)
      return
    }
    let sweep = Task {
      await lookForUnknown()
      sweeping = nil
    }
    sweeping = sweep
    await outcome(of: sweep)
  }

  private func lookForUnknown() async {
    guard let unknown = await unknownTasks() else { return }
    await withTaskGroup(of: Void.self) { group in
      for (arn, task) in unknown { group.addTask { await self.judge(arn, task) } }
    }
  }

  private func judge(_ arn: String, _ task: ECSTask?) async {
    guard let index = task?.overrides?.value("K6_SHARD_INDEX").flatMap(Int.init), let shard = shards[index]
    else {
      // Whose it is could not be found out.
      if shards.values.allSatisfy({ $0.isOver || $0.stopReason != nil }) {
        _ = await stopTask(arn, reason: "nobody waits for it", tries: 2)
      }
      return
    }
    guard let reason = shard.stopReason ?? (shard.isOver ? "its shard is over" : nil) else { return }
    if shard.phase == .asking {
      shards[index]?.arn = arn
      shards[index]?.phase = .launched(arn, at: host.now())
    }
    _ = await stopTask(arn, reason: reason, tries: 2)
  }

  /// With what ECS says of them, as far as it does.
  private func unknownTasks() async -> [(String, ECSTask?)]? {
    guard let listed = await listed() else { return nil }
    let known = Set(shards.values.compactMap(\.arn)).union(told)
    let unknown = listed.filter { !known.contains($0) }
    var tasks: [String: ECSTask] = [:]
    for first in stride(from: 0, to: unknown.count, by: ECSDescribeTasks.most) {
      let arns = Array(unknown[first..<min(first + ECSDescribeTasks.most, unknown.count)])
      guard case .success(let answer) = await described(arns) else { continue }
      for task in answer.tasks ?? [] { if let arn = task.taskArn { tasks[arn] = task } }
    }
    return unknown.map { ($0, tasks[$0]) }
  }

  /// - Returns: `nil` when ECS did not say.
  private func listed() async -> [String]? {
    await pauseForRead()
    let (api, startedBy, cluster) = (api, tasks.startedBy, tasks.options.cluster)
    do {
      return try await answered(within: timings.stopAnswer, host) {
        try await api.tasks(startedBy: startedBy, cluster: cluster)
      }
    } catch let error as AWSError where error.isDenied {
      noteOnce("list", "tasks that nobody knows of cannot be looked for: \(error)")
      return nil
    } catch { return nil }
  }

  /// The task of exactly this launch, when ECS says that there is one already.
  func taskOf(_ spec: ShardSpec) async -> String? {
    await unknownTasks()?.first { _, task in
      task?.overrides?.value("K6_SHARD_INDEX") == "\(spec.index)"
        && task?.overrides?.value("GRID_ATTEMPT") == "\(spec.attempt)"
    }?.0
  }

  /// Tasks leave by themselves when their agents have handed in; what has not after ``ECSTimings/settle`` is stopped: ECS
  /// kills what it has been told to stop.
  func settle() async -> Bool {
    let deadline = host.now().advanced(bySeconds: timings.settle)
    var left = await leftOver()
    while !left.isEmpty, host.now() < deadline, !isCancelled(), !Task.isCancelled {
      await pause(2)
      left = await leftOver()
    }
    return await withTaskGroup(of: Bool.self) { group in
      for arn in left {
        group.addTask {
          let isTold = await self.stopTask(arn, reason: "the run is over", tries: 2)
          if !isTold { self.note("task \(ecsTaskID(arn)) still runs and could not be told to stop") }
          return isTold
        }
      }
      var areAllTold = true
      for await isTold in group where !isTold { areAllTold = false }
      return areAllTold
    }
  }

  /// When ECS does not list them, those of which it has not said that they are gone.
  private func leftOver() async -> [String] {
    let left = await listed() ?? shards.values.filter { !$0.isGone }.compactMap(\.arn)
    return left.filter { !told.contains($0) }
  }
}
