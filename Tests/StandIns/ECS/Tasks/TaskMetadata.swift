import Foundation
import TestSupport

/// The task metadata endpoint, version 4, as on Fargate.
struct TaskMetadata {
  let task: ECSTask
  let region: String
  let drift: Fault?
  let now: Date

  /// `${ECS_CONTAINER_METADATA_URI_V4}`
  var container: JSON {
    let definition = task.definition
    let options = definition.container["logConfiguration"]?["options"]?.object ?? [:]
    let prefix = options["awslogs-stream-prefix"]?.string
    return JSON([
      "DockerId": .string(task.endpointID), "Name": .string(definition.containerName),
      "DockerName": .string(definition.containerName), "Image": definition.container["image"],
      "ImageID": .string("sha256:\(String(repeating: "0", count: 32))\(task.id)"),
      "Labels": [
        "com.amazonaws.ecs.cluster": .string(task.clusterARN),
        "com.amazonaws.ecs.container-name": .string(definition.containerName),
        "com.amazonaws.ecs.task-arn": .string(task.arn),
        "com.amazonaws.ecs.task-definition-family": .string(definition.family),
        "com.amazonaws.ecs.task-definition-version": .string(String(definition.revision)),
      ], "DesiredStatus": .string(task.desiredStatus), "KnownStatus": .string(task.containerStatus),
      "Limits": ["CPU": definition.container["cpu"] ?? 2], "CreatedAt": text(task.startedAt),
      "StartedAt": text(task.startedAt), "Type": "NORMAL",
      "LogDriver": definition.container["logConfiguration"]?["logDriver"],
      "LogOptions": options.isEmpty
        ? nil
        : JSON([
          "awslogs-group": options["awslogs-group"], "awslogs-region": options["awslogs-region"],
          "awslogs-stream": prefix.map { .string("\($0)/\(definition.containerName)/\(task.id)") },
        ]),
      "ContainerARN": .string("\(task.arn.replacing(":task/", with: ":container/"))/\(task.id.suffix(8))"),
      "Networks": [
        [
          "NetworkMode": "awsvpc", "IPv4Addresses": [.string(task.address)],
          "PrivateDNSName": .string("ip-\(task.address.replacing(".", with: "-")).ec2.internal"),
        ]
      ], "Snapshotter": "overlayfs",
    ])
  }

  /// `${ECS_CONTAINER_METADATA_URI_V4}/task`
  var document: JSON {
    let definition = task.definition
    return JSON([
      "Cluster": .string(task.clusterARN), "TaskARN": .string(task.arn), "Family": .string(definition.family),
      "Revision": .string(String(definition.revision)), "DesiredStatus": .string(task.desiredStatus),
      "KnownStatus": .string(task.lastStatus),
      // In vCPUs, and MiB.
      "Limits": JSON([
        "CPU": Double(definition.cpu).map { .number($0 / 1024) },
        "Memory": Double(definition.memory).map { .number($0) },
      ]), "PullStartedAt": text(task.pullStartedAt), "PullStoppedAt": text(task.pullStoppedAt),
      "AvailabilityZone": .string(task.zone), "LaunchType": "FARGATE", "Containers": [container],
      "ClockDrift": clockDrift, "EphemeralStorageMetrics": ["Utilized": 261, "Reserved": 20496],
    ])
  }

  private var clockDrift: JSON {
    let reference = now.addingTimeInterval((drift?.number("offsetMilliseconds") ?? 0) / 1000)
    return [
      "ClockErrorBound": .number(drift?.number("errorBoundMilliseconds") ?? 0.5487),
      "ReferenceTimestamp": .string(reference.formatted(Date.ISO8601FormatStyle(timeZone: .gmt))),
      "ClockSynchronizationStatus": .string(drift?.text("synchronization") ?? "SYNCHRONIZED"),
    ]
  }

  private func text(_ time: Double?) -> JSON? {
    time.map {
      .string(
        Date(timeIntervalSince1970: $0).formatted(
          Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt)))
    }
  }
}
