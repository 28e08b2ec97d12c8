import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// Whole runs as they are at night: tasks of ECS, a bucket, and a coordinator that may not know how it ends.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
  struct ClusterRunTests {
    private let folder: URL
    private let moto: Moto
    private let staging: StagingServer

    init() async throws {
      folder = try temporaryFolder()
      moto = try await Moto()
      staging = try await StagingServer()
      try await moto.makeBucket("grid-runs", versioned: true)
      // Whether a task's role may do what it does is another test's subject.
      try await moto.checkSignatures(false)
      for (path, text) in [
        (
          "load/checkout.js",
          """
          import http from 'k6/http';
          import { sleep } from 'k6';
          import { pause } from './lib/pause.js';
          export const options = { vus: 6, duration: __ENV.LENGTH || '4s' };
          export function setup() { http.post(`${__ENV.BASE_URL}/login`); return 'secret'; }
          export default function () { http.get(`${__ENV.BASE_URL}/products`); sleep(pause); }
          export function teardown() { http.post(`${__ENV.BASE_URL}/logout`); }
          """
        ), ("load/lib/pause.js", "export const pause = 0.1;"),
      ] {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
      try """
      suite: checkout
      shards: 3
      script: \(folder.path)/load/checkout.js
      store: s3://grid-runs/checkout
      env: { BASE_URL: "\(staging.address)" }
      generator: { cpu: off, throttled: off, run_delay: off }
      thresholds: { http_req_failed: rate<0.5 }
      ecs: { cluster: load, task_definition: k6-shard, subnets: subnet-0a1b2c3d, describe_interval: 1s }
      """.write(to: folder.appending(path: "grid.yml"), atomically: true, encoding: .utf8)
    }

    private func server(_ faults: [ECSServer.Fault] = []) async throws -> ECSServer {
      try await ECSServer(
        pass: moto.environment.merging(["K6_BIN": K6.newest.path, "PATH": "/usr/bin:/bin"]) { $1 },
        faults: faults, command: ["run"])
    }

    private func coordinator(_ ecs: ECSServer, _ arguments: [String]) throws -> Program {
      try Program(
        "coordinator",
        [arguments[0], "--config", folder.appending(path: "grid.yml").path]
          + arguments.dropFirst(),
        environment: moto.environment.merging(ecs.environment) { $1 }.merging(["TMPDIR": folder.path]) { $1 })
    }

    private var store: any ObjectStore {
      get throws { try liveStore(StoreLocation("s3://grid-runs/checkout"), environment: moto.environment) }
    }

    private func names() async throws -> [String] { try await store.list("").map(\.text) }

    private func text(_ name: String) async throws -> String? {
      guard let key = try await store.list("").first(where: { $0.text.hasSuffix(name) }) else { return nil }
      return try await store.get(key).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private func waitForLoad() async throws {
      try await eventually("the load", within: 60) {
        try await names().count(where: { $0.hasSuffix("/progress.json") }) == 3
      }
    }

    @Test func `a run on ECS passes, takes its script along, and leaves nothing running`() async throws {
      let ecs = try await server()
      let ending = try await coordinator(ecs, ["run"]).ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      let names = try await names()
      #expect(names.contains { $0.hasSuffix("/script/lib/pause.js") } && names.contains("history.csv"))
      #expect(!names.contains("active.json") && !names.contains { $0.hasSuffix("/setup.json") })
      let state = try ecs.state()
      #expect(state.runningProcesses == 0 && state.tasks.count == 3)
      // They left by themselves.
      #expect(state.tasks.allSatisfy { $0.exitCode == 0 }, "\(state.tasks)")
      let counts = try await staging.counts()
      #expect(counts["login"] == 1 && counts["logout"] == 1, "\(counts)")
    }

    @Test func `a task that could not be started is launched again, and the run is whole`() async throws {
      let ecs = try await server([["fault": "cannot-pull", "shard": 1, "launch": 1]])
      let ending = try await coordinator(ecs, ["run"]).ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(ending.output.contains("shard 1 was launched again (attempt 2): "), "\(ending.output)")
      #expect(try ecs.state().tasks.count == 4 && ecs.state().runningProcesses == 0)
      #expect(try await text("shard-1/ready.json")?.contains("\"attempt\" : 2") == true)
    }

    @Test func `a cancelled run tells every task within seconds, and coordinator stop records it`()
      async throws
    {
      let ecs = try await server()
      let run = try coordinator(ecs, ["run", "--env", "LENGTH=60s"])
      try await waitForLoad()
      let began = Date()
      run.signal(SIGINT)
      let ending = await run.ending()
      #expect(ending.code == 130, "\(ending.output)\(ending.errors)")
      // GitHub kills after 7.5 s.
      #expect(Date().timeIntervalSince(began) < 7)
      #expect(try Set(ecs.state().stops.compactMap(\.shard)) == [0, 1, 2])
      let stop = try await coordinator(ecs, ["stop"]).ending()
      #expect(stop.code == 0, "\(stop.output)\(stop.errors)")
      #expect(try await text("result.json")?.contains("the run was cancelled") == true)
      #expect(try ecs.state().runningProcesses == 0)
      #expect(try await !names().contains("active.json"))
      let counts = try await staging.counts()
      #expect(counts["login"] == 1 && counts["logout"] == 1, "\(counts)")
    }

    @Test func `what a killed coordinator leaves is stopped and recorded by coordinator stop`() async throws {
      let ecs = try await server()
      let run = try coordinator(ecs, ["run", "--env", "LENGTH=60s"])
      try await waitForLoad()
      run.signal(SIGKILL)
      let stop = try await coordinator(ecs, ["stop", "--reason", "the runner is gone"]).ending()
      #expect(stop.code == 0, "\(stop.output)\(stop.errors)")
      #expect(
        stop.output.contains("it is recorded as incomplete: the run was stopped by command"), "\(stop.output)"
      )
      #expect(try ecs.state().runningProcesses == 0)
      let history = try await text("history.csv") ?? ""
      #expect(history.split(separator: "\r\n").count == 2, "\(history)")
      let again = try await coordinator(ecs, ["stop"]).ending()
      #expect(again.code == 0 && again.output.contains("no run is under way"), "\(again.output)")
    }
  }
}
