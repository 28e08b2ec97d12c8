import Foundation
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run make test"))
struct DoctorTests {
  @Test func `where nothing is wrong, nothing is found`() async throws {
    let world = try await DoctorWorld.shared.value
    var setup = world.clean
    setup.top["script"] = "\(world.folder.path)/load/load.js"
    setup.top["shards"] = "1"
    let report = try await world.report(setup)
    let wrong = report.checks.filter { $0.outcome != "ok" }
    // Whether a token may write, only a write would tell.
    #expect(wrong.map(\.id) == ["github.write"] && wrong.first?.outcome == "not checked", "\(wrong)")
    #expect(report.checks.count > 40)
  }

  @Test(arguments: DoctorPlanting.all) func `a fault is found by its check`(planting: DoctorPlanting)
    async throws
  {
    let world = try await DoctorWorld.shared.value
    var setup = world.clean
    planting.change(&setup, world)
    let report = try await world.report(setup)
    let finding = try #require(report.checks.first { $0.id == planting.check })
    #expect(finding.outcome == planting.outcome, "\(finding)")
    #expect(
      finding.outcome != "fault" || finding.advice != nil || finding.found.contains(": "), "\(finding)")
    let others = report.checks.filter { $0.outcome == "fault" && $0.id != planting.check }
    #expect(Set(others.map(\.id)) == planting.also, "\(others)")
  }

  @Test func `a subnet with VPC endpoints, and one with public addresses, have their way out`() async throws {
    let world = try await DoctorWorld.shared.value
    var setup = world.clean
    setup.ecs["subnets"] = "[\(world.name("subnet_inner"))]"
    setup.ecs["security_groups"] = nil
    #expect(try await world.report(setup).faulty.isEmpty)
    setup.ecs["subnets"] = "[\(world.name("subnet_public"))]"
    setup.ecs["assign_public_ip"] = "true"
    #expect(try await world.report(setup).faulty.isEmpty)
  }

  @Test func `what may not be looked at is not checked, with the permission that is missing`() async throws {
    let world = try await DoctorWorld.shared.value
    var setup = world.clean
    setup.become("blind", in: world)
    let report = try await world.report(setup)
    #expect(report.faulty.isEmpty, "\(report.checks)")
    for (id, permission) in [
      ("ecs.cluster", "ecs:DescribeClusters"), ("ecs.task-definition", "ecs:DescribeTaskDefinition"),
      ("network.subnets", "ec2:DescribeSubnets"), ("secrets", "secretsmanager:DescribeSecret"),
      ("alert.sns", "sns:GetTopicAttributes"), ("store.write", "iam:SimulatePrincipalPolicy"),
    ] {
      let finding = try #require(report.checks.first { $0.id == id })
      #expect(finding.outcome == "not checked" && finding.found.contains(permission), "\(finding)")
    }
    let known = ["aws.", "store.", "configuration", "github.", "alert.pagerduty", "k6.", "thresholds"]
    for finding in report.checks where finding.outcome == "ok" {
      #expect(known.contains { finding.id.hasPrefix($0) }, "\(finding)")
    }
  }

  @Test(
    arguments: [
      ("issues", "github.issues"), ("statuses", "github.statuses"),
      ("pull_requests", "github.pull-requests"),
    ])
  func `a token that may not read is found out`(permission: String, check: String) async throws {
    let world = try await DoctorWorld.shared.value
    let gitHub = try await GitHubServer()
    await gitHub.permit([permission: "none"])
    var setup = world.clean
    setup.environment.merge(gitHub.environment) { $1 }
    let report = try await world.report(setup)
    #expect(report.faulty == [check], "\(report.checks)")
    #expect(await gitHub.requests().allSatisfy { $0["method"]?.string == "GET" }, "nothing is written")
  }

  @Test func `issues that are switched off are found out`() async throws {
    let world = try await DoctorWorld.shared.value
    let gitHub = try await GitHubServer()
    await gitHub.setIssues(enabled: false)
    var setup = world.clean
    setup.environment.merge(gitHub.environment) { $1 }
    let report = try await world.report(setup)
    #expect(report.faulty == ["github.issues"], "\(report.checks)")
  }

  @Test func `on one machine there is little to look at, and for people it is a table`() async throws {
    let world = try await DoctorWorld.shared.value
    var setup = world.clean
    setup.top = ["script": "\(world.folder.path)/load/load.js", "store": "file://\(world.folder.path)/out"]
    (setup.ecs, setup.alert) = ([:], [:])
    let ending = try await world.run(setup, json: false)
    #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("ok           script.plan"), "\(ending.output)")
    #expect(
      ending.output.hasSuffix("No fault was found: 0 warnings, 0 not checked, 9 ok.\n"), "\(ending.output)")
    #expect(!FileManager.default.fileExists(atPath: "\(world.folder.path)/out"), "nothing is made")
    setup.top["store"] = "file://\(world.folder.path)/load/load.js/out"
    let faulty = try await world.run(setup, json: false)
    #expect(faulty.code == 1 && faulty.output.contains("FAULT        store.write"), "\(faulty.output)")
  }

  @Test func `a branch for the page is looked at without a push`() async throws {
    let world = try await DoctorWorld.shared.value
    let repository = world.folder.appending(path: "pages.git")
    let git = try Process.run(
      URL(fileURLWithPath: "/usr/bin/git"), arguments: ["init", "-q", "--bare", repository.path])
    git.waitUntilExit()
    var setup = world.clean
    setup.flags = ["--pages", "\(repository.path)#gh-pages"]
    let report = try await world.report(setup)
    #expect(report.outcome("pages.branch") == "ok", "\(report.checks)")
    let heads = try FileManager.default.contentsOfDirectory(
      atPath: repository.appending(path: "refs/heads").path)
    #expect(heads.isEmpty)
  }
}
