import Shared

extension ECSLauncher {
  /// - Returns: when every shard has had its first answer. Those for which there was no room are asked for again in the
  ///   background, until ``ECSTimings/launch``.
  func launch(_ specs: [ShardSpec]) async throws {
    guard !specs.isEmpty else { return }
    for spec in specs { try tasks.check(spec) }
    let deadline = host.now().advanced(bySeconds: timings.launch)
    let (answers, answered) = AsyncStream<String?>.makeStream()
    let before = specs.map { shards[$0.index] }
    for (spec, before) in zip(specs, before) { shards[spec.index] = ECSShard(spec, after: before) }
    Task {
      // One after the other: turns that were given out beforehand would come all at once after a machine that stood still.
      for (spec, before) in zip(specs, before) {
        await pause(launches.take(at: host.now()))
        Task { await place(spec, after: before, until: deadline) { answered.yield($0) } }
      }
    }
    if let refusal = await firstRefusal(answers, of: specs.count) { try await abandon(refusal) }
    // A coordinator that may not look after its tasks would wait for nothing.
    if !isCancelled(), let error = await look() as? AWSError, error.isDenied {
      try await abandon("the tasks were launched and cannot be watched: \(error)")
    }
  }

  /// - Returns: why no shard can be launched; `nil` when all have had an answer, or somebody wants the run to stop.
  private func firstRefusal(_ answers: AsyncStream<String?>, of count: Int) async -> String? {
    let (isCancelled, host) = (isCancelled, host)
    return await withTaskGroup(of: String?.self) { group in
      group.addTask {
        var waitedFor = count
        for await refusal in answers {
          if let refusal { return refusal }
          waitedFor -= 1
          if waitedFor == 0 { break }
        }
        return nil
      }
      group.addTask {
        while !isCancelled() {
          do { try await host.sleep(.milliseconds(100)) } catch { break }
        }
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  private func abandon(_ refusal: String) async throws {
    await withTaskGroup(of: Void.self) { group in
      for index in shards.keys {
        group.addTask { await self.stop(index, reason: "the run could not be launched") }
      }
    }
    throw ECSLaunchRefused(description: refusal)
  }

  /// Asks for a task until there is one, or there is no use in it.
  /// - Parameter tell: is told once, of the first answer: a sentence when no shard can be launched.
  private func place(
    _ spec: ShardSpec, after before: ECSShard?, until deadline: UTCInstant, _ tell: (String?) -> Void
  ) async {
    var isTold = false
    func tellOnce(_ refusal: String?) {
      if !isTold { tell(refusal) }
      isTold = true
    }
    guard await clear(before, until: deadline) else {
      over(spec, ShardFate("its last task could not be told to stop, so it was not launched again"))
      return tellOnce(nil)
    }
    var tries = ECSLaunchTries(timings)
    while let placement = begin(spec) {
      guard let refusal = await ask(spec, tries.number, placement) else { return tellOnce(nil) }
      if !isWanted(spec) {
        // What ECS has refused for certain is not there.
        if refusal.isDefinite, isCurrent(spec) { shards[spec.index]?.phase = .waiting }
        break
      }
      guard let wait = tries.wait(after: refusal), host.now().advanced(bySeconds: wait) < deadline else {
        let final = await conclude(spec, refusal, tries)
        return tellOnce(final)
      }
      refused(spec, refusal, on: placement, wait: wait)
      tellOnce(nil)
      await pause(wait)
    }
    await concludeStopped(spec)
    tellOnce(nil)
  }

  /// There must never be two tasks of a shard.
  /// - Returns: whether the last one is gone, or told to go.
  private func clear(_ before: ECSShard?, until deadline: UTCInstant) async -> Bool {
    guard let arn = before?.arn, before?.isGone == false else { return true }
    while await !stopTask(arn, reason: "it is launched anew", tries: 2) {
      guard host.now() < deadline, !isCancelled() else { return false }
      await pause(1)
    }
    return true
  }

  /// Whether this launch of the shard is still the one that counts.
  private func isCurrent(_ spec: ShardSpec) -> Bool { shards[spec.index]?.spec.attempt == spec.attempt }

  private func isWanted(_ spec: ShardSpec) -> Bool {
    guard let shard = shards[spec.index], isCurrent(spec), !shard.isOver else { return false }
    return shard.stopReason == nil && !isCancelled()
  }

  private func begin(_ spec: ShardSpec) -> ECSPlacement? {
    guard isWanted(spec), let shard = shards[spec.index] else { return nil }
    shards[spec.index]?.phase = .asking
    let first = spec.index < dealt.count ? dealt[spec.index] : .onDemand
    return shard.placement(dealt: first, fallback: tasks.options.spotFallback)
  }

  /// - Returns: `nil` when there is a task.
  private func ask(_ spec: ShardSpec, _ number: Int, _ placement: ECSPlacement) async -> ECSRefusal? {
    await pauseForChange()
    let (api, request) = (api, tasks.request(spec, number: number, on: placement))
    do {
      let answer = try await answered(within: timings.launchAnswer, host) { try await api.runTask(request) }
      guard let arn = answer.tasks?.lazy.compactMap(\.taskArn).first else {
        return ECSRefusal(answer.failures ?? [])
      }
      remember(answer)
      await launched(spec, arn)
      return nil
    } catch {
      let refusal = ECSRefusal(error, options: tasks.options)
      guard case .conflict = refusal, let arn = await taskOf(spec) else { return refusal }
      await launched(spec, arn)
      return nil
    }
  }

  /// An answer may come when nobody wants the task any more.
  private func launched(_ spec: ShardSpec, _ arn: String) async {
    guard isCurrent(spec), shards[spec.index]?.isOver == false else {
      _ = await stopTask(arn, reason: "it was launched too late", tries: 2)
      return
    }
    shards[spec.index]?.arn = arn
    shards[spec.index]?.phase = .launched(arn, at: host.now())
    if isCancelled(), shards[spec.index]?.stopReason == nil {
      shards[spec.index]?.stopReason = "the run was cancelled"
    }
    if let reason = shards[spec.index]?.stopReason { _ = await stopTask(arn, reason: reason, tries: 2) }
  }

  /// It is asked for again after a while.
  private func refused(_ spec: ShardSpec, _ refusal: ECSRefusal, on placement: ECSPlacement, wait: Double) {
    guard case .capacity(let reason) = refusal else { return }
    shards[spec.index]?.phase = .waiting
    noteOnce(
      "capacity", "shard \(spec.index) waits for capacity and is asked for again in \(Int(wait)) s: \(reason)"
    )
    guard placement.isSpot, let shard = shards[spec.index] else { return }
    shards[spec.index]?.spotRefusals = shard.spotRefusals + 1
    if shards[spec.index]?.placement(dealt: placement, fallback: tasks.options.spotFallback) == .onDemand {
      noteOnce(
        "fallback \(spec.index)",
        "shard \(spec.index) goes to on-demand capacity: Spot has refused it \(shard.spotRefusals + 1) times")
    }
  }

  /// No further try.
  /// - Returns: a sentence when no shard can be launched.
  private func conclude(_ spec: ShardSpec, _ refusal: ECSRefusal, _ tries: ECSLaunchTries) async -> String? {
    switch refusal {
    case .final(let sentence):
      over(spec, ShardFate(sentence))
      return sentence
    case .shard(let sentence), .conflict(let sentence): over(spec, ShardFate(sentence))
    case .capacity(let reason):
      over(
        spec,
        ShardFate(
          "there was no capacity for it within \(Int(timings.launch)) s (asked \(tries.refusals) times): \(reason): see the quotas of Fargate vCPUs, L-3032A538 for on-demand and L-36FBB829 for Spot"
        ))
    case .unanswered(let reason):
      shards[spec.index]?.stopReason = "its launch was given up: \(reason)"
      await concludeStopped(spec)
    }
    return nil
  }

  /// The shard is no longer wanted: whatever may have been launched of it is looked for and stopped.
  private func concludeStopped(_ spec: ShardSpec) async {
    guard isCurrent(spec), let shard = shards[spec.index] else { return }
    let reason = shard.stopReason ?? "the run was cancelled"
    shards[spec.index]?.stopReason = reason
    switch shard.phase {
    case .waiting: over(spec, ShardFate("it was not launched (\(reason))"))
    case .asking:
      // A list lags behind by a moment.
      for wait in [0.0, 1, 2] where shards[spec.index]?.phase == .asking {
        await pause(wait)
        await sweep()
      }
      guard isCurrent(spec), shards[spec.index]?.phase == .asking else { return }
      over(spec, ShardFate("whether it was launched is not known, and no task of it was found (\(reason))"))
    case .launched, .over: break
    }
  }

  private func over(_ spec: ShardSpec, _ fate: ShardFate) {
    if isCurrent(spec), shards[spec.index]?.isOver == false { shards[spec.index]?.phase = .over(fate) }
  }
}
