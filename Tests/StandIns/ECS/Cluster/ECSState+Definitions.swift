import TestSupport

extension ECSState {
  func registerTaskDefinition(_ asked: JSON) throws -> JSON {
    let family = asked["family"]?.string ?? ""
    let revision = (definitions[family]?.count ?? 0) + 1
    let definition = try TaskDefinition(asked, revision: revision, arnPrefix: arnPrefix, now: now)
    definitions[family, default: []].append(definition)
    return ["taskDefinition": definition.json, "tags": asked["tags"] ?? []]
  }

  func describeTaskDefinition(_ asked: JSON) throws -> JSON {
    let found = try definition(asked["taskDefinition"]?.string ?? "", for: "DescribeTaskDefinition")
    let withTags = asked["include"]?.strings?.contains("TAGS") ?? false
    return ["taskDefinition": found.json, "tags": withTags ? found.request["tags"] ?? [] : []]
  }

  /// By family, which is its latest revision, by `family:revision`, or by ARN.
  func definition(_ name: String, for operation: String) throws -> TaskDefinition {
    let prefix = "\(arnPrefix):task-definition/"
    let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    let parts = short.split(separator: ":", omittingEmptySubsequences: false)
    let revisions = definitions[parts.first.map(String.init) ?? ""] ?? []
    let notFound = ECSError.client(
      operation == "RunTask" ? "TaskDefinition not found." : "Unable to describe task definition.")
    switch parts.count {
    case 1:
      guard let latest = revisions.last else { throw notFound }
      return latest
    case 2:
      guard let revision = Int(parts[1]), revisions.indices.contains(revision - 1) else { throw notFound }
      return revisions[revision - 1]
    default: throw ECSError.invalidParameter("Invalid task definition: '\(name)'.")
    }
  }

  func createCluster(_ asked: JSON) throws -> JSON {
    let name = asked["clusterName"]?.string ?? "default"
    guard name.wholeMatch(of: #/[A-Za-z0-9_-]{1,255}/#) != nil else {
      throw ECSError.invalidParameter("Invalid clusterName: '\(name)'.")
    }
    try checkTags(asked["tags"])
    let providers = asked["capacityProviders"]?.strings ?? []
    for provider in providers where !["FARGATE", "FARGATE_SPOT"].contains(provider) {
      throw ECSError.invalidParameter("The specified capacity provider '\(provider)' was not found.")
    }
    // Creating one that is there gives that one.
    let cluster =
      clusters[name]
      ?? ECSCluster(
        name: name, providers: providers,
        defaultStrategy: asked["defaultCapacityProviderStrategy"]?.array ?? [],
        tags: asked["tags"] ?? [])
    clusters[name] = cluster
    return ["cluster": describe(cluster, withTags: true)]
  }

  func describeClusters(_ asked: JSON) throws -> JSON {
    let names = asked["clusters"]?.array ?? ["default"]
    guard names.count <= 100 else {
      throw ECSError.invalidParameter("Clusters cannot be more than 100 elements.")
    }
    let withTags = asked["include"]?.strings?.contains("TAGS") ?? false
    var (found, failures): ([JSON], [JSON]) = ([], [])
    for name in names {
      if let cluster = try? cluster(name) {
        found.append(describe(cluster, withTags: withTags))
      } else {
        let given = name.string ?? ""
        let arn = given.hasPrefix("arn:") ? given : "\(arnPrefix):cluster/\(given)"
        failures.append(["arn": .string(arn), "reason": "MISSING"])
      }
    }
    return ["clusters": .array(found), "failures": .array(failures)]
  }

  private func describe(_ cluster: ECSCluster, withTags: Bool) -> JSON {
    let own = tasks.values.filter { $0.clusterARN == arn(of: cluster) && !$0.isStopped }
    return [
      "clusterArn": .string(arn(of: cluster)), "clusterName": .string(cluster.name), "status": "ACTIVE",
      "registeredContainerInstancesCount": 0,
      "runningTasksCount": .number(Double(own.count { $0.lastStatus == "RUNNING" })),
      "pendingTasksCount": .number(
        Double(own.count { ["PROVISIONING", "PENDING", "ACTIVATING"].contains($0.lastStatus) })),
      "activeServicesCount": 0, "statistics": [], "settings": [],
      "capacityProviders": .array(cluster.providers.map { .string($0) }),
      "defaultCapacityProviderStrategy": .array(cluster.defaultStrategy),
      "tags": withTags ? cluster.tags : [],
    ]
  }
}
