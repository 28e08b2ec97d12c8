import Foundation
import Shared
import TestSupport
import Testing

/// An account with what the example of `infra/` makes in it: moto, and an ECS that runs the task definition which Terraform has
/// registered. Every name comes from Terraform's outputs.
final class InfraGrid: Sendable {
  let moto: Moto
  let terraform: TerraformModule
  let outputs: JSON
  private let recording: URL
  private let folder: URL

  init() async throws {
    folder = try temporaryFolder()
    recording = folder.appending(path: "recording")
    moto = try await Moto(recording: recording)
    terraform = try await TerraformModule(
      aws: moto.environment,
      variables: ["repository": "acme/shop", "force_destroy": "true", "emails": #"["load@acme.example"]"#])
    try await terraform.run("apply", ["-auto-approve"])
    outputs = try await terraform.outputs()
  }

  func output(_ name: String) throws -> JSON {
    try #require(outputs["k6_grid"]?["value"]?[name], "the module says no \(name)")
  }

  func lines() throws -> [Substring] {
    try String(contentsOf: recording, encoding: .utf8).split(separator: "\n")
  }

  /// The policy of one of the three roles that a run has.
  func policy(_ name: String) async throws -> JSON {
    let role = try #require(try output("roles")[name]?.string)
    let answer = try await moto.call(
      "iam", "get_role_policy", ["RoleName": role, "PolicyName": name])
    return try #require(answer["PolicyDocument"])
  }

  /// What `coordinator doctor` finds in the account, outcome by check.
  /// - Parameter environment: with the keys of who asks.
  func doctor(_ configuration: String, _ environment: [String: String]) async throws -> [String: String] {
    let ending = try await Program.run(
      "coordinator", ["doctor", "--config", configuration, "--json"],
      environment: environment.merging(["K6_BIN": K6.newest.path, "AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
    )
    let report = try JSON(ending.output.utf8)
    let checks = try #require(report["checks"]?.array, "\(ending.output)\(ending.errors)")
    return Dictionary(
      uniqueKeysWithValues: checks.map { ($0["id"]?.string ?? "", $0["outcome"]?.string ?? "") })
  }

  /// What Terraform has asked ECS to register.
  func taskDefinition() throws -> JSON {
    let request = try #require(
      try lines().last { $0.contains("AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition") })
    let body = try JSON(request.utf8)["body"]?.string
    return try JSON(try #require(body.flatMap { Data(base64Encoded: $0) }))
  }

  /// An ECS with the cluster and the task definition. Its tasks take their role at moto, which holds their calls of S3 against
  /// the role's policy.
  func makeECS() async throws -> ECSServer {
    var definition = try taskDefinition().object ?? [:]
    // The stand-in asks no container how it is.
    var container = try #require(definition["containerDefinitions"]?.array?.first?.object)
    container["healthCheck"] = nil
    definition["containerDefinitions"] = [.object(container)]
    let file = folder.appending(path: "definition.json")
    try JSON.object(definition).text.write(to: file)
    try await letMotoBeECS()
    let variables = [
      "K6_BIN": K6.newest.path, "PATH": "/usr/bin:/bin", "GRID_EMF": "suite",
      "AWS_EC2_METADATA_DISABLED": "true",
    ]
    let cluster = try #require(try output("cluster").string)
    return try await ECSServer(
      pass: moto.environment.merging(variables) { $1 },
      arguments: ["--cluster", "\(cluster)=FARGATE,FARGATE_SPOT", "--task-definition", file.path])
  }

  /// moto knows no principal but users, so that a role that trusts ECS could be taken by nobody; and it judges all but S3 without
  /// the resource, so that a right on one resource would be none.
  private func letMotoBeECS() async throws {
    let role = try #require(try output("roles")["task"]?.string)
    let trust = #"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}"#
    let rest = #"{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}"#
    let version = #""Version":"2012-10-17""#
    try await moto.call(
      "iam", "update_assume_role_policy",
      ["RoleName": role, "PolicyDocument": "{\(version),\"Statement\":[\(trust)]}"])
    try await moto.call(
      "iam", "put_role_policy",
      ["RoleName": role, "PolicyName": "moto", "PolicyDocument": "{\(version),\"Statement\":[\(rest)]}"])
  }

  /// The bucket answers over TLS alone, and moto has none.
  func openWithoutTLS() async throws {
    let bucket = try #require(try output("bucket").string)
    await #expect(throws: MotoError.self) {
      try await self.moto.call("s3", "put_object", ["Bucket": bucket, "Key": "checkout/active.json"])
    }
    try await moto.call("s3", "delete_bucket_policy", ["Bucket": bucket])
  }

  /// The `grid.yml` of a user who has pasted the output.
  /// - Returns: its path.
  func configure(target: String) throws -> String {
    try FileManager.default.createDirectory(
      at: folder.appending(path: "load"), withIntermediateDirectories: true)
    try Self.script.write(to: folder.appending(path: "load/load.js"), atomically: true, encoding: .utf8)
    let output = try #require(outputs["grid_yml"]?["value"]?.string)
      .replacing("# secrets:", with: "secrets:").replacing("ecs:\n", with: "ecs:\n  describe_interval: 1s\n")
    let own = """
      script: \(folder.path)/load/load.js
      shards: 2
      env: {BASE_URL: "\(target)"}
      generator: {cpu: off, throttled: off, run_delay: off}

      """
    let file = folder.appending(path: "grid.yml")
    try (output + own).write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  private static let script = """
    import http from 'k6/http';
    import { sleep } from 'k6';
    export const options = { vus: 2, duration: '4s' };
    export function setup() { return { user: 'a-user-of-the-test-1' }; }
    export default function () {
      http.get(`${__ENV.BASE_URL}/products`, { headers: { 'X-Api-Token': __ENV.API_TOKEN } });
      sleep(0.05);
    }
    export function teardown() {}
    """
}
