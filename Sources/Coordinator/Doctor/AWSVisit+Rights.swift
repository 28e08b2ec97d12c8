import Shared

/// Who may do what, by IAM's own simulator.
extension AWSVisit {
  private static let exampleRun = "2026-01-01"

  // MARK: these credentials

  func launchFindings(_ ecs: ECSOptions, _ definition: ECSTaskDefinition) async -> [DoctorFinding] {
    let principal = await asking.principal(caller)
    let own = "arn:\(asking.partition):ecs:\(asking.region):\(caller.account)"
    let name = ecsTaskID(ecs.cluster)
    let cluster = [(key: "ecs:cluster", value: "\(own):cluster/\(name)")]
    let task = "\(own):task/\(name)/doctor"
    let launch = [
      RightsQuestion(
        actions: ["ecs:RunTask"], resource: definition.taskDefinitionArn ?? "*", context: cluster),
      RightsQuestion(
        actions: ["ecs:TagResource"], resource: task, context: [("ecs:CreateAction", "RunTask")]),
      RightsQuestion(actions: ["ecs:DescribeTasks", "ecs:StopTask"], resource: task, context: cluster),
      RightsQuestion(actions: ["ecs:ListTasks"], resource: "*", context: cluster),
    ]
    let roles = [definition.executionRoleArn, definition.taskRoleArn].compactMap(\.self)
    let pass = Set(roles).sorted().map {
      RightsQuestion(
        actions: ["iam:PassRole"], resource: $0,
        context: [("iam:PassedToService", "ecs-tasks.amazonaws.com")])
    }
    return [
      .rights(.launchRights, Self.caller, "a run", await asking.rights(of: principal, launch)),
      roles.isEmpty
        ? .ok(.passRole, "the task definition has no role to pass")
        : .rights(
          .passRole, Self.caller, "a task with these roles", await asking.rights(of: principal, pass)),
    ]
  }

  private static let caller = "these credentials"

  func storeRights() async -> DoctorFinding {
    guard let objects else { return .notChecked(.storeWrite, "the store is no bucket") }
    let questions = [
      RightsQuestion(
        actions: ["s3:PutObject", "s3:GetObject"], resource: "\(objects)\(Self.exampleRun)/run.json"),
      RightsQuestion(actions: ["s3:PutObject"], resource: "\(objects)\(historyKey)"),
      RightsQuestion(actions: ["s3:PutObject", "s3:DeleteObject"], resource: "\(objects)\(activeKey)"),
      RightsQuestion(actions: ["s3:PutObject"], resource: "\(objects)report/index.html"),
    ]
    return .rights(
      .storeWrite, Self.caller, "a run",
      await asking.rights(of: await asking.principal(caller), questions))
  }

  func alertFindings() async -> [DoctorFinding] {
    let alert = options.alert
    var (findings, questions): ([DoctorFinding], [RightsQuestion]) = ([], [])
    if let topics = alert.topics {
      var asked: [(arn: String, Asked<TopicAttributes>)] = []
      for arn in [topics.service, topics.harness].compactMap(\.self) {
        asked.append((arn, await asking.topic(arn)))
        questions.append(RightsQuestion(actions: ["sns:Publish"], resource: arn))
      }
      findings.append(.topics(asked))
    }
    if let namespace = alert.metrics {
      questions.append(
        RightsQuestion(
          actions: ["cloudwatch:PutMetricData"], resource: "*", context: [("cloudwatch:namespace", namespace)]
        ))
    }
    guard !questions.isEmpty else { return findings }
    let rights = await asking.rights(of: await asking.principal(caller), questions)
    return findings + [.rights(.alertRights, Self.caller, "telling of a run", rights)]
  }

  // MARK: the task's two roles

  func roleFindings(
    _ ecs: ECSOptions, _ definition: ECSTaskDefinition, _ secrets: [(text: String, Asked<SecretDescription>)]
  ) async -> [DoctorFinding] {
    let execution = executionQuestions(ecs, definition)
    let task = taskQuestions(secrets)
    return await role(
      .executionRole, .executionRights, "execution role", definition.executionRoleArn,
      needed: execution.isEmpty ? nil : "pulls the image and writes the log", execution)
      + (await role(
        .taskRole, .taskRights, "task role", definition.taskRoleArn,
        needed: task.isEmpty ? nil : "the agent reads and writes the bucket and its secrets with", task))
  }

  private func role(
    _ check: DoctorCheck, _ rightsCheck: DoctorCheck, _ what: String, _ arn: String?, needed: String?,
    _ questions: [RightsQuestion]
  ) async -> [DoctorFinding] {
    let asked: Asked<IAMRole> = if let arn { await asking.role(arn) } else { .missing }
    let finding = DoctorFinding.role(check, what, arn, needed: needed, asked)
    guard let arn, !questions.isEmpty else {
      return [finding, .notChecked(rightsCheck, "there is no \(what) to ask about, or it needs no rights")]
    }
    // A role that may not be looked at may still be reckoned with.
    let principal: Asked<String> = if case .missing = asked { .missing } else { .answer(arn) }
    return [
      finding,
      .rights(rightsCheck, "the \(what)", "a task", await asking.rights(of: principal, questions)),
    ]
  }

  private func executionQuestions(_ ecs: ECSOptions, _ definition: ECSTaskDefinition) -> [RightsQuestion] {
    var questions: [RightsQuestion] = []
    guard let container = definition.container(ecs.container) else { return [] }
    if let image = ECRImage(container.image ?? "") {
      let repository =
        "arn:\(asking.partition):ecr:\(image.region):\(image.account):repository/\(image.repository)"
      questions += [
        RightsQuestion(actions: ["ecr:GetAuthorizationToken"], resource: "*"),
        RightsQuestion(
          actions: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
          resource: repository),
      ]
    }
    let log = container.logConfiguration
    if log?.logDriver == "awslogs", let group = log?.options?["awslogs-group"] {
      let region = log?.options?["awslogs-region"] ?? asking.region
      questions.append(
        RightsQuestion(
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resource:
            "arn:\(asking.partition):logs:\(region):\(caller.account):log-group:\(group):log-stream:doctor"))
    }
    return questions
  }

  private func taskQuestions(_ secrets: [(text: String, Asked<SecretDescription>)]) -> [RightsQuestion] {
    var questions: [RightsQuestion] = []
    if let objects, case .bucket(let bucket, let prefix) = options.store {
      questions += [
        RightsQuestion(
          actions: ["s3:GetObject"], resource: "\(objects)\(Self.exampleRun)/run.json"),
        RightsQuestion(
          actions: ["s3:PutObject"], resource: "\(objects)\(Self.exampleRun)/shard-0/summary.json"),
        RightsQuestion(
          actions: ["s3:ListBucket"], resource: "arn:\(asking.partition):s3:::\(bucket)",
          context: [("s3:prefix", prefix)]),
      ]
    }
    for (_, secret) in secrets {
      guard let arn = secret.value?.arn else { continue }
      questions.append(RightsQuestion(actions: ["secretsmanager:GetSecretValue"], resource: arn))
    }
    return questions
  }

  /// What stands before every key, as an ARN; `nil` for a folder.
  private var objects: String? {
    guard case .bucket(let bucket, let prefix) = options.store else { return nil }
    return "arn:\(asking.partition):s3:::\(bucket)/\(prefix)"
  }
}
