import Shared

/// Asks AWS what a run on it stands on. Nothing but reading calls.
struct DoctorAWS: Sendable {
  let client: AWSClient
  /// Of a region of its own: registries, log groups and topics answer in theirs alone.
  let elsewhere: @Sendable (_ region: String) throws -> AWSClient

  var region: String { client.region.name }
  var partition: String { client.region.partition }

  struct Caller: Sendable, Equatable {
    let account: String
    let arn: String
  }

  func caller() async -> Asked<Caller> {
    await Asked {
      let answer = try await client.query(.sts, "GetCallerIdentity", [], on: "")
      return Caller(
        account: answer.first("Account")?.text ?? "", arn: answer.first("Arn")?.text ?? "")
    }
  }

  func cluster(_ name: String) async -> Asked<ECSClusters.Cluster> {
    struct Request: Encodable, Sendable { let clusters: [String] }
    let asked = await Asked {
      try await client.call(.ecs, "DescribeClusters", Request(clusters: [name]), as: ECSClusters.self)
    }
    return asked.map { $0.clusters?.first.map(Asked.answer) ?? .missing }
  }

  func taskDefinition(_ name: String) async -> Asked<ECSTaskDefinition> {
    struct Request: Encodable, Sendable { let taskDefinition: String }
    return await Asked(isMissing: Self.isUnknownDefinition) {
      try await client.call(
        .ecs, "DescribeTaskDefinition", Request(taskDefinition: name), as: ECSTaskDefinitionAnswer.self
      ).taskDefinition
    }
  }

  /// ECS has no word of its own for it.
  private static func isUnknownDefinition(_ error: AWSError) -> Bool { error.code == "ClientException" }

  /// - Returns: `nil` for an image that is not in ECR.
  func image(_ name: String) async -> Asked<ECRImages>? {
    guard let image = ECRImage(name) else { return nil }
    return await Asked {
      try await elsewhere(image.region).call(
        .ecr, "DescribeImages", ECRDescribeImages(image), as: ECRImages.self)
    }
  }

  func role(_ arn: String) async -> Asked<IAMRole> {
    let name = arn.split(separator: "/").last.map(String.init) ?? arn
    let asked = await Asked {
      let answer = try await client.query(.iam, "GetRole", [("RoleName", name)], on: "role \(name)")
      return IAMRole(
        arn: answer.first("Arn")?.text ?? "", trust: answer.first("AssumeRolePolicyDocument")?.text ?? "")
    }
    // IAM goes by names, within the own account: one of the same name is another.
    return asked.map { arn.hasPrefix("arn:") && $0.arn != arn ? .missing : .answer($0) }
  }

  /// The ARN by which IAM knows whoever asks.
  func principal(_ caller: Caller) async -> Asked<String> {
    guard let (kind, name) = Principal.name(caller.arn) else {
      return .unknown("IAM does not reckon what \(caller.arn) may do")
    }
    if kind == "user" { return .answer(caller.arn) }
    // A session's ARN leaves out the role's path.
    if case .answer(let role) = await role(name) { return .answer(role.arn) }
    return .answer("arn:\(partition):iam::\(caller.account):role/\(name)")
  }

  func rights(of principal: Asked<String>, _ questions: [RightsQuestion]) async -> [Asked<SimulatedRights>] {
    guard case .answer(let arn) = principal else { return [principal.map { _ in .missing }] }
    var answers: [Asked<SimulatedRights>] = []
    for question in questions {
      let asked = await Asked {
        try await client.query(
          .iam, "SimulatePrincipalPolicy", question.parameters(of: arn), on: arn)
      }
      answers.append(
        asked.map { question.rights($0).map(Asked.answer) ?? .unknown("IAM's answer is not understood") })
    }
    return answers
  }

  func quota(_ quota: FargateQuota) async -> Asked<ServiceQuotaAnswer> {
    let request = ServiceQuotaRequest(code: quota.code)
    let applied = await Asked {
      try await client.call(.serviceQuotas, "GetServiceQuota", request, as: ServiceQuotaAnswer.self)
    }
    guard case .missing = applied else { return applied }
    return await Asked {
      try await client.call(
        .serviceQuotas, "GetAWSDefaultServiceQuota", request, as: ServiceQuotaAnswer.self)
    }
  }

  /// - Returns: `nil` for a container that does not log to CloudWatch, or makes its group.
  func logGroup(_ container: ECSTaskDefinition.Container) async -> (name: String, Asked<Bool>)? {
    struct Request: Encodable, Sendable { let logGroupNamePrefix: String }
    struct Groups: Decodable, Sendable {
      struct Group: Decodable, Sendable { var logGroupName: String? }
      var logGroups: [Group]?
    }
    let options = container.logConfiguration?.options ?? [:]
    guard container.logConfiguration?.logDriver == "awslogs", let name = options["awslogs-group"],
      options["awslogs-create-group"] != "true"
    else { return nil }
    let asked = await Asked {
      try await elsewhere(options["awslogs-region"] ?? region).call(
        .logs, "DescribeLogGroups", Request(logGroupNamePrefix: name), as: Groups.self
      ).logGroups?.contains { $0.logGroupName == name } ?? false
    }
    return (name, asked)
  }

  /// - Parameter id: a name or an ARN.
  func secret(_ id: String) async -> Asked<SecretDescription> {
    struct Request: Encodable, Sendable {
      let id: String
      private enum CodingKeys: String, CodingKey { case id = "SecretId" }
    }
    return await Asked {
      try await client.call(.secretsManager, "DescribeSecret", Request(id: id), as: SecretDescription.self)
    }
  }

  func topic(_ arn: String) async -> Asked<TopicAttributes> {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    return await Asked {
      TopicAttributes(
        arn: arn,
        try await elsewhere(parts.count == 6 ? parts[3] : region).query(
          .sns, "GetTopicAttributes", [("TopicArn", arn)], on: arn))
    }
  }
}

/// What Secrets Manager says of a secret without its value.
struct SecretDescription: Decodable, Sendable {
  var arn: String?
  /// Seconds; it is going to be deleted, and cannot be read any more.
  var deletedAt: Double?

  private enum CodingKeys: String, CodingKey {
    case arn = "ARN"
    case deletedAt = "DeletedDate"
  }
}
