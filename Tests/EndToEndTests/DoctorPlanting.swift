import Foundation
import Testing

/// One thing that is wrong, and the check that has to find it.
struct DoctorPlanting: Sendable, CustomTestStringConvertible {
  typealias Change = @Sendable (inout DoctorWorld.Setup, DoctorWorld) -> Void

  let check: String
  let name: String
  var outcome = "fault"
  /// Other checks that this makes faults as well.
  var also: Set<String> = []
  let change: Change

  var testDescription: String { "\(check): \(name)" }

  init(
    _ check: String, _ name: String, _ outcome: String = "fault", also: Set<String> = [],
    _ change: @escaping Change
  ) {
    (self.check, self.name, self.outcome, self.also, self.change) = (check, name, outcome, also, change)
  }

  /// Another task definition.
  private static func definition(
    _ check: String, _ family: String, _ outcome: String = "fault", also: Set<String> = []
  ) -> DoctorPlanting {
    DoctorPlanting(check, family, outcome, also: also) { setup, _ in setup.ecs["task_definition"] = family }
  }

  private static func user(
    _ check: String, _ name: String, _ outcome: String = "fault", also: Set<String> = []
  )
    -> DoctorPlanting
  {
    DoctorPlanting(check, name, outcome, also: also) { $0.become(name, in: $1) }
  }

  static let all: [DoctorPlanting] = onThisMachine + inTheStore + inECS + inTheNetwork + rest

  private static let onThisMachine: [DoctorPlanting] = [
    DoctorPlanting("script.file", "no script") { setup, world in
      setup.top["script"] = "\(world.folder.path)/lost.js"
    },
    DoctorPlanting("script.plan", "a syntax error") { setup, world in
      setup.top["script"] = "\(world.folder.path)/broken/load.js"
    },
    DoctorPlanting("k6.version", "no k6", "not checked") { setup, world in
      setup.top["script"] = "\(world.folder.path)/small/load.js"
      setup.top["shards"] = "1"
      setup.environment["K6_BIN"] = "/nowhere/k6"
    },
    DoctorPlanting("shards", "more shards than VUs") { setup, world in
      setup.top["script"] = "\(world.folder.path)/small/load.js"
    },
    DoctorPlanting("thresholds", "a misspelt metric", also: ["shards"]) { setup, world in
      setup.top["script"] = "\(world.folder.path)/small/load.js"
      setup.top["thresholds"] = "{http_req_duraton: p(95)<800, time_to_paid: p(95)<900}"
    },
  ]

  private static let inTheStore: [DoctorPlanting] = [
    DoctorPlanting("aws.credentials", "a wrong secret key") { setup, _ in
      setup.environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
    },
    DoctorPlanting("aws.credentials", "no keys") { setup, _ in
      setup.environment["AWS_ACCESS_KEY_ID"] = ""
      setup.environment["AWS_SECRET_ACCESS_KEY"] = ""
    },
    DoctorPlanting("store.reachable", "no bucket", also: ["ecs.task-rights"]) { setup, _ in
      setup.top["store"] = "s3://k6-grid-lost/x"
    },
    user("store.reachable", "no_list", also: ["store.write", "alert.rights"]),
    DoctorPlanting("store.region", "a bucket elsewhere", also: ["ecs.task-rights"]) { setup, _ in
      setup.top["store"] = "s3://k6-grid-elsewhere/x"
    },
    user("store.write", "no_write", also: ["alert.rights"]),
    DoctorPlanting("store.history", "a damaged history") { setup, _ in
      setup.top["store"] = "s3://k6-grid-nights/damaged"
    },
    DoctorPlanting("store.active", "a run that was left", "warning") { setup, _ in
      setup.top["store"] = "s3://k6-grid-nights/taken"
    },
  ]

  private static let inECS: [DoctorPlanting] = [
    definition("aws.account", "foreign-role", also: ["ecs.task-role"]),
    DoctorPlanting("ecs.cluster", "no cluster") { setup, _ in setup.ecs["cluster"] = "lost" },
    DoctorPlanting("ecs.cluster", "a deleted cluster", also: ["ecs.capacity"]) { setup, _ in
      setup.ecs["cluster"] = "ended"
    },
    DoctorPlanting("ecs.capacity", "no Spot") { setup, _ in setup.ecs["cluster"] = "plain" },
    definition("ecs.task-definition", "lost"), definition("ecs.task-definition", "gone:1"),
    definition("ecs.container", "other-container"), definition("ecs.fargate", "bridge"),
    definition("ecs.size", "odd-size"), definition("ecs.stop-timeout", "hasty", "warning"),
    definition("ecs.image", "no-image"), definition("ecs.image", "hub-image", "not checked"),
    definition("ecs.execution-role", "no-execution-role"),
    definition("ecs.execution-rights", "poor-execution-role"),
    definition("ecs.task-role", "lost-task-role"),
    definition("ecs.task-role", "untrusted-task-role", also: ["ecs.task-rights"]),
    definition("ecs.task-rights", "poor-task-role"), user("ecs.launch-rights", "no_launch"),
    user("ecs.pass-role", "no_pass", also: ["alert.rights"]),
    definition("logs.group", "no-log-group", also: ["ecs.execution-rights"]),
    definition("logs.mode", "no-log-mode", "warning"), definition("logs.mode", "no-log-prefix"),
    DoctorPlanting("quota.on-demand", "more than an account may run") { setup, _ in
      setup.top["shards"] = "40"
      setup.ecs["capacity_providers"] = nil
    },
    DoctorPlanting("quota.spot", "more than an account may run on Spot") { setup, _ in
      setup.top["shards"] = "40"
      setup.ecs["capacity_providers"] = "[{name: FARGATE_SPOT}]"
    },
    DoctorPlanting("secrets", "no secret") { setup, _ in setup.ecs["secrets"] = "[lost]" },
    DoctorPlanting("secrets", "a deleted secret", also: ["ecs.task-rights"]) { setup, _ in
      setup.ecs["secrets"] = "[deleted]"
    },
  ]

  private static let inTheNetwork: [DoctorPlanting] = [
    DoctorPlanting("network.subnets", "no subnet") { setup, _ in setup.ecs["subnets"] = "[subnet-0a1b2c3d]" },
    DoctorPlanting("network.subnets", "two VPCs") { setup, world in
      setup.ecs["subnets"] = "[\(world.name("subnet_nat")), \(world.name("subnet_inner"))]"
    },
    DoctorPlanting("network.egress", "an internet gateway, and no public address") { setup, world in
      setup.ecs["subnets"] = "[\(world.name("subnet_public"))]"
    },
    DoctorPlanting("network.egress", "no way out") { setup, world in
      setup.ecs["subnets"] = "[\(world.name("subnet_closed"))]"
    },
    DoctorPlanting("network.security-groups", "nothing gets out") { setup, world in
      setup.ecs["security_groups"] = world.name("group_shut")
    },
    DoctorPlanting("network.security-groups", "another VPC's") { setup, world in
      setup.ecs["security_groups"] = world.name("group_foreign")
    },
    DoctorPlanting("network.security-groups", "none such") { setup, _ in
      setup.ecs["security_groups"] = "sg-0a1b2c3d"
    },
  ]

  private static let rest: [DoctorPlanting] = [
    DoctorPlanting("alert.sns", "no topic") { setup, world in
      setup.alert["sns"] = world.name("topic_told") + "-lost"
    },
    DoctorPlanting("alert.sns", "a topic that nobody hears", "warning") { setup, world in
      setup.alert["sns"] = world.name("topic_untold")
    },
    DoctorPlanting("alert.sns", "a subscription that nobody confirmed", "warning") { setup, world in
      setup.alert["sns"] = world.name("topic_unconfirmed")
    },
    user("alert.rights", "no_publish"),
    DoctorPlanting("alert.pagerduty", "half a key") { setup, _ in
      setup.environment["PAGERDUTY_ROUTING_KEY"] = "R0123456789"
    },
    DoctorPlanting("alert.pagerduty", "no key") { setup, _ in
      setup.environment["PAGERDUTY_ROUTING_KEY"] = ""
    },
    DoctorPlanting("github.token", "no token") { setup, _ in setup.environment["GITHUB_TOKEN"] = "" },
    DoctorPlanting("github.token", "another's token") { setup, _ in
      setup.environment["GITHUB_TOKEN"] = "ghs_somebody_elses"
    },
    DoctorPlanting("github.issues", "no repository", also: ["github.statuses", "github.pull-requests"]) {
      setup, _ in
      setup.environment["GITHUB_REPOSITORY"] = "acme/lost"
    },
    DoctorPlanting("pages.branch", "no repository") { setup, world in
      setup.flags = ["--pages", "\(world.folder.path)/lost.git#gh-pages"]
    },
  ]
}
