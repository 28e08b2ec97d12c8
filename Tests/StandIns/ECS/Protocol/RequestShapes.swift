import TestSupport

/// The operations that the stand-in knows, with their requests as in ECS's service model of 2014-11-13. A test sends
/// every member of that model, so that none is missing here.
enum ECSOperation: String, CaseIterable, Sendable {
  case registerTaskDefinition = "RegisterTaskDefinition"
  case describeTaskDefinition = "DescribeTaskDefinition"
  case runTask = "RunTask"
  case describeTasks = "DescribeTasks"
  case stopTask = "StopTask"
  case listTasks = "ListTasks"
  case createCluster = "CreateCluster"
  case describeClusters = "DescribeClusters"

  var request: Shape {
    switch self {
    case .registerTaskDefinition: .taskDefinition
    case .describeTaskDefinition:
      .structure(
        ["taskDefinition": .string, "include": .list(.oneOf(["TAGS"]))], required: ["taskDefinition"])
    case .runTask: .runTask
    case .describeTasks:
      .structure(
        ["cluster": .string, "tasks": .list(.string), "include": .list(.oneOf(["TAGS"]))], required: ["tasks"]
      )
    case .stopTask: .structure(["cluster": .string, "task": .string, "reason": .string], required: ["task"])
    case .listTasks: .listTasks
    case .createCluster:
      .structure([
        "clusterName": .string, "tags": .tags, "settings": .any, "configuration": .any,
        "capacityProviders": .list(.string), "defaultCapacityProviderStrategy": .capacityProviderStrategy,
        "serviceConnectDefaults": .any,
      ])
    case .describeClusters:
      .structure([
        "clusters": .list(.string),
        "include": .list(.oneOf(["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"])),
      ])
    }
  }
}

extension Shape {
  static let tags = Shape.list(.structure(["key": .string, "value": .string]))
  static let namedValues = Shape.list(.structure(["name": .string, "value": .string]))
  static let launchType = Shape.oneOf(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])
  static let ephemeralStorage = Shape.structure(["sizeInGiB": .integer(21...200)], required: ["sizeInGiB"])

  static let capacityProviderStrategy = Shape.list(
    .structure(
      ["capacityProvider": .string, "weight": .integer(0...1000), "base": .integer(0...100_000)],
      required: ["capacityProvider"]))

  static let listTasks = Shape.structure([
    "cluster": .string, "containerInstance": .string, "family": .string, "nextToken": .string,
    "maxResults": .integer(1...100), "startedBy": .string, "serviceName": .string,
    "desiredStatus": .oneOf(["RUNNING", "PENDING", "STOPPED"]), "launchType": .launchType,
    "daemonName": .string,
  ])

  static let runTask = Shape.structure(
    [
      "capacityProviderStrategy": .capacityProviderStrategy, "cluster": .string, "count": .integer(),
      "enableECSManagedTags": .boolean, "enableExecuteCommand": .boolean, "group": .string,
      "launchType": .launchType, "networkConfiguration": .network, "overrides": .overrides,
      "placementConstraints": .any, "placementStrategy": .any, "platformVersion": .string,
      "propagateTags": .oneOf(["TASK_DEFINITION", "SERVICE", "NONE"]), "referenceId": .string,
      "startedBy": .string, "tags": .tags, "taskDefinition": .string, "clientToken": .string,
      "volumeConfigurations": .any,
    ], required: ["taskDefinition"])

  private static let network = Shape.structure([
    "awsvpcConfiguration": .structure(
      [
        "subnets": .list(.string), "securityGroups": .list(.string),
        "assignPublicIp": .oneOf(["ENABLED", "DISABLED"]),
      ], required: ["subnets"])
  ])

  private static let overrides = Shape.structure([
    "containerOverrides": .list(
      .structure([
        "name": .string, "command": .list(.string), "environment": .namedValues, "environmentFiles": .any,
        "cpu": .integer(), "memory": .integer(), "memoryReservation": .integer(),
        "resourceRequirements": .any,
      ])),
    "cpu": .string, "inferenceAcceleratorOverrides": .any, "executionRoleArn": .string, "memory": .string,
    "taskRoleArn": .string, "ephemeralStorage": .ephemeralStorage,
  ])
}
