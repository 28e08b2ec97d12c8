import Foundation
import TestSupport
import Testing

/// What the programs have asked of AWS, as IAM looks at it: read off moto's recording and the ECS stand-in's.
struct RecordedCalls {
  private(set) var coordinator: Set<IAMCall> = []
  private(set) var shards: Set<IAMCall> = []
  /// Names of secrets by which they are asked for, and their ARNs.
  let secrets: [String: String]

  /// - Parameters:
  ///   - lines: of moto's recording.
  ///   - key: the coordinator's access key; all others are those of tasks.
  init(_ lines: some Sequence<Substring>, coordinatorsKey key: String, secrets: [String: String]) throws {
    self.secrets = secrets
    for line in lines {
      let request = try JSON(line.utf8)
      let header = request["headers"]?["Authorization"]?.string ?? ""
      guard let claim = header.firstMatch(of: #/Credential=([^\/]+)\/\d+\/[^\/]+\/([^\/]+)\//#) else {
        continue
      }
      for call in try calls(String(claim.2), request) {
        if claim.1 == key { coordinator.insert(call) } else { shards.insert(call) }
      }
    }
  }

  private func calls(_ service: String, _ request: JSON) throws -> [IAMCall] {
    let body = Data(base64Encoded: request["body"]?.string ?? "") ?? Data()
    switch service {
    case "s3": return [try object(request)]
    case "secretsmanager":
      let id = try JSON(body)["SecretId"]?.string ?? ""
      return [IAMCall("secretsmanager:GetSecretValue", on: secrets[id] ?? id)]
    case "sns", "monitoring":
      var form: [String: String] = [:]
      for item in URLComponents(string: "?\(String(decoding: body, as: UTF8.self))")?.queryItems ?? [] {
        form[item.name] = item.value
      }
      let action = form["Action"] ?? ""
      return service == "sns"
        ? [IAMCall("sns:\(action)", on: form["TopicArn"] ?? "")]
        : [IAMCall("cloudwatch:\(action)", ["cloudwatch:namespace": form["Namespace"] ?? ""])]
    // The stand-in takes the task's role, as Fargate does.
    case "sts": return []
    default: throw IAMPolicyError(description: "a call of a service that nobody has a right for: \(request)")
    }
  }

  private func object(_ request: JSON) throws -> IAMCall {
    let url = try #require(URLComponents(string: request["url"]?.string ?? ""))
    let path = url.path.drop { $0 == "/" }
    let resource = "arn:aws:s3:::\(path.hasSuffix("/") ? path.dropLast() : path)"
    let isBucket = !path.dropLast().contains("/")
    let hasVersion = url.queryItems?.contains { $0.name == "versionId" } ?? false
    let action: String? =
      switch (request["method"]?.string, isBucket) {
      case ("GET", true): "ListBucket"
      case ("GET", false), ("HEAD", false): hasVersion ? "GetObjectVersion" : "GetObject"
      case ("PUT", false): "PutObject"
      case ("DELETE", false): hasVersion ? "DeleteObjectVersion" : "DeleteObject"
      default: nil
      }
    let condition = request["headers"]?["If-None-Match"]?.string
    return IAMCall(
      "s3:\(try #require(action, "\(request)"))", on: resource,
      condition.map { ["s3:if-none-match": $0] } ?? [:])
  }

  /// The coordinator's calls of ECS.
  /// - Parameters:
  ///   - record: of the stand-in.
  ///   - cluster: its ARN.
  ///   - roles: of the task definition: the task's and that of its execution.
  mutating func add(_ record: JSON, cluster: String, roles: [String]) {
    for entry in record.array ?? [] where entry["status"]?.integer == 200 {
      let (asked, answer) = (entry["request"], entry["answer"])
      let operation = "ecs:\(entry["operation"]?.string ?? "")"
      switch operation {
      case "ecs:RunTask":
        for task in answer?["tasks"]?.array ?? [] {
          let launched = ["ecs:cluster": task["clusterArn"]?.string ?? ""]
          coordinator.insert(IAMCall(operation, on: task["taskDefinitionArn"]?.string ?? "", launched))
          coordinator.insert(
            IAMCall("ecs:TagResource", on: task["taskArn"]?.string ?? "", ["ecs:CreateAction": "RunTask"]))
        }
        for role in roles {
          coordinator.insert(
            IAMCall("iam:PassRole", on: role, ["iam:PassedToService": "ecs-tasks.amazonaws.com"]))
        }
      case "ecs:DescribeTasks":
        for task in asked?["tasks"]?.strings ?? [] { coordinator.insert(IAMCall(operation, on: task)) }
      case "ecs:StopTask": coordinator.insert(IAMCall(operation, on: asked?["task"]?.string ?? ""))
      case "ecs:ListTasks": coordinator.insert(IAMCall(operation, ["ecs:cluster": cluster]))
      default: coordinator.insert(IAMCall(operation))
      }
    }
  }
}
