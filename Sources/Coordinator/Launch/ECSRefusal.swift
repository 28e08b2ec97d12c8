import Shared

/// Why a RunTask brought no task, and what that means for the next.
enum ECSRefusal: Sendable, Equatable {
  /// Neither this shard nor any other will be launched until a person has done something.
  case final(String)
  /// This shard's alone.
  case shard(String)
  /// There is no room now; later there may be. Asked anew it needs another token.
  case capacity(String)
  /// Not carried out, or nobody knows: the same token asks what became of it.
  case unanswered(String)
  /// The token is known with another request.
  case conflict(String)

  /// ECS has said no: there is no task of this try.
  var isDefinite: Bool {
    if case .unanswered = self { false } else { true }
  }

  /// Of an answer without a task.
  init(_ failures: [ECSFailure]) {
    guard let failure = failures.first else {
      self = .shard("ECS launched no task and gave no reason")
      return
    }
    let text = [failure.reason, failure.detail].compactMap(\.self).joined(separator: ": ").onOneLine(300)
    self = Self.isCapacity(text) ? .capacity(text) : .shard("ECS launched no task: \(text)")
  }

  init(_ error: any Error, options: ECSOptions) {
    switch error {
    case is HTTPFailure, is CancellationError: self = .unanswered("\(error)")
    case let error as AWSError: self = Self.refusal(error, options)
    default: self = .final("\(error)")
    }
  }

  private static func refusal(_ error: AWSError, _ options: ECSOptions) -> ECSRefusal {
    switch error.code {
    case "ConflictException": return .conflict("\(error)")
    // What could not be read was an answer all the same.
    case "ServerException", "UnreadableAnswer": return .unanswered("\(error)")
    case "ClientException", "InvalidParameterException":
      if isCapacity(error.message) { return .capacity(error.message.onOneLine(300)) }
    default: if error.isTransient { return .unanswered("\(error)") }
    }
    guard let hint = hint(error, options) else { return .final("\(error)") }
    let id = error.requestID.map { ", request id \($0)" } ?? ""
    return .final(
      "\(error.call) was refused: \(error.code ?? "") (\(error.message.onOneLine(500)))\(id): \(hint)")
  }

  /// "Capacity is unavailable at this time", "You've reached the limit on the number of tasks you can run concurrently",
  /// "The requested CPU configuration is above your limit". Not what is said of a capacity provider, nor of the limits
  /// of a request.
  static func isCapacity(_ text: String) -> Bool {
    let text = text.lowercased().replacing("capacity provider", with: "").replacing(
      "capacityprovider", with: "")
    return text.contains("capacity") || text.contains("reached the limit")
      || text.contains("above your limit")
      || text.contains("limit on the number of") || text.contains("vcpu")
  }

  /// What only who knows ECS knows.
  private static func hint(_ error: AWSError, _ options: ECSOptions) -> String? {
    let text = error.message.lowercased()
    switch error.code {
    case "AccessDeniedException":
      if text.contains("iam:passrole") {
        return
          "the coordinator's role needs iam:PassRole on the task definition's execution role and task role"
      }
      if text.contains("ecs:tagresource") {
        return
          "tasks are launched with tags: the coordinator's role needs ecs:TagResource on the cluster's tasks"
      }
      return nil
    case "ClusterNotFoundException":
      return
        "there is no active cluster '\(options.cluster)' in this account and region: see --cluster (ecs.cluster) and AWS_REGION"
    case "PlatformUnknownException", "PlatformTaskDefinitionIncompatibilityException":
      return "see --platform-version (ecs.platform_version), which is \(options.platformVersion)"
    case "BlockedException": return "AWS has blocked the account: ask AWS Support"
    default: return parameterHint(text, options)
    }
  }

  private static func parameterHint(_ text: String, _ options: ECSOptions) -> String? {
    if text.contains("taskdefinition") || text.contains("task definition") {
      if text.contains("container") {
        return
          "the task definition has no container '\(options.container)': see --container (ecs.container)"
      }
      return
        "see --task-definition (ecs.task_definition), which is \(options.taskDefinition): it must be there, active, and for Fargate"
    }
    if text.contains("capacity provider") || text.contains("capacityprovider") {
      return
        "the cluster must have the capacity providers FARGATE and FARGATE_SPOT (aws ecs put-cluster-capacity-providers)"
    }
    if text.contains("subnet") { return "see --subnets (ecs.subnets)" }
    if text.contains("security group") { return "see --security-groups (ecs.security_groups)" }
    return nil
  }
}

extension AWSError {
  /// ECS knows no such task: it has been gone for an hour, or is not yet visible.
  var saysTaskIsUnknown: Bool {
    code == "ClientException" || code == "InvalidParameterException"
      ? message.lowercased().contains("not found") : false
  }

  /// Asking again changes nothing.
  var isDenied: Bool { code == "AccessDeniedException" || code == "ClusterNotFoundException" }
}
