import Shared

/// A member that only the cost is reckoned from: one of another kind is as good as none, and the rest of the answer
/// stands.
struct ECSAside<Value: Decodable & Sendable & Equatable>: Decodable, Sendable, Equatable {
  let value: Value?

  init(_ value: Value) { self.value = value }
  init(from decoder: any Decoder) { value = try? decoder.singleValueContainer().decode(Value.self) }
}

extension FargateUse {
  /// Fargate bills by the second from the image's pull to the task's end, at least so many.
  private static let least = 60.0
  /// Seconds: no run takes 30 days.
  private static let most = 30.0 * 86_400

  /// - Parameter now: seconds since 1970.
  init(_ task: ECSTask, now: Double) {
    guard let pull = task.pullStartedAt?.value else {
      self = .leftOut(.noPull)
      return
    }
    let hasStopped = ["STOPPED", "DELETED"].contains(task.lastStatus)
    guard let end = task.stoppedAt?.value ?? (hasStopped ? nil : now) else {
      self = .leftOut(.noEnd)
      return
    }
    guard (0...Self.most).contains(end - pull) else {
      self = .leftOut(.oddTimes)
      return
    }
    guard let size = FargateTaskSize(task) else {
      self = .leftOut(.noSize)
      return
    }
    self = .counted(
      Counted(
        seconds: max(Self.least, (end - pull).rounded(.up)), size: size,
        isSpot: task.capacityProviderName?.value == "FARGATE_SPOT",
        isRunning: task.stoppedAt?.value == nil && task.stoppingAt?.value == nil))
  }
}

extension FargateTaskSize {
  /// ECS has CPU units, of which 1024 are one vCPU, and MiB.
  fileprivate init?(_ task: ECSTask) {
    guard let units = task.cpu?.value.flatMap(Double.init), let mib = task.memory?.value.flatMap(Double.init),
      (1...1_048_576).contains(units), (1...16_777_216).contains(mib)
    else { return nil }
    (vCPU, gb) = (units / 1024, mib / 1024)
  }
}

extension ECSTask {
  /// What is known of its use: a later answer may say less, as one to a RunTask that is asked again.
  func adding(usesOf before: ECSTask?) -> ECSTask {
    guard let before else { return self }
    var task = self
    task.pullStartedAt = pullStartedAt ?? before.pullStartedAt
    task.stoppingAt = stoppingAt ?? before.stoppingAt
    task.stoppedAt = stoppedAt ?? before.stoppedAt
    task.cpu = cpu ?? before.cpu
    task.memory = memory ?? before.memory
    task.capacityProviderName = capacityProviderName ?? before.capacityProviderName
    return task
  }
}
