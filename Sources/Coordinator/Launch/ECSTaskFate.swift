import Shared

/// What became of a task, from what DescribeTasks says of it.
struct ECSTaskFate: Sendable {
  let task: ECSTask
  let container: ECSTask.Container?

  /// - Parameter container: the agent's, by its name in the task definition.
  init(_ task: ECSTask, container name: String) {
    self.task = task
    container = task.containers?.first { $0.name == name } ?? task.containers?.first
  }

  /// An exit code is final when the container has stopped; the task itself takes tens of seconds more to give its network
  /// interface back.
  var hasEnded: Bool {
    if ["STOPPED", "DELETED"].contains(task.lastStatus) { return true }
    return container?.lastStatus == "STOPPED" && container?.exitCode != nil
  }

  /// - Parameter stopReason: why this coordinator had told it to stop; `nil` when it had not.
  /// - Returns: `nil` while it has not ended.
  func shardFate(stopReason: String?) -> ShardFate? {
    guard hasEnded else { return nil }
    if isOutOfMemory { return outOfMemory }
    switch task.stopCode {
    case "TaskFailedToStart": return failedToStart
    case "SpotInterruption", "TerminationNotice":
      return infrastructure(
        isReclaimed ? "was reclaimed by AWS (Fargate Spot)" : "was ended by AWS (TerminationNotice)")
    case "InfrastructureHealth": return infrastructure("was ended by AWS for its host's health")
    case "UserInitiated": return stopped(stopReason)
    case "ServiceSchedulerInitiated":
      return ShardFate(
        "its task \(id) was stopped by a service's scheduler\(because): shards belong to no service")
    case "EssentialContainerExited", nil:
      if let code = container?.exitCode { return exited(code) }
      return infrastructure("ended without an exit code")
    case .some(let code):
      if let exitCode = container?.exitCode { return exited(exitCode) }
      return infrastructure("was ended (\(code.onOneLine(80)))")
    }
  }

  /// Spot took it back: on-demand capacity would not.
  var isReclaimed: Bool {
    task.stopCode == "SpotInterruption"
      || task.stopCode == "TerminationNotice" && reasonText.lowercased().contains("spot")
  }

  private var id: String { task.taskArn.map(ecsTaskID) ?? "without an id" }
  private var reasonText: String {
    [container?.reason, task.stoppedReason].compactMap(\.self).joined(separator: "; ")
  }

  private var because: String {
    let text = reasonText.onOneLine(400)
    return text.isEmpty ? "" : ": \(text)"
  }

  private var isOutOfMemory: Bool {
    container?.reason?.contains("OutOfMemory") == true || task.stoppedReason?.contains("OutOfMemory") == true
  }

  private var outOfMemory: ShardFate {
    ShardFate(
      "its task \(id) ran out of memory\(because): give it more (--task-memory, ecs.memory), let k6 keep no samples (--lean), or use more shards"
    )
  }

  private func infrastructure(_ what: String) -> ShardFate {
    ShardFate("its task \(id) \(what)\(because)", mayRelaunch: true)
  }

  private func stopped(_ own: String?) -> ShardFate {
    let code = container?.exitCode.map { ", and its agent ended with code \($0)" } ?? ""
    if let own { return ShardFate("its task \(id) was told to stop (\(own.onOneLine(240)))\(code)") }
    if let reason = task.stoppedReason, reason.hasPrefix("k6-grid: ") {
      return ShardFate("its task \(id) was told to stop (\(reason.dropFirst(9)))\(code)")
    }
    return ShardFate("its task \(id) was stopped by somebody\(because)\(code)", isFromOutside: true)
  }

  private func exited(_ code: Int) -> ShardFate {
    let meaning = ecsExitMeaning(code).map { ": \($0)" } ?? ""
    return ShardFate("its agent ended with code \(code) (task \(id))\(meaning)")
  }
}

extension ECSTaskFate {
  /// It never ran: nothing that the script or the agent did.
  private var failedToStart: ShardFate {
    let hint = startHint.map { ": \($0)" } ?? ""
    return ShardFate("its task \(id) could not be started\(because)\(hint)", mayRelaunch: true)
  }

  private var startHint: String? {
    let text = reasonText.lowercased()
    if text.contains("cannotpull") {
      return
        "look whether the image is there, whether the execution role may pull it (ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer), and whether the subnets have a way to the registry (NAT, VPC endpoints, or assign_public_ip: true)"
    }
    if text.contains("capacity") {
      return "subnets in more zones help, and on-demand where it was Spot"
    }
    if text.contains("resourceinitialization") {
      if text.contains("secret") || text.contains("ssm") {
        return
          "look whether the execution role may read the task definition's secrets (secretsmanager:GetSecretValue), and whether the subnets have a way to Secrets Manager"
      }
      if text.contains("log") {
        return
          "look whether the log group is there, and whether the execution role may write to it (logs:CreateLogStream, logs:PutLogEvents)"
      }
      return "look at the subnets' routes, the security groups and the execution role"
    }
    if text.contains("cannotstartcontainer") || text.contains("cannotcreatecontainer") {
      return "look at the image's entrypoint, which must be shard-agent, and at its CPU architecture"
    }
    if text.contains("network interface") { return "look whether the subnets have free addresses" }
    return nil
  }
}

/// The agent's own codes and k6's, as in docs/exit-codes.md; `nil` when there is nothing to add.
private func ecsExitMeaning(_ code: Int) -> String? {
  switch code {
  case 64: "wrong usage, or k6 cannot read the script"
  case 69:
    "something that it needs could not be had: the plan, the store, a k6 that starts, a setup() that ends well"
  case 70: "k6's share is not whole"
  case 75: "the run had started without it"
  case 97...110, 255: "k6's own code"
  case 134: "it crashed (SIGABRT)"
  case 132, 136, 139: "it crashed (signal \(code - 128))"
  case 137:
    "it was killed (SIGKILL), as ECS does when a container has not ended within its stopTimeout, or for want of memory"
  case 143: "it was told to stop (SIGTERM)"
  default: nil
  }
}
