import Foundation
import TestSupport

extension ECSServer {
  /// `aws ecs run-task` as a person types it: with boto3, which is what the AWS CLI calls ECS with.
  /// - Returns: ECS's answer.
  func runTask(
    count: Int = 1, command: [String], _ variables: [String: String], environment: [String: String]? = nil
  ) async throws -> JSON {
    let parameters: [String: Any] = [
      "cluster": "load", "taskDefinition": "k6-shard:1", "launchType": "FARGATE", "startedBy": "by-hand",
      "count": count,
      "networkConfiguration": ["awsvpcConfiguration": ["subnets": ["subnet-0123456789abcdef0"]]],
      "overrides": [
        "containerOverrides": [
          [
            "name": "shard", "command": command,
            "environment": variables.map { ["name": $0.key, "value": $0.value] },
          ] as [String: Any]
        ]
      ],
    ]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: parameters), as: UTF8.self)
    let answer = try await Botocore.run(
      "call.py", ["ecs", "run_task", text], environment: environment ?? self.environment)
    return try JSON(Array(answer.utf8))
  }
}
