/// What ECS says of a cluster and of a task definition, as far as it is looked at. No closed enums: AWS adds words.
struct ECSClusters: Decodable, Sendable {
  struct Cluster: Decodable, Sendable {
    var clusterArn: String?
    var status: String?
    var capacityProviders: [String]?
  }
  var clusters: [Cluster]?
}

struct ECSTaskDefinitionAnswer: Decodable, Sendable {
  let taskDefinition: ECSTaskDefinition
}

struct ECSTaskDefinition: Decodable, Sendable {
  struct Container: Decodable, Sendable {
    struct LogConfiguration: Decodable, Sendable {
      var logDriver: String?
      var options: [String: String]?
    }
    struct Secret: Decodable, Sendable {
      var name: String?
      var valueFrom: String?
    }
    var name: String?
    var image: String?
    /// Seconds; 30 when it is not said.
    var stopTimeout: Int?
    var logConfiguration: LogConfiguration?
    var secrets: [Secret]?
  }

  var taskDefinitionArn: String?
  var status: String?
  var networkMode: String?
  var requiresCompatibilities: [String]?
  var cpu: String?
  var memory: String?
  var taskRoleArn: String?
  var executionRoleArn: String?
  var containerDefinitions: [Container]?

  /// `k6-shard:7`
  var name: String { ecsTaskID(taskDefinitionArn ?? "the task definition") }

  func container(_ name: String) -> Container? { containerDefinitions?.first { $0.name == name } }
}
