import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// The shard's image as Fargate runs it.
  @Suite(.serialized, .enabled(if: Docker.isWanted, "no Docker engine, or no shipped agent: make agent"))
  struct ShardImageTests {
    private func start(_ name: String, _ moto: Moto) async throws {
      let script = try temporaryFolder().appending(path: "long.js")
      try
        "import { sleep } from 'k6';\nexport const options = { vus: 2, duration: '5m' };\nexport default function () { sleep(0.1) }"
        .write(to: script, atomically: true, encoding: .utf8)
      // For k6's user.
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: script.deletingLastPathComponent().path)
      let environment = moto.environment.flatMap { ["--env", "\($0.key)=\($0.value)"] }
      _ = try await Docker.said(
        [
          "run", "--detach", "--name", name, "--network", "host", "--cpus", "0.5", "--memory", "1g",
          "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--stop-timeout", "120",
          "--volume", "\(script.path):/load/long.js:ro", "--env", "GRID_STORE=s3://k6-grid-test/x",
        ] + environment + ["k6-grid-shard", "run", "/load/long.js"])
    }

    @Test
    func
      `at half a CPU and 1 GiB, with a read-only root and no rights, docker stop brings a summary in time`()
      async throws
    {
      let images = try await Docker.rehearsal(["images"]).ending()
      try #require(images.code == 0, "\(images.output)\n\(images.errors)")
      let moto = try await Moto()
      try await moto.makeBucket("k6-grid-test")
      let store = try liveStore(StoreLocation("s3://k6-grid-test/x"), environment: moto.environment)
      let name = "k6-grid-test-\(UUID().uuidString.prefix(8))"
      try await start(name, moto)
      do {
        try await eventually("progress", within: 60) {
          try await store.list("").contains { $0.text.hasSuffix("progress.json") }
        }
        // It says every 5 s where it is.
        try await eventually("a healthy agent at its load", within: 15) {
          let health = try await Docker.call(["exec", name, "shard-agent", "healthcheck"])
          return health.code == 0 && health.output.contains("(load)")
        }
        // Of the agent on this machine, whatever the image says of its user.
        let process = try await Docker.said(["inspect", "--format", "{{.State.Pid}}", name])
        let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(process)")[.ownerAccountID]
        #expect(owner as? Int == 12345)

        let before = Date()
        _ = try await Docker.said(["stop", name])
        #expect(Date().timeIntervalSince(before) < 30, "ECS would wait for 120 s at the most")
        #expect(try await Docker.said(["inspect", "--format", "{{.State.ExitCode}}", name]) == "105")
        let key = try #require(try await store.list("").first { $0.text.hasSuffix("shard-0/summary.json") })
        let grid = try JSON(try #require(try await store.get(key)).bytes)["grid"]
        #expect(grid?["ending"]?["is_whole_until_stop"]?.bool == true)
        #expect(grid?["generator"]?["cpu_limit"]?.number == 0.5, "the container's quota, not the machine's")
      } catch {
        let said = try? await Docker.call(["logs", "--tail", "20", name])
        Issue.record("\(error)\n\(said?.errors ?? "")")
      }
      _ = try await Docker.said(["rm", "--force", "--volumes", name])
    }
  }
}
