import ArgumentParser
import Shared

/// Where shards run on ECS. The rest of it is in `grid.yml` under `ecs:`.
struct ECSFlags: ParsableArguments {
  @Option(help: ArgumentHelp("The cluster in which every shard is a task of Fargate.", valueName: "name"))
  var cluster: String?
  @Option(help: ArgumentHelp("What the tasks are made of.", valueName: "family[:revision]"))
  var taskDefinition: String?
  @Option(help: ArgumentHelp("The agent's container in it [shard].", valueName: "name"))
  var container: String?
  @Option(help: ArgumentHelp("Subnets for the tasks, with commas.", valueName: "ids"))
  var subnets: String?
  @Option(help: ArgumentHelp("Security groups for the tasks, with commas.", valueName: "ids"))
  var securityGroups: String?
  @Flag(
    inversion: .prefixedNo,
    help: "Give every task a public address: where the subnets have no NAT and no VPC endpoints.")
  var assignPublicIp: Bool?
  @Option(help: ArgumentHelp("Fargate's platform version [1.4.0].", valueName: "version"))
  var platformVersion: String?
  @Option(help: ArgumentHelp("CPU units of a task, as 2048 for two CPUs.", valueName: "units"))
  var taskCpu: String?
  @Option(help: ArgumentHelp("Memory of a task.", valueName: "MiB"))
  var taskMemory: String?
  @Option(
    help: ArgumentHelp(
      "A secret that the agents fetch for the script, as id#key or NAME=id#key; may be repeated.",
      valueName: "secret"))
  var secret: [String] = []

  /// - Throws: ``UsageError``.
  func settings() throws -> ECSSettings {
    var settings = ECSSettings()
    settings.cluster = try checked(cluster, "--cluster", .cluster)
    settings.taskDefinition = try checked(taskDefinition, "--task-definition", .taskDefinition)
    settings.container = try checked(container, "--container", .container)
    settings.subnets = try listed(subnets, "--subnets", .subnet, most: 16)
    settings.securityGroups = try listed(securityGroups, "--security-groups", .securityGroup, most: 5)
    settings.assignPublicIP = assignPublicIp
    settings.platformVersion = try checked(platformVersion, "--platform-version", .platformVersion)
    settings.cpu = try checked(taskCpu, "--task-cpu", .cpu)
    settings.memory = try checked(taskMemory, "--task-memory", .memory)
    settings.secrets = try secret.compactMap { try checked($0, "--secret", .secret) }
    return settings
  }

  private func checked(_ text: String?, _ flag: String, _ rule: ECSRule) throws -> String? {
    guard let text else { return nil }
    guard rule.holds(text) else { throw UsageError("\(flag) is '\(text)': expected \(rule.expected)") }
    return text
  }

  private func listed(_ text: String?, _ flag: String, _ rule: ECSRule, most: Int) throws -> [String] {
    guard let text else { return [] }
    let texts = try text.split(separator: ",", omittingEmptySubsequences: false).map {
      try checked(String($0), flag, rule) ?? ""
    }
    guard texts.count <= most, Set(texts).count == texts.count else {
      throw UsageError("\(flag) is '\(text)': expected at most \(most), each once")
    }
    return texts
  }
}
