import Foundation
import Shared
import TestSupport
import Testing

/// Everything that a run in the cloud needs, on this machine: an ECS whose tasks are real shard-agents, moto as S3 and
/// Secrets Manager with its signature checks on, and a target to load.
final class CloudGrid: Sendable {
  let moto: Moto
  let ecs: ECSServer
  let staging: StagingServer
  let folder: URL
  let store: String

  /// The value of the secret `staging#API_TOKEN`, which the script sends to the target.
  let token = "canary-\(UUID().uuidString)"

  /// One for all grids whose store is a folder: nothing is asked of it, and one takes a second to start.
  private static let unasked = Task { try await Moto() }

  /// - Parameter inBucket: otherwise the store is a folder of this machine, which the tasks share, and there is no secret:
  ///   faster, and as good for what ECS does.
  init(
    inBucket: Bool = true, faults: [ECSServer.Fault] = [], k6: String = K6.newest.path,
    pass: [String: String] = [:],
    stopTimeout: Int = 10, stateDelay: Int = 50, credentialSeconds: Double = 3600, more: String = "",
    length: String = "4s"
  ) async throws {
    moto = inBucket ? try await Moto() : try await Self.unasked.value
    if inBucket {
      try await moto.makeBucket("k6-grid-test", versioned: true)
      try await moto.makeSecret("staging", #"{"API_TOKEN":"\#(token)"}"#)
      _ = try await moto.makeRole("k6-shard-task")
    }
    staging = try await StagingServer()
    folder = try temporaryFolder()
    store = inBucket ? "s3://k6-grid-test/nightly" : "file://\(folder.path)/out"
    let variables = [
      "K6_BIN": k6, "PATH": "/usr/bin:/bin", "GRID_EMF": "off", "AWS_EC2_METADATA_DISABLED": "true",
    ]
    ecs = try await ECSServer(
      pass: moto.environment.merging(variables) { $1 }.merging(pass) { $1 }, faults: faults,
      stopTimeout: stopTimeout, stateDelay: stateDelay, credentialSeconds: credentialSeconds)
    try FileManager.default.createDirectory(
      at: folder.appending(path: "load/lib"), withIntermediateDirectories: true)
    try "export const base = __ENV.BASE_URL;\n".write(
      to: folder.appending(path: "load/lib/target.js"), atomically: true, encoding: .utf8)
    try Self.script.write(to: folder.appending(path: "load/load.js"), atomically: true, encoding: .utf8)
    try """
    suite: nightly
    script: \(folder.path)/load/load.js
    store: \(store)
    env: {BASE_URL: "\(staging.address)", LENGTH: \(length)}
    generator: {cpu: off, throttled: off, run_delay: off}
    ecs:
      cluster: load
      task_definition: k6-shard:1
      subnets: [subnet-0a1b2c3d]
      secrets: [\(inBucket ? "staging" : "")]
      capacity_providers: [{name: FARGATE_SPOT}]
      describe_interval: 1s
    \(more)
    """.write(to: configuration, atomically: true, encoding: .utf8)
  }

  var configuration: URL { folder.appending(path: "grid.yml") }

  private static let script = """
    import http from 'k6/http';
    import { check } from 'k6';
    import { base } from './lib/target.js';
    export const options = {
      scenarios: {
        shop: {
          executor: 'constant-vus', vus: Number(__ENV.VUS || 10), duration: __ENV.LENGTH || '4s', gracefulStop: '2s',
        },
      },
    };
    export function setup() {
      const params = { headers: { 'X-Api-Token': __ENV.API_TOKEN || '' }, tags: { name: 'login' } };
      return { user: http.post(`${base}/login`, null, params).json('user') };
    }
    export default function (session) {
      const headers = { 'X-Api-Token': __ENV.API_TOKEN || '', Authorization: session.user };
      const response = http.get(`${base}/products`, { headers, tags: { name: 'products' } });
      check(response, { 'status is 200': (r) => r.status === 200 });
    }
    export function teardown() { http.post(`${base}/logout`); }
    """

  /// For whoever calls AWS.
  var environment: [String: String] { ecs.environment.merging(moto.environment) { $1 } }

  var region: String { moto.environment["AWS_REGION"] ?? "" }

  func start(_ arguments: [String]) throws -> Program {
    try Program("coordinator", arguments, environment: environment)
  }

  /// The nightly command.
  func run(_ arguments: [String]) async throws -> Program.Ending {
    try await start(["run", "--config", configuration.path] + arguments).ending()
  }

  var objects: any ObjectStore {
    get throws { try liveStore(StoreLocation(store), environment: moto.environment) }
  }

  /// A document of the only run's.
  func document(_ name: String) async throws -> JSON {
    let run = try #require(try await objects.list("").first { $0.text.hasSuffix("/run.json") })
    let key = try #require(ObjectKey(run.text.dropLast("run.json".count) + name))
    return try JSON(try #require(try await objects.get(key), "\(key)").bytes)
  }

  /// No task runs, and no process of one.
  func expectNothingLeft(_ place: SourceLocation = #_sourceLocation) async throws {
    try await eventually("the end of the last task", within: 20) {
      (try? self.ecs.state()).map {
        $0.runningProcesses == 0 && $0.tasks.allSatisfy { $0.lastStatus == "STOPPED" || $0.isGone }
      } ?? false
    }
  }
}
