import Foundation
import TestSupport
import Testing

/// `infra/` in an account. Beside the other end-to-end tests, not among them: most of it waits for Terraform.
@Suite(
  .serialized,
  .enabled(
    if: TerraformModule.isThere && Moto.isThere && K6.areThere,
    "Terraform or its plug-in is not there: run scripts/setup terraform, and make test for the rest"))
struct InfraTests {
  @Test
  func
    `an account gets everything, a night runs in it with the rights that it needs and no others, and nothing is left`()
    async throws
  {
    let grid = try await InfraGrid()
    // It fails where anything is to be done.
    try await grid.terraform.run("plan", ["-detailed-exitcode"])
    try await grid.openWithoutTLS()
    try await expectHealthy(grid)
    let calls = try grid.lines().count
    let ecs = try await run(in: grid)
    try await expectExactRights(grid, ecs, behind: calls)
    try await expectMetricsThatExist(grid, ecs)
    try await grid.terraform.run("destroy", ["-auto-approve"])
    for (service, call, list) in [
      ("s3", "list_buckets", "Buckets"), ("iam", "list_roles", "Roles"), ("sns", "list_topics", "Topics"),
      ("ecr", "describe_repositories", "repositories"), ("logs", "describe_log_groups", "logGroups"),
      ("secretsmanager", "list_secrets", "SecretList"),
      ("cloudwatch", "describe_alarms", "MetricAlarms"),
      ("cloudwatch", "list_dashboards", "DashboardEntries"),
    ] {
      #expect(try await grid.moto.call(service, call)[list]?.array == [], "\(list)")
    }
    let budgets = try await grid.moto.call(
      "budgets", "describe_budgets", ["AccountId": "123456789012"])["Budgets"]
    #expect(budgets?.array == [])
  }

  /// `doctor` misses nothing but the image, which Terraform does not push, and a gateway, which moto's default VPC lacks; and who
  /// has the nightly role's rights alone is told of no fault that is none.
  private func expectHealthy(_ grid: InfraGrid) async throws {
    let configuration = try grid.configure(target: "http://127.0.0.1:9")
    let owner = try await grid.doctor(configuration, grid.moto.environment)
    #expect(
      owner.filter { $0.value == "fault" }.keys.sorted() == ["ecs.image", "network.egress"], "\(owner)")
    let rights = try #require(try await grid.policy("coordinator")["Statement"]).text
    let nightly = try await grid.moto.makeUser("nightly", statements: String(decoding: rights, as: UTF8.self))
    let seen = try await grid.doctor(configuration, nightly)
    #expect(!seen.values.contains("fault"), "\(seen)")
    #expect(seen["store.reachable"] == "ok" && seen["ecs.task-definition"] == "not checked", "\(seen)")
  }

  /// A night that fails and is told of, and one that is cancelled.
  private func run(in grid: InfraGrid) async throws -> ECSServer {
    let ecs = try await grid.makeECS()
    let staging = try await StagingServer()
    let secret = try #require(try grid.output("secret").string)
    try await grid.moto.call(
      "secretsmanager", "put_secret_value",
      ["SecretId": secret, "SecretString": #"{"API_TOKEN":"canary-of-infra"}"#])
    let configuration = try grid.configure(target: staging.address)
    let environment = ecs.environment.merging(grid.moto.environment) { $1 }
    let failing = try await Program.run(
      "coordinator", ["run", "--config", configuration, "--threshold", "http_req_duration=p(95)<0.001"],
      environment: environment)
    #expect(failing.code == 1, "\(failing.output)\n\(failing.errors)")
    #expect(try await staging.tokens()["canary-of-infra"] ?? 0 > 0, "the script had its secret")
    let told = try await Program.run(
      "coordinator", ["alert", "--config", configuration], environment: environment)
    #expect(told.code == 0, "\(told.output)\n\(told.errors)")

    let begun = try await staging.total()
    let cancelled = try Program(
      "coordinator", ["run", "--config", configuration],
      environment: environment)
    try await eventually("load") { try await staging.total() > begun }
    cancelled.signal(SIGINT)
    let ending = await cancelled.ending()
    #expect(ending.code == 130, "\(ending.output)\n\(ending.errors)")
    try await eventually("the end of the last task") {
      try ecs.state().tasks.allSatisfy { $0.lastStatus == "STOPPED" || $0.isGone }
    }
    return ecs
  }

  /// Rights that two such nights do not use, and why they are there.
  private let unused = [
    "coordinator TidyUp: s3:DeleteObject on */shard-*/summary.json": "of a shard that is launched again",
    "coordinator TellPeople: sns:Publish on harness": "when a night came to nothing twice",
    "shards SayWhatIsNotThere: s3:ListBucket on arn:aws:s3:::k6-grid-123456789012-eu-central-1":
      "an agent lists nothing; S3 asks for it before it says 404",
    "shards HandIn: s3:PutObject on hand-*/run.json": "a run by hand has no coordinator",
    "shards HandIn: s3:PutObject on hand-*/thresholds.json": "a run by hand has no coordinator",
    "shards HandIn: s3:PutObject on hand-*/start.json": "a run by hand has no coordinator",
    "shards ForgetWhatSetupReturned: s3:DeleteObjectVersion on */setup.json":
      "shard 0 does it when its coordinator is gone",
  ]

  /// - Parameter first: how many calls were made before the two nights.
  private func expectExactRights(_ grid: InfraGrid, _ ecs: ECSServer, behind first: Int) async throws {
    let secret = try #require(try grid.output("secret").string)
    let arn = try await grid.moto.call("secretsmanager", "describe_secret", ["SecretId": secret])["ARN"]
    let definition = try grid.taskDefinition()
    let roles = ["taskRoleArn", "executionRoleArn"].compactMap { definition[$0]?.string }
    // The programs' and those of this test, whose user is the coordinator's, too.
    var calls = try RecordedCalls(
      try grid.lines()[first...].filter { !$0.contains("Boto3/") },
      coordinatorsKey: grid.moto.environment["AWS_ACCESS_KEY_ID"] ?? "", secrets: [secret: arn?.string ?? ""])
    let cluster = try #require(try grid.output("cluster").string)
    calls.add(
      try ecs.record(),
      cluster: "arn:aws:ecs:\(grid.moto.environment["AWS_REGION"] ?? ""):123456789012:cluster/\(cluster)",
      roles: roles)
    #expect(roles.count == 2 && calls.coordinator.count > 30 && calls.shards.count > 20)
    var idle: Set<String> = []
    for (who, policy, asked) in [
      ("coordinator", try IAMPolicy(try await grid.policy("coordinator")), calls.coordinator),
      ("shards", try IAMPolicy(try await grid.policy("task")), calls.shards),
    ] {
      var used: Set<IAMPolicy.Grant> = []
      for call in asked {
        let grants = policy.grants(for: call)
        #expect(!grants.isEmpty, "the role of the \(who) does not allow \(call)")
        used.formUnion(grants)
      }
      idle.formUnion(policy.grants.subtracting(used).map { "\(who) \(shortened($0))" })
    }
    #expect(idle == Set(unused.keys), "rights that nobody uses, or that have found a use")
    // The bucket's own rule.
    let summaries = calls.shards.filter {
      $0.action == "s3:PutObject" && $0.resource.hasSuffix("/summary.json")
    }
    #expect(
      !summaries.isEmpty && summaries.allSatisfy { $0.context["s3:if-none-match"] == "*" },
      "WhatIsHandedInStays would refuse a summary")
  }

  /// Without what stands before a suite's keys, or a topic's name.
  private func shortened(_ grant: IAMPolicy.Grant) -> String {
    let resource = grant.resource.replacing(#/^arn:aws:(s3:::[^\/]+\/[^\/]+\/|sns:.*k6-grid-)/#, with: "")
    return "\(grant.statement): \(grant.action) on \(resource)"
  }

  /// What the dashboard and the alarms show is what shards and coordinator write.
  private func expectMetricsThatExist(_ grid: InfraGrid, _ ecs: ECSServer) async throws {
    let body = try await grid.moto.call(
      "cloudwatch", "get_dashboard", ["DashboardName": "k6-grid-checkout"])["DashboardBody"]?.string
    let text = try #require(body)
    let widgets = try #require(try JSON(text.utf8)["widgets"]?.array)
    var shown: Set<String> = []
    for metric in widgets.flatMap({ $0["properties"]?["metrics"]?.array ?? [] }) {
      guard let words = metric.array, words.count == 5, words[0] == "k6-grid" else { continue }
      #expect(words[2] == "Suite" && words[3] == "checkout")
      shown.insert(words[1].string ?? "")
    }
    let alarms = try await grid.moto.call("cloudwatch", "describe_alarms")["MetricAlarms"]?.array ?? []
    shown.formUnion(alarms.compactMap { $0["MetricName"]?.string })

    var written: Set<String> = []
    for name in try FileManager.default.contentsOfDirectory(atPath: ecs.logs.path)
    where name.hasSuffix(".out") {
      let text = try String(contentsOf: ecs.logs.appending(path: name), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let metrics = try JSON(line.utf8)["_aws"]?["CloudWatchMetrics"]?.array ?? []
        for metric in metrics.flatMap({ $0["Metrics"]?.array ?? [] }) {
          written.insert(metric["Name"]?.string ?? "")
        }
      }
    }
    let metrics = try await grid.moto.call("cloudwatch", "list_metrics", ["Namespace": "k6-grid"])["Metrics"]
    written.formUnion(metrics?.array?.compactMap { $0["MetricName"]?.string } ?? [])
    // Said only where a container limits them, and where there is a check.
    written.formUnion(["generator_memory", "generator_throttled", "checks"])
    #expect(shown.isSubset(of: written), "\(shown.subtracting(written))")
    #expect(shown.count >= 14)
  }

  @Test func `a policy allows what it names, under its conditions, and nothing else`() throws {
    let policy = try IAMPolicy([
      "Statement": [
        [
          "Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject"],
          "Resource": "arn:aws:s3:::b/s/*/run.json",
        ],
        [
          "Sid": "B", "Effect": "Allow", "Action": "ecs:ListTasks", "Resource": "*",
          "Condition": ["ArnEquals": ["ecs:cluster": "c"]],
        ],
      ]
    ])
    func allows(_ action: String, _ resource: String = "*", _ context: [String: String] = [:]) -> Bool {
      !policy.grants(for: IAMCall(action, on: resource, context)).isEmpty
    }
    #expect(allows("s3:GetObject", "arn:aws:s3:::b/s/2026-11-23/run.json"))
    #expect(!allows("s3:GetObject", "arn:aws:s3:::b/s/run.json"))
    #expect(!allows("s3:GetObject", "arn:aws:s3:::b/s/2026-11-23/run.json.gz"))
    #expect(!allows("s3:PutObject", "arn:aws:s3:::b/s/2026-11-23/run.json"))
    #expect(allows("ecs:ListTasks", "*", ["ecs:cluster": "c"]))
    #expect(!allows("ecs:ListTasks") && !allows("ecs:ListTasks", "*", ["ecs:cluster": "d"]))
    #expect(throws: IAMPolicyError.self) {
      try IAMPolicy(["Statement": [["Sid": "C", "Effect": "Deny", "Action": "*", "Resource": "*"]]])
    }
  }
}
