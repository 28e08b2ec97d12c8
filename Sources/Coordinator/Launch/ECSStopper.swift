import Shared

/// Stops the tasks of a run from outside, when its coordinator is gone or cannot do it.
struct ECSStopper: Sendable {
  let api: ECSAPI
  let cluster: String
  let host: CoordinatorHost
  let say: @Sendable (String) -> Void

  /// - Parameters:
  ///   - startedBy: as ``ecsStartedBy(suite:run:store:)`` makes it.
  ///   - wait: seconds until the tasks have to be gone; 0 does not wait.
  /// - Returns: an exit code: 0 when none is left, or all are told to stop and nobody waits; 2 when some could not be told
  ///   or are still there.
  /// - Throws: when ECS does not say which tasks there are.
  func stop(startedBy: String, reason: String, wait: Double) async throws -> Int32 {
    let deadline = host.now().advanced(bySeconds: wait)
    let retry = host.retryWindow("ECS", note: { say("\($0)\n") })
    var told: Set<String> = []
    var refused: [String: String] = [:]
    // Until nothing was listed for a moment: a task that was just being launched is listed only then.
    var emptySince: UTCInstant?
    while true {
      let listed = try await retry { try await api.tasks(startedBy: startedBy, cluster: cluster) }
        .filter { !told.contains($0) }
      if listed.isEmpty {
        // What could not be told has gone by itself.
        refused = [:]
        let since = emptySince ?? host.now()
        emptySince = since
        if wait <= 0 || host.now().seconds(since: since) >= ECSTimings().listed { break }
        try await host.sleep(.seconds(1))
        continue
      }
      emptySince = nil
      let answers = await stopAll(listed, reason)
      told.formUnion(answers.filter { $0.value == nil }.keys)
      refused = answers.compactMapValues(\.self)
      say("\(counted(told.count, "task")) of \(startedBy) told to stop\n")
      if refused.isEmpty ? wait <= 0 : host.now() >= deadline { break }
      try await host.sleep(.seconds(1))
    }
    if let (arn, problem) = refused.first {
      say("\(counted(refused.count, "task")) could not be told to stop, as \(ecsTaskID(arn)): \(problem)\n")
      return 2
    }
    if told.isEmpty {
      say("no task of \(startedBy) runs in cluster \(cluster)\n")
      return 0
    }
    return wait > 0 ? try await waitUntilGone(told, deadline, wait) : 0
  }

  /// - Returns: by ARN what was wrong; `nil` when it was accepted.
  private func stopAll(_ arns: [String], _ reason: String) async -> [String: String?] {
    var bucket = TokenBucket.changes(at: host.now())
    return await withTaskGroup(of: (String, String?).self) { group in
      for arn in arns {
        let turn = bucket.take(at: host.now())
        group.addTask {
          if turn > 0 { try? await host.sleep(.seconds(turn)) }
          return (arn, await stop(arn, reason))
        }
      }
      return await group.reduce(into: [:]) { $0.updateValue($1.1, forKey: $1.0) }
    }
  }

  private func stop(_ arn: String, _ reason: String) async -> String? {
    let request = ECSStopTask(cluster: cluster, task: arn, reason: reason)
    var problem = ""
    for _ in 0..<2 {
      do {
        _ = try await answered(within: ECSTimings().stopAnswer, host) { try await api.stopTask(request) }
        return nil
      } catch let error as AWSError where error.saysTaskIsUnknown {
        return nil
      } catch { problem = "\(error)" }
    }
    return problem
  }

  private func waitUntilGone(_ arns: Set<String>, _ deadline: UTCInstant, _ wait: Double) async throws
    -> Int32
  {
    var left = arns
    while true {
      left = await stillThere(left)
      if left.isEmpty {
        say("all of them are gone\n")
        return 0
      }
      guard host.now() < deadline else {
        say(
          "\(counted(left.count, "task")) still there after \(Int(wait)) s; ECS kills them after their stopTimeout\n"
        )
        return 2
      }
      try await host.sleep(.seconds(2))
    }
  }

  /// Those of which ECS did not say that they have ended.
  private func stillThere(_ arns: Set<String>) async -> Set<String> {
    var left = arns
    let sorted = arns.sorted()
    for first in stride(from: 0, to: sorted.count, by: ECSDescribeTasks.most) {
      let some = Array(sorted[first..<min(first + ECSDescribeTasks.most, sorted.count)])
      guard let answer = try? await api.describeTasks(ECSDescribeTasks(cluster: cluster, tasks: some)) else {
        continue
      }
      for task in answer.tasks ?? [] where ECSTaskFate(task, container: "").hasEnded {
        if let arn = task.taskArn { left.remove(arn) }
      }
      for failure in answer.failures ?? [] where failure.reason == "MISSING" {
        if let arn = failure.arn { left.remove(arn) }
      }
    }
    return left
  }
}
