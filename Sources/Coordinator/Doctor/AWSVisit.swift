import Shared

/// One look at everything of AWS's that a run uses: questions, and what their answers say.
struct AWSVisit: Sendable {
  let asking: DoctorAWS
  let options: RunOptions
  let caller: DoctorAWS.Caller

  private var partition: String { asking.partition }

  func ecsFindings(shards: Int) async -> [DoctorFinding] {
    guard let ecs = options.ecs else { return [account([])] }
    async let cluster = asking.cluster(ecs.cluster)
    async let secrets = secretAnswers(ecs)
    let task = DoctorTaskDefinition(
      options: ecs, asked: await asking.taskDefinition(ecs.taskDefinition), region: asking.region)
    async let network = networkFindings(ecs, task.askedContainer.value)
    var findings: [DoctorFinding] = [
      .cluster(ecs.cluster, region: asking.region, await cluster),
      .capacity(ecs.capacityProviders.map(\.name), await cluster),
    ]
    findings += task.findings
    findings.append(account(arns(ecs, task.asked.value)))
    if case .answer(let definition) = task.asked {
      findings += await roleFindings(ecs, definition, await secrets)
      findings += await launchFindings(ecs, definition)
      findings += await quotaFindings(ecs, definition, shards: shards)
    }
    if case .answer(let container) = task.askedContainer { findings += await containerFindings(container) }
    findings += await network
    if !ecs.secrets.isEmpty { findings.append(.secrets(await secrets)) }
    return findings
  }

  // MARK: whose account, which region

  private func arns(_ ecs: ECSOptions, _ definition: ECSTaskDefinition?) -> [(what: String, arn: String)] {
    [
      ("the cluster", ecs.cluster),
      ("the task definition", definition?.taskDefinitionArn ?? ecs.taskDefinition),
      ("the task role", definition?.taskRoleArn ?? ""),
      ("the execution role", definition?.executionRoleArn ?? ""),
    ].filter { $0.1.hasPrefix("arn:") }
  }

  private func account(_ arns: [(what: String, arn: String)]) -> DoctorFinding {
    for (what, arn) in arns {
      let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count >= 6 else { continue }
      if !parts[3].isEmpty, parts[3] != asking.region {
        return .fault(
          .account, "\(what) is in \(parts[3]) (\(arn)), and AWS_REGION is \(asking.region)",
          do: "set AWS_REGION=\(parts[3]), or name one in \(asking.region)")
      }
      if !parts[4].isEmpty, parts[4] != caller.account {
        return .fault(
          .account, "\(what) is of account \(parts[4]) (\(arn)), the credentials of \(caller.account)",
          do: "use credentials of that account, or name one of \(caller.account)")
      }
    }
    return .ok(.account, "account \(caller.account), region \(asking.region)")
  }

  // MARK: image and log

  private func containerFindings(_ container: ECSTaskDefinition.Container) async -> [DoctorFinding] {
    let image = container.image ?? ""
    async let images = asking.image(image)
    async let group = asking.logGroup(container)
    let log: DoctorFinding =
      if let group = await group { .logGroup(group) } else {
        .notChecked(.logGroup, "the container logs to no group of CloudWatch's, or makes it itself")
      }
    return [.image(image, await images), log]
  }

  // MARK: network

  private func networkFindings(_ ecs: ECSOptions, _ container: ECSTaskDefinition.Container?) async
    -> [DoctorFinding]
  {
    let subnets = await asking.subnets(ecs.subnets)
    let first = DoctorFinding.subnets(ecs.subnets, subnets)
    guard case .answer(let found) = subnets, !found.isEmpty else {
      return [
        first, .notChecked(.egress, "the subnets are not known"),
        .notChecked(.securityGroups, "the subnets are not known"),
      ]
    }
    let vpcs = Set(found.map(\.vpc)).sorted()
    async let groups = asking.securityGroups(ecs.securityGroups, vpcs: vpcs)
    async let tables = asking.routeTables(vpcs)
    async let endpoints = asking.endpoints(vpcs)
    let security = DoctorFinding.securityGroups(
      ecs.securityGroups, await groups, vpc: vpcs.count == 1 ? vpcs[0] : nil)
    return [first, egress(ecs, container, found, await tables, await endpoints), security]
  }

  private func egress(
    _ ecs: ECSOptions, _ container: ECSTaskDefinition.Container?, _ subnets: [VPCSubnet],
    _ tables: Asked<[VPCRouteTable]>, _ endpoints: Asked<[VPCEndpoint]>
  ) -> DoctorFinding {
    tables.finding(.egress) { tables in
      func look(_ endpoints: [VPCEndpoint], _ services: [String]) -> DoctorFinding {
        DoctorEgress(
          subnets: subnets, tables: tables, endpoints: endpoints, assignsPublicIP: ecs.assignPublicIP,
          services: services
        ).finding
      }
      let services = services(ecs, container)
      if case .answer(let endpoints) = endpoints { return look(endpoints, services) }
      // Who has a route out needs no endpoints.
      let withoutAny = look([], services)
      return withoutAny.outcome == .ok ? withoutAny : endpoints.finding(.egress) { look($0, services) }
    }
  }

  /// What the task calls before and while k6 runs, as VPC endpoints are called.
  private func services(_ ecs: ECSOptions, _ container: ECSTaskDefinition.Container?) -> [String] {
    var services: [String] = []
    if ECRImage(container?.image ?? "") != nil { services += ["ecr.api", "ecr.dkr", "s3"] }
    if options.store.isBucket, !services.contains("s3") { services.append("s3") }
    if container?.logConfiguration?.logDriver == "awslogs" { services.append("logs") }
    if !ecs.secrets.isEmpty { services.append("secretsmanager") }
    return services
  }

  private func secretAnswers(_ ecs: ECSOptions) async -> [(text: String, Asked<SecretDescription>)] {
    var answers: [(text: String, Asked<SecretDescription>)] = []
    for text in ecs.secrets { answers.append((text, await asking.secret(DoctorFinding.secretID(text)))) }
    return answers
  }

  // MARK: quotas

  private func quotaFindings(_ ecs: ECSOptions, _ definition: ECSTaskDefinition, shards: Int) async
    -> [DoctorFinding]
  {
    guard let units = (ecs.cpu ?? definition.cpu).flatMap({ Int($0) }), units > 0 else { return [] }
    let placements = ECSPlacement.dealt(shards, over: ecs.capacityProviders)
    let spot = placements.count(where: \.isSpot)
    var findings: [DoctorFinding] = []
    for (quota, count) in [(FargateQuota.onDemand, placements.count - spot), (.spot, spot)]
    where DoctorCheck.scope(options, pages: false).contains(quota.check) {
      findings.append(
        count == 0
          ? .ok(quota.check, "none of the shards goes there")
          : .quota(quota, shards: count, units: units, await asking.quota(quota)))
    }
    return findings
  }
}
