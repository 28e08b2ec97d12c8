import Shared

/// Where and how the tasks of a run are started on ECS, checked.
struct ECSOptions: Sendable, Equatable {
  struct CapacityProvider: Sendable, Equatable {
    /// `FARGATE` or `FARGATE_SPOT`.
    var name: String
    var weight: Int
    /// So many shards go to it before weights count.
    var base: Int
  }

  /// When a shard that Spot has no room for goes to on-demand capacity.
  enum SpotFallback: Sendable, Equatable {
    case after(_ refusals: Int)
    case off
  }

  let cluster: String
  let taskDefinition: String
  /// Whose environment and command a shard's own take the place of.
  let container: String
  let subnets: [String]
  /// Empty: the VPC's default one.
  let securityGroups: [String]
  let assignPublicIP: Bool
  /// Empty: launch type FARGATE.
  let capacityProviders: [CapacityProvider]
  let spotFallback: SpotFallback
  let platformVersion: String
  /// CPU units and MiB; `nil` for what the task definition says.
  let cpu: String?
  let memory: String?
  let tags: [String: String]
  /// For the agents, each as `id`, `id#key` or `NAME=id#key`.
  let secrets: [String]
  /// Seconds between two questions how the tasks are.
  let describeInterval: Double
  /// What the run's own estimate counts with.
  let prices: FargatePrices

  /// - Returns: `nil` when no cluster is named.
  /// - Throws: ``UsageError``.
  init?(_ settings: ECSSettings) throws {
    guard let cluster = settings.cluster else { return nil }
    guard let taskDefinition = settings.taskDefinition else {
      throw UsageError(
        "no task definition was given for cluster \(cluster): expected --task-definition k6-shard, or 'ecs.task_definition:' in the configuration"
      )
    }
    guard !settings.subnets.isEmpty else {
      throw UsageError(
        "no subnets were given for cluster \(cluster): expected --subnets subnet-..., or 'ecs.subnets:' in the configuration"
      )
    }
    guard settings.launchType == nil || settings.capacityProviders.isEmpty else {
      throw UsageError("ecs.launch_type and ecs.capacity_providers exclude each other: expected one of them")
    }
    if let refusal = Self.sizeRefusal(settings.cpu, settings.memory) { throw UsageError(refusal) }
    (self.cluster, self.taskDefinition) = (cluster, taskDefinition)
    container = settings.container ?? "shard"
    (subnets, securityGroups) = (settings.subnets, settings.securityGroups)
    assignPublicIP = settings.assignPublicIP ?? false
    capacityProviders = settings.capacityProviders
    spotFallback = settings.spotFallback ?? .after(2)
    // Pinned: LATEST may change between two nights.
    platformVersion = settings.platformVersion ?? "1.4.0"
    (cpu, memory) = (settings.cpu, settings.memory)
    (tags, secrets) = (settings.tags, settings.secrets)
    describeInterval = settings.describeInterval ?? 5
    prices = FargatePrices(
      vCPUHour: settings.vCPUHourPrice ?? FargatePrices.list.vCPUHour,
      gbHour: settings.gbHourPrice ?? FargatePrices.list.gbHour)
  }

  /// Why Fargate has no such task; `nil` when it has, or half of it is the task definition's to say.
  private static func sizeRefusal(_ cpu: String?, _ memory: String?) -> String? {
    guard let cpu, let memory, let units = Int(cpu), let size = Int(memory),
      let sizes = FargateSize.memory[units], !sizes.contains(size)
    else { return nil }
    return
      "Fargate has no task of \(cpu) CPU units with \(memory) MiB: expected \(sizes.map(String.init).joined(separator: ", ")) MiB (--task-memory, ecs.memory)"
  }
}
