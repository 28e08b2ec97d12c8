import Shared

extension ECSLauncher {
  /// One that is not urgent goes on in the background: whoever looks after a run does not wait for the network.
  func refresh(isUrgent: Bool) async {
    if isUrgent {
      if let describing { await outcome(of: describing) }
      await look()
    } else if describing == nil,
      describedAt.map({ host.now().seconds(since: $0) >= timings.describe }) ?? true
    {
      _ = startLook()
    }
  }

  /// - Returns: what went wrong.
  @discardableResult func look() async -> (any Error)? { await outcome(of: startLook()) ?? nil }

  private func startLook() -> Task<(any Error)?, Never> {
    describedAt = host.now()
    let look = Task { await describe() }
    describing = look
    return look
  }

  private func describe() async -> (any Error)? {
    defer { describing = nil }
    stopAgain()
    let watched = shards.values.compactMap { $0.launchedAt == nil ? nil : $0.arn }.sorted()
    var problem: (any Error)?
    await withTaskGroup(of: ([String], Result<ECSTasks, any Error>).self) { group in
      for first in stride(from: 0, to: watched.count, by: ECSDescribeTasks.most) {
        let arns = Array(watched[first..<min(first + ECSDescribeTasks.most, watched.count)])
        group.addTask { (arns, await self.described(arns)) }
      }
      for await (arns, answer) in group {
        switch answer {
        case .success(let tasks): learn(tasks, of: arns)
        case .failure(let error): problem = error
        }
      }
    }
    if !watched.isEmpty { heard(problem) }
    return problem
  }

  func described(_ arns: [String]) async -> Result<ECSTasks, any Error> {
    await pauseForRead()
    let (api, request) = (api, ECSDescribeTasks(cluster: tasks.options.cluster, tasks: arns))
    do {
      let answer = try await answered(within: timings.describeAnswer, host) {
        try await api.describeTasks(request)
      }
      remember(answer)
      return .success(answer)
    } catch { return .failure(error) }
  }

  private func learn(_ answer: ECSTasks, of arns: [String]) {
    let known = Dictionary(
      (answer.tasks ?? []).compactMap { task in task.taskArn.map { ($0, task) } },
      uniquingKeysWith: { first, _ in first })
    let missing = Set((answer.failures ?? []).filter { $0.reason == "MISSING" }.compactMap(\.arn))
    for (index, shard) in shards {
      guard case .launched(let arn, let launchedAt) = shard.phase, arns.contains(arn) else { continue }
      if let task = known[arn] {
        shards[index]?.missingSince = nil
        shards[index]?.wasShown = true
        let fate = ECSTaskFate(task, container: tasks.options.container)
        guard let sentence = fate.shardFate(stopReason: shard.stopReason) else { continue }
        shards[index]?.phase = .over(sentence)
        shards[index]?.isGone = true
        shards[index]?.wasReclaimed = fate.isReclaimed
      } else if missing.contains(arn) {
        // One answer may come from where the task is not yet, or no more, known. One that does not name it is none.
        let since = shard.missingSince ?? host.now()
        shards[index]?.missingSince = since
        guard host.now().seconds(since: since) >= timings.lost,
          shard.wasShown || host.now().seconds(since: launchedAt) >= timings.visible
        else { continue }
        shards[index]?.phase = .over(
          ShardFate("its task \(ecsTaskID(arn)) is no longer known to ECS", mayRelaunch: true))
      }
    }
  }

  /// An answer that did not come is no news of the tasks. When none comes for long, somebody should know.
  private func heard(_ problem: (any Error)?) {
    guard let problem else {
      silentSince = nil
      if forgetNote("silence") { note("ECS says again how the tasks are") }
      return
    }
    let since = silentSince ?? host.now()
    silentSince = since
    let seconds = host.now().seconds(since: since)
    guard seconds >= timings.silence || (problem as? AWSError)?.isDenied == true else { return }
    noteOnce(
      "silence",
      "ECS has not said for \(Int(seconds)) s how the tasks are, so a shard that dies goes unnoticed: \(problem)"
    )
  }
}
