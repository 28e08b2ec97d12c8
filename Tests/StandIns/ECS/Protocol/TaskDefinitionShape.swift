import TestSupport

extension Shape {
  /// RegisterTaskDefinition's request. What the stand-in does not carry out is `any` here and refused by name in
  /// ``TaskDefinition``, unless it makes no difference to a process.
  static let taskDefinition = Shape.structure(
    [
      "family": .string, "taskRoleArn": .string, "executionRoleArn": .string,
      "networkMode": .oneOf(["bridge", "host", "awsvpc", "none"]), "containerDefinitions": .list(container),
      "volumes": .any, "placementConstraints": .any,
      "requiresCompatibilities": .list(.oneOf(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])),
      "cpu": .string, "memory": .string, "tags": .tags, "pidMode": .oneOf(["host", "task"]),
      "ipcMode": .oneOf(["host", "task", "none"]), "proxyConfiguration": .any, "inferenceAccelerators": .any,
      "ephemeralStorage": .ephemeralStorage,
      "runtimePlatform": .structure([
        "cpuArchitecture": .oneOf(["X86_64", "ARM64"]), "operatingSystemFamily": .string,
      ]), "enableFaultInjection": .boolean,
    ], required: ["family", "containerDefinitions"])

  private static let secrets = Shape.list(
    .structure(["name": .string, "valueFrom": .string], required: ["name", "valueFrom"]))

  private static let container = Shape.structure([
    "name": .string, "image": .string, "repositoryCredentials": .any, "cpu": .integer(), "memory": .integer(),
    "memoryReservation": .integer(), "links": .list(.string), "portMappings": .any, "essential": .boolean,
    "restartPolicy": .any, "entryPoint": .list(.string), "command": .list(.string),
    "environment": .namedValues,
    "environmentFiles": .any, "mountPoints": .any, "volumesFrom": .any,
    "linuxParameters": .structure([
      "capabilities": .any, "devices": .any, "initProcessEnabled": .boolean, "sharedMemorySize": .integer(),
      "tmpfs": .any, "maxSwap": .integer(), "swappiness": .integer(),
    ]), "secrets": secrets, "dependsOn": .any, "startTimeout": .integer(), "stopTimeout": .integer(2...120),
    "versionConsistency": .oneOf(["enabled", "disabled"]), "hostname": .string, "user": .string,
    "workingDirectory": .string, "disableNetworking": .boolean, "privileged": .boolean,
    "readonlyRootFilesystem": .boolean, "dnsServers": .list(.string), "dnsSearchDomains": .list(.string),
    "extraHosts": .any, "dockerSecurityOptions": .list(.string), "interactive": .boolean,
    "pseudoTerminal": .boolean, "dockerLabels": .map,
    "ulimits": .list(
      .structure(
        ["name": .string, "softLimit": .integer(), "hardLimit": .integer()],
        required: ["name", "softLimit", "hardLimit"])),
    "logConfiguration": .structure(
      [
        "logDriver": .oneOf([
          "json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "awsfirelens",
        ]), "options": .map, "secretOptions": secrets,
      ], required: ["logDriver"]), "healthCheck": .any, "systemControls": .any, "resourceRequirements": .any,
    "firelensConfiguration": .any, "credentialSpecs": .list(.string),
  ])
}
