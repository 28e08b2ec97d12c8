import Foundation
import TestSupport

extension ECSState {
  func runTask(_ asked: JSON) throws -> JSON {
    let cluster = try cluster(asked["cluster"])
    var parameters = asked.object ?? [:]
    let token = parameters.removeValue(forKey: "clientToken")?.string.map { "\(cluster.name) \($0)" }
    if let token, let before = try recall(token, .object(parameters)) { return before }

    let definition = try definition(asked["taskDefinition"]?.string ?? "", for: "RunTask")
    let rules = RunTaskRules(
      request: asked, definition: definition, providers: cluster.providers,
      defaultStrategy: cluster.defaultStrategy)
    try rules.check()
    let provider = try rules.capacityProvider()
    let count = asked["count"]?.integer ?? 1
    if settings.enforcesRates,
      !rates.admitLaunches(count, spot: provider == "FARGATE_SPOT", at: Self.uptime)
    {
      throw ECSError.throttled
    }
    let shard = shard(of: asked, definition)
    let launch = (launches[shard] ?? 0) + 1
    let failures = try launchFault(shard, launch, definition, count)
    launches[shard] = launch
    let started =
      failures == nil
      ? (0..<count).map { _ in start(asked, definition, cluster, provider, shard, launch) } : []
    let result = Remembered(
      request: .object(parameters), tasks: started.map(\.id), failures: failures ?? [])
    if let token { remembered[token] = result }
    return ["tasks": .array(started.map { $0.json(withTags: true) }), "failures": result.failures]
  }

  /// What the same token came to before. Failures are remembered as well: another try needs another token.
  private func recall(_ token: String, _ parameters: JSON) throws -> JSON? {
    guard let before = remembered[token] else { return nil }
    let known = before.tasks.compactMap { tasks[$0] }
    // A token is forgotten an hour after its task has stopped, when the task itself is.
    if !known.isEmpty, known.allSatisfy({ $0.isGone && $0.isStopped }) {
      remembered[token] = nil
      return nil
    }
    guard before.request == parameters else { throw conflict(known) }
    return [
      "tasks": .array(known.map { $0.isStopped ? $0.brief : $0.json(withTags: true) }),
      "failures": before.failures,
    ]
  }

  private func conflict(_ known: [ECSTask]) -> ECSError {
    ECSError(
      code: "ConflictException",
      message: "The clientToken has been used with other parameters.",
      members: ["resourceIds": .array(known.map { .string($0.arn) })])
  }

  /// - Returns: the failures of an answer that started nothing.
  private func launchFault(_ shard: Int?, _ launch: Int, _ definition: TaskDefinition, _ count: Int) throws
    -> JSON?
  {
    guard let fault = faults.launch(shard: shard, launch) else { return nil }
    // A refused call is a launch too, so that the next one is the second.
    defer { launches[shard] = launch }
    switch fault.kind {
    case .capacity:
      let failure = JSON([
        "reason": .string(
          fault.text("reason")
            ?? "Capacity is unavailable at this time. Please try again later or in a different availability zone"
        ),
        "detail": fault.text("detail").map { .string($0) },
      ])
      return .array(Array(repeating: failure, count: count))
    case .passRoleDenied:
      let role =
        definition.taskRole ?? definition.executionRole ?? "arn:aws:iam::\(settings.account):role/shard"
      throw ECSError(
        code: "AccessDeniedException",
        message:
          "User: arn:aws:sts::\(settings.account):assumed-role/coordinator/run is not authorized to perform: "
          + "iam:PassRole on resource: \(role) because no identity-based policy allows the iam:PassRole action"
      )
    case .clusterNotFound: throw ECSError.clusterNotFound
    case .inactiveTaskDefinition: throw ECSError.client("TaskDefinition is inactive")
    default: throw conflict(tasks.values.filter { $0.shard == shard })
    }
  }

  private func start(
    _ asked: JSON, _ definition: TaskDefinition, _ cluster: ECSCluster, _ provider: String?,
    _ shard: Int?,
    _ launch: Int
  ) -> ECSTask {
    let id = UUID().uuidString.lowercased().replacing("-", with: "")
    let hidden = faults.fault(.notYetVisible, shard: shard, launch: launch)
    if hidden != nil { faults.count(.notYetVisible, shard: shard, launch: launch) }
    let task = ECSTask(
      id: id, arn: "\(arnPrefix):task/\(cluster.name)/\(id)", clusterARN: arn(of: cluster),
      definition: definition,
      request: asked, capacityProvider: provider, shard: shard, launch: launch, createdAt: now,
      tags: tags(asked, definition), visibleFrom: now + Double(hidden?.milliseconds ?? 0) / 1000)
    tasks[id] = task
    taskIDs.append(id)
    Task { await live(id) }
    return task
  }

  private func tags(_ asked: JSON, _ definition: TaskDefinition) -> JSON {
    var tags = asked["tags"]?.array ?? []
    if asked["propagateTags"]?.string == "TASK_DEFINITION" {
      let own = Set(tags.compactMap { $0["key"]?.string })
      tags += (definition.request["tags"]?.array ?? []).filter { !own.contains($0["key"]?.string ?? "") }
    }
    return .array(tags)
  }

  /// As the shard itself will read it.
  func shard(of asked: JSON, _ definition: TaskDefinition? = nil) -> Int? {
    let override = asked["overrides"]?["containerOverrides"]?.array?.first?["environment"]?.namedValues
    return
      (override?["K6_SHARD_INDEX"] ?? definition?.container["environment"]?.namedValues["K6_SHARD_INDEX"])
      .flatMap(Int.init)
  }
}
