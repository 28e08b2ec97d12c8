import Shared
import Testing

@testable import Coordinator

@Suite struct ECSRefusalTests {
  enum Kind { case final, shard, capacity, unanswered, conflict }

  private func kind(_ refusal: ECSRefusal) -> (Kind, String) {
    switch refusal {
    case .final(let text): (.final, text)
    case .shard(let text): (.shard, text)
    case .capacity(let text): (.capacity, text)
    case .unanswered(let text): (.unanswered, text)
    case .conflict(let text): (.conflict, text)
    }
  }

  @Test(
    arguments: [
      ("You've reached the limit on the number of tasks you can run concurrently", nil, .capacity),
      ("You've reached the limit on the number of spot tasks you can run concurrently", nil, .capacity),
      ("The requested CPU configuration is above your limit", nil, .capacity),
      (
        "Capacity is unavailable at this time. Please try again later or in a different availability zone",
        nil, .capacity
      ),
      ("You've reached the limit on the number of vCPUs you can run concurrently", nil, .capacity),
      ("RESOURCE:MEMORY", nil, .shard), ("RESOURCE:ENI", "none", .shard), ("AGENT", nil, .shard),
      ("ATTRIBUTE", nil, .shard), ("something new", nil, .shard),
    ] as [(String, String?, Kind)])
  func `a failure in an answer of 200`(reason: String, detail: String?, expected: Kind) {
    let (kind, text) = kind(ECSRefusal([ECSFailure(arn: nil, reason: reason, detail: detail)]))
    #expect(kind == expected && text.contains(reason))
  }

  @Test func `an answer with nothing in it is final for its shard`() {
    #expect(kind(ECSRefusal([])).0 == .shard)
    #expect(kind(ECSRefusal([ECSFailure()])).0 == .shard)
  }

  @Test(
    arguments: [
      (
        "AccessDeniedException", "... is not authorized to perform: iam:PassRole on resource: arn:...",
        .final, "needs iam:PassRole"
      ),
      (
        "AccessDeniedException", "... is not authorized to perform: ecs:TagResource on resource: *", .final,
        "needs ecs:TagResource"
      ),
      ("AccessDeniedException", "... is not authorized to perform: ecs:RunTask", .final, "lacks ecs:RunTask"),
      ("ClusterNotFoundException", "Cluster not found.", .final, "--cluster"),
      ("ClientException", "TaskDefinition is inactive", .final, "--task-definition"),
      ("ClientException", "TaskDefinition not found.", .final, "k6-shard:7"),
      (
        "InvalidParameterException",
        "Override for container named shard is not a container in the TaskDefinition.", .final, "--container"
      ),
      (
        "InvalidParameterException", "The specified capacity provider 'FARGATE_SPOT' was not found.", .final,
        "put-cluster-capacity-providers"
      ),
      (
        "InvalidParameterException", "Error retrieving subnet information for [subnet-1]", .final, "--subnets"
      ),
      (
        "InvalidParameterException", "Error retrieving security group information for [sg-1]", .final,
        "--security-groups"
      ),
      ("InvalidParameterException", "Container Overrides length must be at most 8192", .final, "8192"),
      ("ClientException", "Capacity is unavailable at this time.", .capacity, "Capacity"),
      ("ClientException", "You've reached the limit on the number of tasks", .capacity, "limit"),
      ("PlatformUnknownException", "x", .final, "--platform-version"),
      ("PlatformTaskDefinitionIncompatibilityException", "x", .final, "1.4.0"),
      ("BlockedException", "x", .final, "AWS Support"), ("UnsupportedFeatureException", "x", .final, "x"),
      ("ExpiredTokenException", "x", .final, "x"),
      ("ThrottlingException", "Rate exceeded", .unanswered, "Rate"),
      ("ServerException", "x", .unanswered, "x"), ("ConflictException", "x", .conflict, "x"),
      (nil, "connection reset", .unanswered, "reset"),
    ] as [(String?, String, Kind, String)])
  func `an error says what to do about it`(code: String?, message: String, expected: Kind, hint: String)
    throws
  {
    let error = AWSError(call: "ecs:RunTask", code: code, message: message, status: code == nil ? nil : 400)
    let (kind, text) = kind(ECSRefusal(error, options: try Samples.ecs()))
    #expect(kind == expected && text.contains(hint), "\(text)")
  }

  @Test func `what may have been carried out is no refusal`() throws {
    let options = try Samples.ecs()
    for error in [
      HTTPFailure("cut") as any Error, CancellationError(),
      AWSError(call: "ecs:RunTask", code: "InternalFailure", message: "x", status: 500),
      AWSError(call: "ecs:RunTask", code: "SlowDown", message: "x", status: 429),
    ] { #expect(!ECSRefusal(error, options: options).isDefinite, "\(error)") }
    #expect(kind(ECSRefusal(UsageError("no credentials"), options: options)) == (.final, "no credentials"))
  }
}
