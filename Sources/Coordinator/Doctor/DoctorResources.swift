import Shared

extension DoctorFinding {
  /// The name or ARN in `id`, `id#key`, `NAME=id#key`, as the agent reads it.
  static func secretID(_ text: String) -> String {
    var rest = text[...]
    if let equals = text.firstIndex(of: "="),
      text[..<equals].utf8.allSatisfy({
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
      })
    {
      rest = text[text.index(after: equals)...]
    }
    return String(rest.prefix { $0 != "#" })
  }

  /// - Parameter asked: each secret of the configuration, as it is written there.
  static func secrets(_ asked: [(text: String, Asked<SecretDescription>)]) -> DoctorFinding {
    let lost = asked.filter { if case .missing = $0.1 { true } else { false } }.map { secretID($0.text) }
    guard lost.isEmpty else {
      return .fault(
        .secrets, "there is no secret \(lost.joined(separator: ", "))",
        do: "make it, or name another: ecs.secrets; of another account's, give the full ARN")
    }
    let deleted = asked.filter { $0.1.value?.deletedAt != nil }.map { secretID($0.text) }
    guard deleted.isEmpty else {
      return .fault(
        .secrets, "\(deleted.joined(separator: ", ")) is marked to be deleted, and cannot be read",
        do: "restore it (aws secretsmanager restore-secret), or name another: ecs.secrets")
    }
    let silent = asked.first { $0.1.value == nil }?.1 ?? .answer(SecretDescription())
    let keys = asked.contains { $0.text.contains("#") } ? "; their keys are not looked at" : ""
    return silent.finding(.secrets) { _ in
      .ok(.secrets, "\(counted(asked.count, "secret")) there, the values unread\(keys)")
    }
  }

  static func logGroup(_ group: (name: String, Asked<Bool>)) -> DoctorFinding {
    group.1.finding(.logGroup) { isThere in
      guard isThere else {
        return .fault(
          .logGroup, "there is no log group \(group.name), without which ECS starts no task",
          do:
            "make it, or set awslogs-create-group: \"true\" and allow the execution role logs:CreateLogGroup")
      }
      return .ok(.logGroup, "the log group \(group.name) is there")
    }
  }

  /// - Parameter providers: those that the configuration names; empty for launch type FARGATE.
  static func cluster(_ name: String, region: String, _ asked: Asked<ECSClusters.Cluster>) -> DoctorFinding {
    let absent = DoctorFinding.fault(
      .cluster, "there is no cluster \(name) in \(region)",
      do: "make it, or name another: ecs.cluster; check AWS_REGION and the account")
    return asked.finding(.cluster, missing: absent) { cluster in
      guard cluster.status == "ACTIVE" else {
        return .fault(
          .cluster, "the cluster \(name) is \(cluster.status ?? "in no state"), and runs no task",
          do: "make it anew, or name another: ecs.cluster")
      }
      return .ok(.cluster, "the cluster \(name) is ACTIVE")
    }
  }

  static func capacity(_ providers: [String], _ asked: Asked<ECSClusters.Cluster>) -> DoctorFinding {
    asked.finding(.capacity) { cluster in
      let lost = providers.filter { !(cluster.capacityProviders ?? []).contains($0) }
      guard lost.isEmpty else {
        return .fault(
          .capacity, "the cluster does not have the capacity provider \(lost.joined(separator: ", "))",
          do: "aws ecs put-cluster-capacity-providers, or leave it out of ecs.capacity_providers")
      }
      return .ok(
        .capacity,
        providers.isEmpty
          ? "tasks are of launch type FARGATE" : "the cluster has \(providers.joined(separator: ", "))")
    }
  }
}
