import Foundation
import TestSupport

/// The ECS of one account in one Region: its clusters, task definitions and tasks, and what was asked of it.
actor ECSState {
  struct Settings: Sendable {
    var region = "us-east-1"
    var account = "123456789012"
    /// Of each state but RUNNING.
    var stateDelay = Duration.milliseconds(50)
    /// From one look at a running task to the next.
    var runningLook = Duration.milliseconds(50)
    var enforcesRates = true
    /// The program that tasks run as processes.
    var agent: String
    /// Where tasks run as containers; `nil`: they are processes.
    var docker: DockerPlace?
    /// Beneath the environment of every task.
    var passed: [String: String] = [:]
    /// By the ARN that a definition's `secrets` name.
    var secrets: [String: String] = [:]
    var logs: String
    var credentialSeconds = 3600.0
    var credentialSource = CredentialSource.own
  }

  struct ECSCluster: Sendable {
    let name: String
    let providers: [String]
    let defaultStrategy: [JSON]
    let tags: JSON
  }

  /// What RunTask remembers of a client token.
  struct Remembered: Sendable {
    let request: JSON
    let tasks: [String]
    let failures: JSON
  }

  let settings: Settings
  let bodies: TaskBodies
  /// Of the endpoints inside a task; known when the server listens.
  var address = ""
  var keys: KeyRing
  var faults = FaultBook()
  var rates: Rates
  var clusters: [String: ECSCluster] = [:]
  /// Revisions of a family, from 1.
  var definitions: [String: [TaskDefinition]] = [:]
  var tasks: [String: ECSTask] = [:]
  /// In the order of their launch.
  var taskIDs: [String] = []
  var remembered: [String: Remembered] = [:]
  var launches: [Int?: Int] = [:]
  /// What a task's credentials endpoint wants to be told.
  var credentialTokens: [String: String] = [:]

  var calls: [String: Int] = [:]
  var throttles: [String: Int] = [:]
  var stops: [JSON] = []
  var handOuts = 0
  var record: [JSON] = []

  init(_ settings: Settings, keys: KeyRing, bodies: TaskBodies) {
    (self.settings, self.keys, self.bodies) = (settings, keys, bodies)
    rates = Rates(at: Self.uptime)
  }

  static var uptime: Double { ProcessInfo.processInfo.systemUptime }

  /// To the millisecond, as ECS tells times.
  var now: Double { (Date().timeIntervalSince1970 * 1000).rounded() / 1000 }

  var arnPrefix: String { "arn:aws:ecs:\(settings.region):\(settings.account)" }

  func listens(at address: String) { self.address = address }

  /// By name or ARN; ECS's `default` when none is given.
  func cluster(_ value: JSON?) throws -> ECSCluster {
    let given = value?.string ?? "default"
    let prefix = "\(arnPrefix):cluster/"
    let name = given.hasPrefix(prefix) ? String(given.dropFirst(prefix.count)) : given
    guard let cluster = clusters[name] else { throw ECSError.clusterNotFound }
    return cluster
  }

  func arn(of cluster: ECSCluster) -> String { "\(arnPrefix):cluster/\(cluster.name)" }
}
