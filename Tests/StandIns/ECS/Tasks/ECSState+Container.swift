import Foundation
import TestSupport

/// What a task finds inside its container: the environment and the endpoints of the ECS agent.
extension ECSState {
  /// Where the ECS agent is for a container; a network of Docker's may have it too.
  static let containerAddress = "http://169.254.170.2"

  /// - Throws: ``ECSError`` when a secret of the definition cannot be had.
  func containerStart(_ task: ECSTask) throws -> ContainerStart {
    var injected = [
      "AWS_REGION": settings.region, "AWS_DEFAULT_REGION": settings.region,
      "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
      "ECS_CONTAINER_METADATA_URI_V4": "\(address)/v4/\(task.endpointID)",
      "ECS_AGENT_URI": "\(address)/api/\(task.endpointID)",
    ]
    if task.definition.taskRole != nil, address == Self.containerAddress {
      injected["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/credentials/\(task.id)"
    } else if task.definition.taskRole != nil {
      // 169.254.170.2 is nothing that a process of this machine can have. A port of loopback needs a token, which the
      // real one does not want.
      let token = UUID().uuidString
      credentialTokens[task.id] = token
      injected["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "\(address)/credentials/\(task.id)"
      injected["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = token
    }
    return ContainerStart(
      container: task.definition.container, override: task.containerOverride, agent: settings.agent,
      passed: settings.passed, injected: injected, secrets: try secrets(task.definition))
  }

  private func secrets(_ definition: TaskDefinition) throws -> [String: String] {
    var found: [String: String] = [:]
    for secret in definition.container["secrets"]?.array ?? [] {
      let source = secret["valueFrom"]?.string ?? ""
      guard let value = settings.secrets[source] else {
        throw ECSError.client(
          "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
            + "unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified "
            + "secret: \(source)")
      }
      found[secret["name"]?.string ?? ""] = value
    }
    return found
  }

  /// The task whose container has this endpoint.
  func task(endpointID: String) -> ECSTask? {
    tasks[String(endpointID.prefix(32))].flatMap { $0.endpointID == endpointID ? $0 : nil }
  }

  /// A fault of the endpoints inside a task.
  func endpointFault(_ endpoint: String, _ task: ECSTask?) -> Fault? {
    calls[endpoint, default: 0] += 1
    return faults.call(endpoint, shard: task?.shard)
  }

  func metadata(_ task: ECSTask) -> TaskMetadata {
    let drift = faults.fault(.clockDrift, shard: task.shard, launch: task.launch)
    if drift != nil { faults.count(.clockDrift, shard: task.shard, launch: task.launch) }
    return TaskMetadata(task: task, region: settings.region, drift: drift, now: Date())
  }
}
