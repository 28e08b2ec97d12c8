import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// The nightly command, from RunTask to the exit code.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run make test"))
  struct CloudRunTests {
    private let easy = ["--threshold", "http_reqs=count>10"]

    @Test func `five tasks with a secret pass as one run`() async throws {
      let grid = try await CloudGrid()
      let ending = try await grid.run(["--shards", "5"] + easy)
      #expect(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      #expect(ending.output.contains("PASS"))
      let result = try await grid.document("result.json")
      #expect(result["verdict"]?.string == "pass")
      #expect(result["shards"]?.array?.count == 5)
      #expect(result["cost"]?["tasks"]?.integer == 5 && result["cost"]?["not_known"]?.array == [])
      #expect(ending.output.contains(" USD: 5 tasks, "), "\(ending.output)")
      #expect(try await grid.staging.tokens()[grid.token] ?? 0 > 10)
      let counts = try await grid.staging.counts()
      #expect(
        counts["login"] == 1 && counts["logout"] == 1, "setup() and teardown() were run once: \(counts)")
      let history = try #require(try await grid.objects.get("history.csv"))
      #expect(String(decoding: history.bytes, as: UTF8.self).split(separator: "\r\n").count == 2)
      let names = try await grid.objects.list("").map(\.text)
      #expect(
        names.contains { $0.hasSuffix("/script/lib/target.js") }, "the script came with the run: \(names)")
      #expect(!names.contains { $0.hasSuffix("/setup.json") || $0 == "active.json" }, "\(names)")
      let state = try grid.ecs.state()
      #expect(state.calls["RunTask"] == 5)
      #expect(state.throttles.values.reduce(0, +) == 0)
      try await grid.expectNothingLeft()
      #expect(try grid.ecs.state().tasks.allSatisfy { $0.exitCode == 0 }, "they left by themselves")
      try await expectNoToken(grid, ending)
    }

    /// In no object, no log of an agent, nothing that was said to ECS or is told by it.
    private func expectNoToken(_ grid: CloudGrid, _ ending: Program.Ending) async throws {
      for key in try await grid.objects.list("") {
        let bytes = try #require(try await grid.objects.get(key)).bytes
        #expect(!String(decoding: bytes, as: UTF8.self).contains(grid.token), "\(key)")
      }
      for name in try FileManager.default.contentsOfDirectory(atPath: grid.ecs.logs.path) {
        let text = try String(contentsOf: grid.ecs.logs.appending(path: name), encoding: .utf8)
        #expect(!text.contains(grid.token), "\(name)")
      }
      #expect(!(ending.output + ending.errors).contains(grid.token))
      #expect(!"\(try grid.ecs.record())".contains(grid.token))
    }

    @Test func `a threshold that is crossed is exit code 1`() async throws {
      let grid = try await CloudGrid()
      let ending = try await grid.run(["--shards", "5", "--threshold", "http_req_duration=p(95)<1"])
      #expect(ending.code == 1, "\(ending.output)\n\(ending.errors)")
      #expect(ending.output.contains("FAIL"))
      #expect(try await grid.document("result.json")["verdict"]?.string == "fail")
      try await grid.expectNothingLeft()
    }

    @Test func `a run outlives its credentials`() async throws {
      let grid = try await CloudGrid(credentialSeconds: 20)
      let ending = try await grid.run(["--shards", "2", "--env", "LENGTH=30s"] + easy)
      #expect(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      #expect(try grid.ecs.state().credentialHandOuts >= 4, "each agent asked again")
      try await grid.expectNothingLeft()
    }

    /// A hundred real k6 are more than a machine of two CPUs has; the agents, the coordinator, ECS and S3 are as ever.
    @Test func `a hundred tasks start together without a throttle`() async throws {
      let recording = repositoryRoot().appending(path: "Tests/TestSupport/Recorded/k6-1.1.0/mixed.ndjson")
      // All are launched before the first begins to work: a machine that starts a hundred agents meanwhile keeps no pace.
      // moto, which is Python, could not answer so many; the tasks' folder can.
      let grid = try await CloudGrid(
        inBucket: false, k6: Program.folder.appending(path: "K6StandIn").path,
        pass: ["K6_STANDIN_STREAM": recording.path, "K6_STANDIN_SECONDS": "20"], stateDelay: 3000)
      let ending = try await grid.run(["--shards", "100", "--lean"] + easy)
      #expect(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      let state = try grid.ecs.state()
      #expect(state.throttles.values.reduce(0, +) == 0, "\(state.throttles)")
      #expect(state.calls["RunTask"] == 100)
      let result = try await grid.document("result.json")
      #expect(result["shards"]?.array?.count == 100)
      try await grid.expectNothingLeft()
    }
  }
}
