import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// `aws ecs run-task --count 3`: ECS gives the three tasks one environment, so none is told which shard it is.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run make test"))
  struct CloudAttachTests {
    @Test
    func `tasks of one RunTask take an index each and are one run of a coordinator that waits for them`()
      async throws
    {
      let grid = try await CloudGrid()
      let run = try grid.start([
        "run", "--attach", "--config", grid.configuration.path, "--run", "tonight", "--shards", "3",
        "--threshold", "http_reqs=count>10",
      ])
      let answer = try await grid.ecs.runTask(
        count: 3, command: ["run"],
        [
          "GRID_RUN": "tonight", "GRID_STORE": grid.store, "GRID_SECRETS": "staging",
          "BASE_URL": grid.staging.address, "LENGTH": "3s",
        ])
      #expect(answer["tasks"]?.array?.count == 3 && answer["failures"]?.array?.isEmpty == true)
      let ending = await run.ending()
      #expect(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      #expect(ending.output.contains("PASS"))

      let state = try grid.ecs.state()
      // The coordinator asks ECS for nothing: it knows of the shards what lies in the bucket.
      #expect(state.calls["RunTask"] == 1)
      #expect(
        state.calls.keys.allSatisfy { ["RunTask", "Metadata", "Credentials"].contains($0) }, "\(state.calls)")
      #expect(state.tasks.count == 3 && state.tasks.allSatisfy { $0.shard == nil })
      var takers: Set<String> = []
      for shard in 0..<3 {
        let claim = try await grid.document("shard-\(shard)/claim.json")
        takers.insert(try #require(claim["task"]?.string))
        let summary = try await grid.document("shard-\(shard)/summary.json")
        #expect(summary["grid"]?["shard"]?["index"]?.number == Double(shard))
      }
      #expect(takers == Set(state.tasks.map(\.id)))
      let shards = try await grid.document("result.json")["shards"]?.array ?? []
      #expect(shards.map { $0["outcome"]?.string } == ["complete", "complete", "complete"])
      #expect(try await grid.staging.tokens()[grid.token] ?? 0 > 10)
      #expect(try await grid.staging.counts()["login"] == 1, "setup() was run once for all")
      try await grid.expectNothingLeft()
      #expect(try grid.ecs.state().tasks.allSatisfy { $0.exitCode == 0 })
    }
  }
}
