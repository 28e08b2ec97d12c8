import TestSupport

/// A task as ECS knows it. Times are seconds since 1970.
struct ECSTask: Sendable {
  let id: String
  let arn: String
  let clusterARN: String
  let definition: TaskDefinition
  /// RunTask's request.
  let request: JSON
  let capacityProvider: String?
  let shard: Int?
  /// Which launch of its shard, from 1.
  let launch: Int
  let createdAt: Double

  private(set) var lastStatus = "PROVISIONING"
  var desiredStatus = "RUNNING"
  /// Counts what happened to the task.
  private(set) var version = 1
  var containerStatus = "PENDING"
  /// Absent if the container never ran.
  var exitCode: Int?
  var containerReason: String?
  var stop: Stop?
  var tags: JSON
  var pullStartedAt: Double?
  var pullStoppedAt: Double?
  var startedAt: Double?
  var stoppingAt: Double?
  var executionStoppedAt: Double?
  var stoppedAt: Double?
  /// DescribeTasks and ListTasks do not know the task before this.
  var visibleFrom: Double
  /// Nor when it is lost, or has been stopped for too long.
  var isGone = false
  var body: (any TaskBody)?

  struct Stop: Sendable {
    let code: String
    let reason: String
    /// When the container is told, which may be later than ECS said.
    let notBefore: Double
  }

  var isStopped: Bool { lastStatus == "STOPPED" }
  var isOnSpot: Bool { capacityProvider == "FARGATE_SPOT" }

  mutating func move(to status: String) {
    lastStatus = status
    version += 1
  }

  func isVisible(at now: Double) -> Bool { !isGone && now >= visibleFrom }

  /// The override of the one container.
  var containerOverride: JSON? { request["overrides"]?["containerOverrides"]?.array?.first }

  var subnet: String {
    request["networkConfiguration"]?["awsvpcConfiguration"]?["subnets"]?.strings?.first ?? ""
  }
  /// A Region's zones are lettered; the subnet decides.
  var zone: String {
    let region = arn.split(separator: ":")[3]
    return region + ["a", "b", "c"][subnet.utf8.reduce(0) { $0 + Int($1) } % 3]
  }
  /// Private addresses, told apart by the task's own id.
  var address: String {
    let bytes = Array(id.utf8.suffix(6))
    return "10.0.\(Int(bytes[0]) + Int(bytes[1])).\(Int(bytes[2]) + Int(bytes[3]) % 100)"
  }
  /// In the paths of the endpoints inside the task.
  var endpointID: String { "\(id)-\(String(createdAt.bitPattern).suffix(10))" }
}
