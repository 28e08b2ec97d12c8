/// What `coordinator doctor` looks at, in the order of the report. The text is the check's id, which stays.
enum DoctorCheck: String, Sendable, CaseIterable, Encodable {
  case configuration

  case scriptFile = "script.file"
  case scriptPlan = "script.plan"
  case k6Version = "k6.version"
  case shards
  case thresholds

  case credentials = "aws.credentials"
  case account = "aws.account"

  case storeReachable = "store.reachable"
  case storeRegion = "store.region"
  case storeWrite = "store.write"
  case history = "store.history"
  case active = "store.active"

  case cluster = "ecs.cluster"
  case capacity = "ecs.capacity"
  case taskDefinition = "ecs.task-definition"
  case container = "ecs.container"
  case fargate = "ecs.fargate"
  case size = "ecs.size"
  case stopTimeout = "ecs.stop-timeout"
  case image = "ecs.image"
  case executionRole = "ecs.execution-role"
  case executionRights = "ecs.execution-rights"
  case taskRole = "ecs.task-role"
  case taskRights = "ecs.task-rights"
  case launchRights = "ecs.launch-rights"
  case passRole = "ecs.pass-role"
  case logGroup = "logs.group"
  case logMode = "logs.mode"

  case subnets = "network.subnets"
  case egress = "network.egress"
  case securityGroups = "network.security-groups"

  case onDemandQuota = "quota.on-demand"
  case spotQuota = "quota.spot"

  case secrets

  case topics = "alert.sns"
  case alertRights = "alert.rights"
  case pagerDuty = "alert.pagerduty"
  case gitHub = "github.token"
  case issues = "github.issues"
  case statuses = "github.statuses"
  case pullRequests = "github.pull-requests"
  case gitHubWrite = "github.write"
  case pages = "pages.branch"
}

extension DoctorCheck {
  /// What there is to look at for such a run: what is not used is not listed.
  static func scope(_ options: RunOptions, pages: Bool) -> [DoctorCheck] {
    let alert = options.alert
    var scope: [DoctorCheck] = [.configuration, .scriptFile, .scriptPlan, .k6Version, .shards, .thresholds]
    scope += [.storeWrite, .history, .active]
    if needsAWS(options) { scope += [.credentials, .account] }
    if options.store.isBucket { scope += [.storeReachable, .storeRegion] }
    if let ecs = options.ecs {
      scope += [
        .cluster, .capacity, .taskDefinition, .container, .fargate, .size, .stopTimeout, .image,
        .executionRole,
        .executionRights, .taskRole, .taskRights, .launchRights, .passRole, .logGroup, .logMode, .subnets,
        .egress, .securityGroups,
      ]
      let placements = ECSPlacement.dealt(10, over: ecs.capacityProviders)
      if placements.contains(where: { !$0.isSpot }) { scope.append(.onDemandQuota) }
      if placements.contains(where: \.isSpot) { scope.append(.spotQuota) }
      if !ecs.secrets.isEmpty { scope.append(.secrets) }
    }
    if alert.topics != nil { scope.append(.topics) }
    if alert.topics != nil || alert.metrics != nil { scope.append(.alertRights) }
    if alert.usesPagerDuty { scope.append(.pagerDuty) }
    if DoctorGitHub.isNeeded(alert) { scope += [.gitHub, .gitHubWrite] }
    if alert.issue != nil { scope.append(.issues) }
    if alert.status != nil { scope.append(.statuses) }
    if alert.comment != nil { scope.append(.pullRequests) }
    return pages ? scope + [.pages] : scope
  }

  static func needsAWS(_ options: RunOptions) -> Bool {
    if options.store.isBucket { return true }
    return options.ecs != nil || options.alert.topics != nil || options.alert.metrics != nil
  }
}
