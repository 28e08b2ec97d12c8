/// `ecs:RunTask`: one task for one shard. Members are ECS's own, as far as they are used.
struct ECSRunTask: Encodable, Sendable, Equatable {
  struct Provider: Encodable, Sendable, Equatable {
    let capacityProvider: String
    var weight = 1
  }

  struct Network: Encodable, Sendable, Equatable {
    struct VPC: Encodable, Sendable, Equatable {
      let subnets: [String]
      /// `nil`: the VPC's default one.
      let securityGroups: [String]?
      let assignPublicIp: String
    }
    let awsvpcConfiguration: VPC
  }

  struct Tag: Encodable, Sendable, Equatable {
    let key: String
    let value: String
  }

  let cluster: String
  let taskDefinition: String
  var count = 1
  /// One of the two.
  let launchType: String?
  let capacityProviderStrategy: [Provider]?
  let platformVersion: String
  let networkConfiguration: Network
  let overrides: ECSOverrides
  let startedBy: String
  let clientToken: String
  let tags: [Tag]
  /// The task definition's tags say who pays.
  var propagateTags = "TASK_DEFINITION"
  var enableECSManagedTags = true
}

struct ECSOverrides: Codable, Sendable, Equatable {
  struct Variable: Codable, Sendable, Equatable {
    let name: String
    let value: String
  }

  struct Container: Codable, Sendable, Equatable {
    let name: String
    let command: [String]?
    let environment: [Variable]?
  }

  let containerOverrides: [Container]?
  /// Of the task, as text.
  let cpu: String?
  let memory: String?

  func value(_ name: String) -> String? {
    containerOverrides?.lazy.compactMap { $0.environment?.first { $0.name == name }?.value }.first
  }
}

/// At most ``most`` tasks.
struct ECSDescribeTasks: Encodable, Sendable, Equatable {
  static let most = 100
  let cluster: String
  let tasks: [String]
}

struct ECSStopTask: Encodable, Sendable, Equatable {
  let cluster: String
  let task: String
  let reason: String

  /// - Parameter reason: shortened to what ECS keeps (255 characters), on one line.
  init(cluster: String, task: String, reason: String) {
    (self.cluster, self.task) = (cluster, task)
    self.reason = "k6-grid: \(reason)".onOneLine(240)
  }
}

/// `startedBy` may be the only filter besides the cluster; then it lists tasks that are to run.
struct ECSListTasks: Encodable, Sendable, Equatable {
  let cluster: String
  let startedBy: String
  var nextToken: String?
}

/// What RunTask and DescribeTasks answer. No closed enums: AWS adds words. An answer of 200 may be all failures.
struct ECSTasks: Decodable, Sendable, Equatable {
  var tasks: [ECSTask]?
  var failures: [ECSFailure]?
}

struct ECSTask: Decodable, Sendable, Equatable {
  struct Container: Decodable, Sendable, Equatable {
    var name: String?
    var lastStatus: String?
    /// There is none when the container never started.
    var exitCode: Int?
    var reason: String?
  }

  var taskArn: String?
  var lastStatus: String?
  var desiredStatus: String?
  var stopCode: String?
  var stoppedReason: String?
  var containers: [Container]?
  var overrides: ECSOverrides?
  /// Seconds since 1970.
  var pullStartedAt, stoppingAt, stoppedAt: ECSAside<Double>?
  /// CPU units and MiB.
  var cpu, memory: ECSAside<String>?
  var capacityProviderName: ECSAside<String>?
}

struct ECSFailure: Decodable, Sendable, Equatable {
  var arn: String?
  var reason: String?
  var detail: String?
}

struct ECSStopTaskAnswer: Decodable, Sendable, Equatable {}

struct ECSTaskList: Decodable, Sendable, Equatable {
  var taskArns: [String]?
  var nextToken: String?
}

/// The task's id: the last part of its ARN.
func ecsTaskID(_ arn: String) -> String { arn.split(separator: "/").last.map(String.init) ?? arn }

extension String {
  /// Text from outside in a sentence of ours: no line breaks, no control characters, not without end.
  func onOneLine(_ most: Int) -> String {
    let line = String(
      String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    return line.count > most ? "\(line.prefix(most))..." : line
  }
}
