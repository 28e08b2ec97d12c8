import Shared

/// The four calls of ECS that a run needs.
struct ECSAPI: Sendable {
  let runTask: @Sendable (ECSRunTask) async throws -> ECSTasks
  let describeTasks: @Sendable (ECSDescribeTasks) async throws -> ECSTasks
  let stopTask: @Sendable (ECSStopTask) async throws -> ECSStopTaskAnswer
  let listTasks: @Sendable (ECSListTasks) async throws -> ECSTaskList
}

extension ECSAPI {
  init(_ client: AWSClient) {
    self.init(
      runTask: { try await client.call(.ecs, "RunTask", $0, as: ECSTasks.self) },
      describeTasks: { try await client.call(.ecs, "DescribeTasks", $0, as: ECSTasks.self) },
      stopTask: { try await client.call(.ecs, "StopTask", $0, as: ECSStopTaskAnswer.self) },
      listTasks: { try await client.call(.ecs, "ListTasks", $0, as: ECSTaskList.self) })
  }

  /// The ARNs of all tasks of a run that are to run. An answer lags behind by a moment.
  func tasks(startedBy: String, cluster: String) async throws -> [String] {
    var request = ECSListTasks(cluster: cluster, startedBy: startedBy)
    var found: [String] = []
    // A page has up to 100; more pages than the largest run needs would be a fault of the other side.
    for _ in 0..<200 {
      let page = try await listTasks(request)
      found += page.taskArns ?? []
      guard let next = page.nextToken, !next.isEmpty, next != request.nextToken else { break }
      request.nextToken = next
    }
    return found
  }
}
