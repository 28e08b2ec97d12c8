import ArgumentParser

/// Where shards run on ECS. The rest of it is in `grid.yml` under `ecs:`.
struct ECSFlags: ParsableArguments {
  @Option(help: ArgumentHelp("The cluster in which every shard is a task of Fargate.", valueName: "name"))
  var cluster: String?
  @Option(
    help: ArgumentHelp(
      "What the tasks are made of; without a revision the newest active one.", valueName: "family[:revision]")
  )
  var taskDefinition: String?
  @Option(help: ArgumentHelp("The agent's container in it [shard].", valueName: "name"))
  var container: String?
  @Option(help: ArgumentHelp("Subnets for the tasks, up to 16, with commas.", valueName: "ids"))
  var subnets: String?
  @Option(
    help: ArgumentHelp(
      "Security groups for the tasks, up to 5, with commas [the VPC's default one].", valueName: "ids"))
  var securityGroups: String?
  @Flag(
    inversion: .prefixedNo,
    help: "Give every task a public address: for subnets without NAT or VPC endpoints [not].")
  var assignPublicIp: Bool?
  @Option(help: ArgumentHelp("Fargate's platform version [1.4.0].", valueName: "version"))
  var platformVersion: String?
  @Option(
    help: ArgumentHelp(
      "CPU units of a task, as 2048 for two CPUs [the task definition's].", valueName: "units"))
  var taskCpu: String?
  @Option(
    help: ArgumentHelp(
      "Memory of a task; as flags both take the place of both in the configuration [the task definition's].",
      valueName: "MiB"))
  var taskMemory: String?
  @Option(
    help: ArgumentHelp(
      "A secret that the agents fetch for the script, as id#key or NAME=id#key; may be repeated.",
      valueName: "secret"))
  var secret: [String] = []

  var raw: RawECSFlags {
    RawECSFlags(
      cluster: cluster, taskDefinition: taskDefinition, container: container, subnets: subnets,
      securityGroups: securityGroups, assignPublicIP: assignPublicIp, platformVersion: platformVersion,
      cpu: taskCpu, memory: taskMemory, secrets: secret)
  }
}
