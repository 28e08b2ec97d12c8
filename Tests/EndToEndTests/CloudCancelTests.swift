import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// SIGINT, as GitHub sends it, and worse. Seven and a half seconds later comes SIGTERM, and then SIGKILL.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run make test"))
  struct CloudCancelTests {
    enum Stage: String, CaseIterable, Sendable {
      case launching, waitingForReady, running, merging
    }

    /// Fulfilled when the run has come there.
    private func reached(_ stage: Stage, _ grid: CloudGrid) async throws -> Bool {
      let names = try await grid.objects.list("").map(\.text)
      func count(_ suffix: String) -> Int { names.count { $0.hasSuffix(suffix) } }
      return switch stage {
      case .launching: try grid.ecs.state().calls["RunTask"] ?? 0 > 0
      case .waitingForReady: count("/ready.json") > 0 && count("/start.json") == 0
      case .running: count("/progress.json") > 0
      case .merging: count("/summary.json") == 4
      }
    }

    @Test(arguments: Stage.allCases)
    func `a cancelled run leaves no task`(stage: Stage) async throws {
      // The third task is slow to start, so that the others wait for it.
      let faults: [ECSServer.Fault] =
        stage == .waitingForReady ? [["fault": "never-starts", "shard": 2, "state": "PENDING"]] : []
      let grid = try await CloudGrid(faults: faults)
      let length = stage == .merging ? "3s" : "60s"
      let run = try grid.start([
        "run", "--config", grid.configuration.path, "--shards", "4", "--env", "LENGTH=\(length)",
        "--threshold", "http_reqs=count>1",
      ])
      try await eventually("\(stage)", within: 60) { try await reached(stage, grid) }
      let began = Date()
      run.signal(SIGINT)
      let ending = await run.ending()
      let seconds = Date().timeIntervalSince(began)
      // One whose shards have all handed in is judged: there is nothing left to cancel.
      let isTooLate = stage == .merging && ending.code == 0
      #expect(ending.code == 130 || isTooLate, "\(ending.output)\n\(ending.errors)")
      #expect(seconds < 7 || isTooLate, "it took \(seconds) s")
      try await grid.expectNothingLeft()
      if stage == .running {
        #expect(try Set(grid.ecs.state().stops.compactMap(\.shard)) == [0, 1, 2, 3])
        let counts = try await grid.staging.counts()
        #expect(counts["login"] == 1 && counts["logout"] == 1, "\(counts)")
      }

      // The always() step.
      let stop = try await grid.start(["stop", "--config", grid.configuration.path]).ending()
      #expect(stop.code == 0, "\(stop.output)\n\(stop.errors)")
      if !isTooLate {
        let result = try await grid.document("result.json")
        #expect(result["verdict"]?.string == "incomplete")
        #expect("\(result["reasons"] ?? .null)".contains("cancel"), "\(result["reasons"] ?? .null)")
      }
      #expect(try await grid.objects.get("active.json") == nil)
    }

    @Test func `what a killed coordinator leaves is stopped and recorded by coordinator stop`() async throws {
      let grid = try await CloudGrid()
      let run = try grid.start([
        "run", "--config", grid.configuration.path, "--shards", "3", "--env", "LENGTH=60s", "--threshold",
        "http_reqs=count>1",
      ])
      try await eventually("the load", within: 60) { try await reached(.running, grid) }
      run.signal(SIGKILL)
      let stop = try await grid.start([
        "stop", "--config", grid.configuration.path, "--reason", "the runner is gone",
      ]).ending()
      #expect(stop.code == 0, "\(stop.output)\n\(stop.errors)")
      #expect(
        stop.output.contains("it is recorded as incomplete: the run was stopped by command"), "\(stop.output)"
      )
      try await grid.expectNothingLeft()
      let history = try #require(try await grid.objects.get("history.csv"))
      #expect(String(decoding: history.bytes, as: UTF8.self).split(separator: "\r\n").count == 2)
      let again = try await grid.start(["stop", "--config", grid.configuration.path]).ending()
      #expect(again.code == 0 && again.output.contains("no run is under way"), "\(again.output)")
    }
  }
}
