import Shared
import Testing

@testable import Coordinator

@Suite struct ECSOptionsTests {
  static let least = "cluster: load, task_definition: k6-shard, subnets: [subnet-1]"

  private func options(_ yaml: String, _ flags: RawECSFlags = .init()) throws -> ECSOptions? {
    let file = try GridConfiguration(yaml: yaml, name: "grid.yml").ecs
    return try ECSOptions(try ECSSettings(flags).over(file))
  }

  @Test func `without a cluster there is no ECS`() throws {
    #expect(try options("shards: 2") == nil)
    #expect(try options("ecs: {container: k6}") == nil)
  }

  @Test func `what is not said is as usual`() throws {
    let options = try #require(try options("ecs: {\(Self.least)}"))
    #expect((options.cluster, options.taskDefinition, options.container) == ("load", "k6-shard", "shard"))
    #expect((options.subnets, options.securityGroups, options.assignPublicIP) == (["subnet-1"], [], false))
    #expect((options.platformVersion, options.describeInterval) == ("1.4.0", 5))
    #expect(options.capacityProviders.isEmpty && options.spotFallback == .after(2))
    #expect(options.cpu == nil && options.memory == nil && options.tags.isEmpty && options.secrets.isEmpty)
  }

  @Test func `everything can be said in the file`() throws {
    let options = try #require(
      try options(
        """
        ecs:
          cluster: arn:aws:ecs:eu-west-1:123456789012:cluster/load
          task_definition: k6-shard:12
          container: agent
          subnets: [subnet-0a1b2c3d, subnet-0a1b2c3e]
          security_groups: sg-0a1b2c3d
          assign_public_ip: true
          capacity_providers:
            - {name: FARGATE_SPOT, weight: 3}
            - {name: FARGATE, base: 1}
          spot_fallback: off
          platform_version: LATEST
          cpu: 2048
          memory: 8192
          tags: {team: shop, "cost:centre": "12/3"}
          secrets: ["TOKEN=checkout#token", checkout/db]
          describe_interval: 2s
        """))
    #expect(options.taskDefinition == "k6-shard:12" && options.container == "agent" && options.assignPublicIP)
    #expect(options.securityGroups == ["sg-0a1b2c3d"] && options.subnets.count == 2)
    #expect(
      options.capacityProviders == [
        .init(name: "FARGATE_SPOT", weight: 3, base: 0), .init(name: "FARGATE", weight: 1, base: 1),
      ])
    #expect(options.spotFallback == .off && options.platformVersion == "LATEST")
    #expect((options.cpu, options.memory) == ("2048", "8192") && options.describeInterval == 2)
    #expect(options.tags == ["team": "shop", "cost:centre": "12/3"] && options.secrets.count == 2)
  }

  @Test func `flags win over the file`() throws {
    let options = try #require(
      try options(
        "ecs: {\(Self.least), cpu: 1024, memory: 2048, assign_public_ip: true, secrets: [a]}",
        RawECSFlags(
          cluster: "other", taskDefinition: "k6:2", container: "c", subnets: "subnet-2,subnet-3",
          securityGroups: "sg-1", assignPublicIP: false, platformVersion: "LATEST", cpu: "4096",
          secrets: ["b", "c#d"])))
    #expect((options.cluster, options.taskDefinition, options.container) == ("other", "k6:2", "c"))
    #expect((options.subnets, options.securityGroups) == (["subnet-2", "subnet-3"], ["sg-1"]))
    #expect(
      !options.assignPublicIP && options.platformVersion == "LATEST" && options.secrets == ["b", "c#d"])
    // The file's memory would not fit the flag's CPU.
    #expect(options.cpu == "4096" && options.memory == nil)
  }

  @Test(
    arguments: [
      ("ecs: x", "line 1, column 6: ecs: expected names"),
      ("ecs: {clutser: x}", "'ecs.clutser' is not known: expected cluster,"),
      ("ecs:\n  cluster: a b", "line 2, column 12: ecs.cluster: 'a b': expected a cluster's name or ARN"),
      ("ecs: {cluster: load}", "no task definition was given for cluster load"),
      ("ecs: {cluster: load, task_definition: a}", "no subnets were given"),
      ("ecs: {task_definition: 'a:b'}", "family:revision"),
      ("ecs: {task_definition: 'a:0'}", "family:revision"),
      ("ecs: {container: ''}", "the container's name"), ("ecs: {subnets: [vpc-1]}", "as subnet-0a1b2c3d"),
      ("ecs: {subnets: [subnet-1, subnet-1]}", "each once"),
      ("ecs: {security_groups: [sg-1, sg-2, sg-3, sg-4, sg-5, sg-6]}", "at most 5"),
      ("ecs: {assign_public_ip: yes please}", "true or false"),
      ("ecs: {launch_type: FARGATE_SPOT}", "for Spot name capacity_providers"),
      ("ecs: {capacity_providers: [{name: EC2}]}", "FARGATE or FARGATE_SPOT"),
      ("ecs: {capacity_providers: [{weight: 1}]}", "'name' is missing"),
      ("ecs: {capacity_providers: [{name: FARGATE, weight: 0}]}", "a weight above 0"),
      ("ecs: {capacity_providers: [{name: FARGATE, weight: 1001}]}", "from 0 to 1000"),
      ("ecs: {capacity_providers: [{name: FARGATE, base: -1}]}", "from 0 to 100000"),
      ("ecs: {capacity_providers: [{name: FARGATE, share: 1}]}", "expected name, weight or base"),
      ("ecs: {capacity_providers: [{name: FARGATE}, {name: FARGATE}]}", "every name once"),
      (
        "ecs: {capacity_providers: [{name: FARGATE, base: 1}, {name: FARGATE_SPOT, base: 1}]}",
        "a base for one"
      ),
      ("ecs: {\(least), launch_type: FARGATE, capacity_providers: [{name: FARGATE}]}", "exclude each other"),
      ("ecs: {spot_fallback: never}", "1 to 100, or off"), ("ecs: {spot_fallback: 0}", "1 to 100, or off"),
      ("ecs: {platform_version: new!}", "LATEST or a version"),
      ("ecs: {cpu: 2}", "256, 512, 1024, 2048, 4096, 8192, 16384"),
      ("ecs: {memory: 4GB}", "MiB from 512"),
      ("ecs: {\(least), cpu: 1024, memory: 1024}", "expected 2048, 3072,"),
      ("ecs: {\(least), cpu: 8192, memory: 17408}", "no task of 8192 CPU units"),
      ("ecs: {tags: {'aws:x': y}}", "not beginning with aws:"),
      ("ecs: {tags: {'k6-grid:run': y}}", "the run's own"),
      ("ecs: {tags: {a: 'b;c'}}", "up to 256 letters"), ("ecs: {secrets: ['a,b']}", "without commas"),
      ("ecs: {describe_interval: 500ms}", "1 s to 60 s"),
    ])
  func `a wrong file is one sentence with its line`(yaml: String, expected: String) {
    let error = #expect(throws: UsageError.self) { try options(yaml) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test(
    arguments: [
      (RawECSFlags(cluster: "a b"), "--cluster is 'a b': expected a cluster's name"),
      (.init(cluster: "a", subnets: "subnet-1,"), "--subnets is ''"),
      (.init(subnets: "subnet-1,subnet-1"), "each once"),
      (.init(securityGroups: "sg-"), "--security-groups is 'sg-'"),
      (.init(container: ""), "--container is ''"),
      (.init(taskDefinition: "a:"), "--task-definition is 'a:'"),
      (.init(platformVersion: ""), "--platform-version"),
      (.init(cpu: "2"), "--task-cpu is '2': expected CPU units"), (.init(memory: "-1"), "--task-memory"),
      (.init(secrets: ["a b"]), "--secret is 'a b'"),
      (.init(cluster: "a", taskDefinition: "b"), "no subnets"),
    ])
  func `wrong flags are one sentence`(flags: RawECSFlags, expected: String) {
    let error = #expect(throws: UsageError.self) { try options("", flags) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test func `a run is on this machine or on ECS`() throws {
    let file = try GridConfiguration(yaml: "ecs: {\(Self.least)}", name: "grid.yml")
    func run(_ flags: RunOptions.Flags) throws -> RunOptions {
      try RunOptions(flags, file, usualStore: "file:///tmp/out", fileExists: { _ in true })
    }
    #expect(try run(.init(script: "load.js")).ecs?.cluster == "load")
    // The same file serves for a rehearsal.
    #expect(try run(.init(script: "load.js", isLocal: true)).ecs == nil)
    var flags = RunOptions.Flags(script: "load.js", isLocal: true)
    flags.ecs.cluster = "load"
    #expect(throws: UsageError.self) { try run(flags) }
  }
}
