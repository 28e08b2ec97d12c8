import Shared

extension ECSLauncher {
  func stop(_ index: Int, reason: String) async {
    guard let shard = shards[index], !shard.isOver else { return }
    // Who came first has the reason; whoever comes later waits for the same answer.
    let reason = shard.stopReason ?? reason
    shards[index]?.stopReason = reason
    switch shard.phase {
    case .waiting: shards[index]?.phase = .over(ShardFate("it was not launched (\(reason))"))
    case .asking: await waitForLateAnswer(index)
    case .launched(let arn, _): _ = await stopTask(arn, reason: reason, tries: 2)
    case .over: break
    }
  }

  /// ECS has no kill: it kills what has not ended within its stopTimeout. So this is over when ECS has accepted the stop.
  func end(_ index: Int) async {
    guard let shard = shards[index], !shard.isOver else { return }
    let reason = shard.stopReason ?? "the run was ended"
    shards[index]?.stopReason = reason
    if shard.phase == .asking { await sweep() }
    guard let now = shards[index], !now.isOver else { return }
    guard let arn = now.arn else {
      shards[index]?.phase = .over(ShardFate("it was ended while it was being launched (\(reason))"))
      return
    }
    let isTold = await stopTask(arn, reason: reason, tries: 1)
    if shards[index]?.isOver == false { shards[index]?.phase = .over(endedFate(arn, reason, isTold)) }
  }

  private func endedFate(_ arn: String, _ reason: String, _ isTold: Bool) -> ShardFate {
    if isTold {
      return ShardFate(
        "its task \(ecsTaskID(arn)) was told to stop (\(reason)), and was not waited for: ECS kills it after its stopTimeout"
      )
    }
    let sentence =
      "its task \(ecsTaskID(arn)) could not be told to stop, so stop it by hand: aws ecs stop-task --cluster \(tasks.options.cluster) --task \(arn)"
    note(sentence)
    return ShardFate(sentence)
  }

  /// The task is stopped as soon as the answer is there. When none comes, it is looked for.
  private func waitForLateAnswer(_ index: Int) async {
    let deadline = host.now().advanced(bySeconds: timings.lateAnswer)
    while shards[index]?.phase == .asking, host.now() < deadline, !Task.isCancelled { await pause(0.05) }
    if shards[index]?.phase == .asking { await sweep() }
    // It may just be told by whoever had the answer.
    if let shard = shards[index], let arn = shard.launchedAt == nil ? nil : shard.arn {
      _ = await stopTask(arn, reason: shard.stopReason ?? "the run was ended", tries: 2)
    }
  }

  /// What ECS has not accepted is asked again, without being waited for.
  func stopAgain() {
    for shard in shards.values {
      guard case .launched(let arn, _) = shard.phase, let reason = shard.stopReason, !told.contains(arn)
      else {
        continue
      }
      Task { await stopTask(arn, reason: reason, tries: 1) }
    }
  }

  /// Once, whoever asks for it.
  /// - Returns: whether ECS has accepted it, or the task is gone.
  func stopTask(_ arn: String, reason: String, tries: Int) async -> Bool {
    if told.contains(arn) { return true }
    let telling =
      self.telling[arn]
      ?? Task {
        let isTold = await tell(arn, reason, tries)
        self.telling[arn] = nil
        if isTold { told.insert(arn) }
        return isTold
      }
    self.telling[arn] = telling
    return await outcome(of: telling) ?? false
  }

  private func tell(_ arn: String, _ reason: String, _ tries: Int) async -> Bool {
    let (api, request) = (api, ECSStopTask(cluster: tasks.options.cluster, task: arn, reason: reason))
    for number in 1...tries {
      await pauseForChange()
      do {
        _ = try await answered(within: timings.stopAnswer, host) { try await api.stopTask(request) }
        return true
      } catch let error as AWSError where error.saysTaskIsUnknown {
        if !isFresh(arn) { return true }
      } catch let error as AWSError where error.isDenied {
        noteOnce("stop", "tasks cannot be told to stop: \(error)")
        return false
      } catch {}
      if number < tries { await pause(0.3) }
    }
    return false
  }

  /// So new that ECS may not yet know it everywhere.
  private func isFresh(_ arn: String) -> Bool {
    shards.values.contains { shard in
      shard.arn == arn && shard.launchedAt.map { host.now().seconds(since: $0) < timings.visible } ?? false
    }
  }
}
