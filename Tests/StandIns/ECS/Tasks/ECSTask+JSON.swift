import TestSupport

extension ECSTask {
  func json(withTags: Bool) -> JSON {
    JSON([
      "attachments": [attachment], "attributes": [["name": "ecs.cpu-architecture", "value": "x86_64"]],
      "availabilityZone": .string(zone), "capacityProviderName": capacityProvider.map { .string($0) },
      "clusterArn": .string(clusterARN), "connectivity": startedAt == nil ? nil : "CONNECTED",
      "connectivityAt": startedAt.map { .number($0) }, "containers": [container],
      "cpu": .string(request["overrides"]?["cpu"]?.string ?? definition.cpu), "createdAt": .number(createdAt),
      "desiredStatus": .string(desiredStatus),
      "enableExecuteCommand": request["enableExecuteCommand"] ?? false,
      "executionStoppedAt": executionStoppedAt.map { .number($0) },
      "group": request["group"] ?? .string("family:\(definition.family)"), "healthStatus": "UNKNOWN",
      "inferenceAccelerators": [], "lastStatus": .string(lastStatus), "launchType": "FARGATE",
      "memory": .string(request["overrides"]?["memory"]?.string ?? definition.memory), "overrides": overrides,
      "platformVersion": .string(platformVersion), "platformFamily": "Linux",
      "pullStartedAt": pullStartedAt.map { .number($0) }, "pullStoppedAt": pullStoppedAt.map { .number($0) },
      "startedAt": startedAt.map { .number($0) }, "startedBy": request["startedBy"],
      "stopCode": stop.map { .string($0.code) }, "stoppedReason": stop.map { .string($0.reason) },
      "stoppingAt": stoppingAt.map { .number($0) }, "stoppedAt": stoppedAt.map { .number($0) },
      "tags": withTags ? tags : [], "taskArn": .string(arn), "taskDefinitionArn": .string(definition.arn),
      "version": .number(Double(version)),
      "ephemeralStorage": request["overrides"]?["ephemeralStorage"] ?? definition.request["ephemeralStorage"]
        ?? ["sizeInGiB": 20],
    ])
  }

  /// What an idempotent RunTask says of a task that has stopped.
  var brief: JSON {
    [
      "taskArn": .string(arn), "lastStatus": .string(lastStatus), "desiredStatus": .string(desiredStatus),
    ]
  }

  private var platformVersion: String {
    let asked = request["platformVersion"]?.string ?? "LATEST"
    return asked == "LATEST" ? "1.4.0" : asked
  }

  private var overrides: JSON {
    var overrides = request["overrides"]?.object ?? [:]
    if (overrides["containerOverrides"]?.array ?? []).isEmpty {
      overrides["containerOverrides"] = [["name": .string(definition.containerName)]]
    }
    overrides["inferenceAcceleratorOverrides"] = []
    return .object(overrides)
  }

  private var attachment: JSON {
    // The network interface is there from PENDING to DEPROVISIONING.
    let status =
      switch lastStatus {
      case "PROVISIONING": "PRECREATED"
      case "DEPROVISIONING", "STOPPED": "DELETED"
      default: "ATTACHED"
      }
    return [
      "id": .string("eni-attachment-\(id.prefix(12))"), "type": "ElasticNetworkInterface",
      "status": .string(status),
      "details": [
        ["name": "subnetId", "value": .string(subnet)],
        ["name": "networkInterfaceId", "value": .string("eni-0\(id.prefix(16))")],
        ["name": "privateIPv4Address", "value": .string(address)],
      ],
    ]
  }

  private var container: JSON {
    JSON([
      "containerArn": .string("\(arn.replacing(":task/", with: ":container/"))/\(id.suffix(8))"),
      "taskArn": .string(arn), "name": .string(definition.containerName),
      "image": definition.container["image"],
      "imageDigest": pullStoppedAt == nil
        ? nil : .string("sha256:\(String(repeating: "0", count: 32))\(id)"),
      "runtimeId": startedAt == nil ? nil : .string(endpointID), "lastStatus": .string(containerStatus),
      "exitCode": exitCode.map { .number(Double($0)) }, "reason": containerReason.map { .string($0) },
      "networkBindings": [],
      "networkInterfaces": [
        [
          "attachmentId": .string("eni-attachment-\(id.prefix(12))"), "privateIpv4Address": .string(address),
        ]
      ], "healthStatus": "UNKNOWN",
      "cpu": .string(definition.container["cpu"]?.integer.map(String.init) ?? "0"),
      "memory": definition.container["memory"]?.integer.map { .string(String($0)) },
    ])
  }

  /// For `GET /_state`.
  var state: JSON {
    JSON([
      "taskArn": .string(arn), "shard": shard.map { .number(Double($0)) }, "launch": .number(Double(launch)),
      "lastStatus": .string(lastStatus), "desiredStatus": .string(desiredStatus),
      "stopCode": stop.map { .string($0.code) }, "stoppedReason": stop.map { .string($0.reason) },
      "exitCode": exitCode.map { .number(Double($0)) }, "startedBy": request["startedBy"],
      "processID": body?.processID.map { .number(Double($0)) }, "isGone": .bool(isGone),
      "capacityProviderName": capacityProvider.map { .string($0) },
    ])
  }
}
