import Foundation
import Shared
import TestSupport
import Testing

/// An account in which everything is right for a run, with much that is not beside it (Tests/StandIns/Doctor/world.py), and a
/// GitHub: `coordinator doctor` is run against them as a user runs it.
final class DoctorWorld: Sendable {
  let moto: Moto
  let gitHub: GitHubServer
  let names: JSON
  let folder: URL

  /// One for all tests: none of them changes what is there.
  static let shared = Task { try await DoctorWorld() }

  private init() async throws {
    moto = try await Moto()
    gitHub = try await GitHubServer()
    folder = try temporaryFolder()
    let script = repositoryRoot().appending(path: "Tests/StandIns/Doctor/world.py").path
    let made = try await Program.run(
      "", ["-S", script], environment: moto.environment.merging(["PYTHONPATH": Moto.tools.path]) { $1 },
      at: URL(fileURLWithPath: "/usr/bin/env").deletingLastPathComponent().appending(path: "python3"))
    try #require(made.code == 0, "\(made.errors)")
    names = try JSON(made.output.utf8)
    for (name, text) in [
      ("load/load.js", Self.script), ("broken/load.js", "export default function ( {"),
      ("small/load.js", "export const options = { vus: 1 };\n" + Self.script),
    ] {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }

  private static let script = """
    import { Trend } from 'k6/metrics';
    const paid = new Trend('time_to_paid', true);
    export default function () { paid.add(1); }
    """

  func name(_ key: String) -> String { names[key]?.string ?? "" }

  /// What is given to the program, to be made wrong.
  struct Setup: Sendable {
    var top: [String: String]
    var ecs: [String: String]
    var alert: [String: String]
    var environment: [String: String]
    var flags: [String] = []

    /// With the keys of another user.
    mutating func become(_ user: String, in world: DoctorWorld) {
      let key = world.names["user_\(user)"]?.strings ?? []
      (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) = (key.first, key.last)
    }

    var yaml: String {
      func lines(_ values: [String: String], _ indent: String) -> String {
        values.sorted { $0.key < $1.key }.map { "\(indent)\($0): \($1)\n" }.joined()
      }
      let sections = [("ecs", ecs), ("alert", alert)].filter { !$0.1.isEmpty }
      return lines(top, "") + sections.map { "\($0):\n\(lines($1, "  "))" }.joined()
    }
  }

  /// In which nothing is wrong.
  var clean: Setup {
    Setup(
      top: [
        "suite": "checkout", "shards": "4", "script": "image:///load.js",
        "store": "s3://k6-grid-nights/checkout",
      ],
      ecs: [
        "cluster": "load", "task_definition": "k6-shard", "subnets": "[\(name("subnet_nat"))]",
        "security_groups": name("group_open"), "secrets": #"["TOKEN=staging#TOKEN"]"#,
        "capacity_providers": "[{name: FARGATE_SPOT, weight: 3}, {name: FARGATE, base: 1}]",
      ],
      alert: [
        "sns": name("topic_told"), "metrics": "true", "issue": "true", "status": "true", "comment": "problem",
        "pagerduty": "true",
      ],
      environment: moto.environment.merging(gitHub.environment) { $1 }.merging([
        "K6_BIN": K6.newest.path, "PAGERDUTY_ROUTING_KEY": AlertWorld.key,
        "GITHUB_SHA": String(repeating: "a1", count: 20), "AWS_EC2_METADATA_DISABLED": "true",
      ]) { $1 })
  }

  struct Finding: Decodable, Sendable {
    let id: String
    let outcome: String
    let found: String
    let advice: String?
  }

  struct Report: Decodable {
    let faults: Int
    let checks: [Finding]

    func outcome(_ id: String) -> String? { checks.first { $0.id == id }?.outcome }
    var faulty: Set<String> { Set(checks.filter { $0.outcome == "fault" }.map(\.id)) }
  }

  func run(_ setup: Setup, json: Bool = true) async throws -> Program.Ending {
    let file = folder.appending(path: "\(UUID().uuidString).yml")
    try setup.yaml.write(to: file, atomically: true, encoding: .utf8)
    let ending = try await Program.run(
      "coordinator", ["doctor", "--config", file.path] + (json ? ["--json"] : []) + setup.flags,
      environment: setup.environment)
    for secret in ["GITHUB_TOKEN", "PAGERDUTY_ROUTING_KEY", "AWS_SECRET_ACCESS_KEY"] {
      guard let value = setup.environment[secret], value.count > 8 else { continue }
      #expect(!(ending.output + ending.errors).contains(value), "\(secret) is in the output")
    }
    return ending
  }

  func report(_ setup: Setup) async throws -> Report {
    let ending = try await run(setup)
    let report = try JSONDecoder().decode(Report.self, from: Data(ending.output.utf8))
    #expect(ending.code == (report.faults > 0 ? 1 : 0), "\(ending.errors)")
    #expect(Set(report.checks.map(\.id)).count == report.checks.count, "every check once")
    return report
  }
}
