import Foundation
import TestSupport

extension ECSState {
  func describeTasks(_ asked: JSON) throws -> JSON {
    let cluster = try cluster(asked["cluster"])
    let given = asked["tasks"]?.strings ?? []
    guard !given.isEmpty else { throw ECSError.invalidParameter("Tasks cannot be empty.") }
    guard given.count <= 100 else {
      throw ECSError.invalidParameter("Tasks cannot be more than 100 elements.")
    }
    let withTags = asked["include"]?.strings?.contains("TAGS") ?? false
    var (found, failures): ([JSON], [JSON]) = ([], [])
    for name in given {
      let id = try taskID(name)
      if let task = task(name, id, in: cluster), task.isVisible(at: now) {
        found.append(task.json(withTags: withTags))
      } else {
        let arn = name.hasPrefix("arn:") ? name : "\(arnPrefix):task/\(cluster.name)/\(id)"
        failures.append(["arn": .string(arn), "reason": "MISSING"])
      }
    }
    return ["tasks": .array(found), "failures": .array(failures)]
  }

  func stopTask(_ asked: JSON) throws -> JSON {
    let cluster = try cluster(asked["cluster"])
    let id = try taskID(asked["task"]?.string ?? "")
    guard let task = task(asked["task"]?.string ?? "", id, in: cluster), !task.isGone else {
      throw ECSError.invalidParameter("The referenced task was not found.")
    }
    stops.append(
      JSON([
        "taskArn": .string(task.arn), "shard": task.shard.map { .number(Double($0)) },
        "reason": asked["reason"], "at": .number(now),
      ]))
    let slow = faults.fault(.slowStop, shard: task.shard, launch: task.launch)
    if slow != nil, task.stop == nil { faults.count(.slowStop, shard: task.shard, launch: task.launch) }
    requestStop(
      id, code: "UserInitiated", reason: asked["reason"]?.string ?? "Task stopped by user",
      after: Double(slow?.milliseconds ?? 0) / 1000)
    // Stopping a task deletes its tags.
    tasks[id]?.tags = []
    return ["task": tasks[id]?.json(withTags: true) ?? [:]]
  }

  /// The first reason to stop stands.
  func requestStop(_ id: String, code: String, reason: String, after seconds: Double = 0) {
    guard let task = tasks[id], task.stop == nil else { return }
    tasks[id]?.stop = ECSTask.Stop(code: code, reason: reason, notBefore: now + seconds)
    tasks[id]?.desiredStatus = "STOPPED"
    tasks[id]?.stoppingAt = now
  }

  func listTasks(_ asked: JSON) throws -> JSON {
    let cluster = try cluster(asked["cluster"])
    let filters = ["containerInstance", "family", "serviceName", "desiredStatus", "launchType", "daemonName"]
    if asked["startedBy"] != nil, let other = filters.first(where: { asked[$0] != nil }) {
      throw ECSError.invalidParameter(
        "startedBy must be the only filter: it was given together with \(other).")
    }
    if asked["serviceName"] != nil {
      throw ECSError(code: "ServiceNotFoundException", message: "Service not found.")
    }
    let wanted = asked["desiredStatus"]?.string ?? "RUNNING"
    let time = now
    let found = taskIDs.compactMap { tasks[$0] }.filter { task in
      task.clusterARN == arn(of: cluster) && task.isVisible(at: time) && task.desiredStatus == wanted
        && (asked["startedBy"] == nil || asked["startedBy"] == task.request["startedBy"])
        && (asked["family"] == nil || asked["family"]?.string == task.definition.family)
        && asked["containerInstance"] == nil && asked["daemonName"] == nil
        && ["FARGATE", nil].contains(asked["launchType"]?.string)
    }
    return try page(found.map(\.arn), asked)
  }

  private func page(_ arns: [String], _ asked: JSON) throws -> JSON {
    let size = asked["maxResults"]?.integer ?? 100
    var rest = arns[...]
    if let token = asked["nextToken"]?.string {
      guard let data = Data(base64Encoded: token),
        let last = taskIDs.firstIndex(of: String(decoding: data, as: UTF8.self))
      else { throw ECSError.invalidParameter("Invalid token: \(token)") }
      let before = Set(taskIDs[...last])
      rest = rest.drop { before.contains(String($0.suffix(32))) }
    }
    let page = Array(rest.prefix(size))
    let next = rest.count > size ? page.last.map { Data($0.suffix(32).utf8).base64EncodedString() } : nil
    return JSON(["taskArns": .array(page.map { .string($0) }), "nextToken": next.map { .string($0) }])
  }

  /// The task of that name, id or ARN, if it is the cluster's.
  private func task(_ name: String, _ id: String, in cluster: ECSCluster) -> ECSTask? {
    guard let task = tasks[id], task.clusterARN == arn(of: cluster), [task.id, task.arn].contains(name) else {
      return nil
    }
    return task
  }

  /// By id or ARN.
  private func taskID(_ name: String) throws -> String {
    let id = name.hasPrefix("arn:") ? name.split(separator: "/").last.map(String.init) ?? "" : name
    guard id.wholeMatch(of: #/[0-9a-f]{32}/#) != nil else {
      throw ECSError.invalidParameter("taskId length should be one of [32,36]")
    }
    return id
  }
}
