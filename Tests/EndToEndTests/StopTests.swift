import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// One stop for all shards, whoever asks for it, and teardown() behind it.
  @Suite(.serialized) struct StopTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    private func start(
      _ k6: K6, _ staging: StagingServer, iteration: String = "", load: String = "vus: 6, duration: '40s'",
      thresholds: String = "", _ more: [String] = []
    ) throws -> Program {
      let file = folder.appending(path: "script.js")
      let text = """
        import http from 'k6/http';
        import exec from 'k6/execution';
        import { sleep } from 'k6';
        import { Counter, Rate } from 'k6/metrics';
        const ticks = new Counter('ticks');
        const bad = new Rate('bad');
        export const options = { \(load), thresholds: { \(thresholds) } };
        export function setup() { http.post(`${__ENV.BASE_URL}/login`); return 1; }
        export default function () {
          http.get(`${__ENV.BASE_URL}/products`); \(iteration) sleep(0.1);
        }
        export function teardown() { http.post(`${__ENV.BASE_URL}/logout`); }
        """
      try text.write(to: file, atomically: true, encoding: .utf8)
      return try Program(
        "coordinator",
        [
          "run", "--local", "--shards", "3", "--script", file.path, "--store",
          "file://\(folder.path)", "--env", "BASE_URL=\(staging.address)", "--threshold",
          "http_req_failed=rate<0.5",
        ] + ignoringSaturation + more, environment: ["K6_BIN": k6.path, "TMPDIR": folder.path])
    }

    private var runFolder: URL? {
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
      return names?.first { $0.hasPrefix("20") }.map { folder.appending(path: $0) }
    }

    private func isThere(_ name: String) -> Bool {
      runFolder.map { FileManager.default.fileExists(atPath: $0.appending(path: name).path) } ?? false
    }

    private func waitForLoad() async throws {
      try await eventually("the load") { (0..<3).allSatisfy { isThere("shard-\($0)/progress.json") } }
    }

    private func expectNothingLeft() async throws {
      try await eventually("the end of every process", within: 10) { processes(with: folder.path).isEmpty }
    }

    private func expectTornDown(_ staging: StagingServer) async throws {
      let counts = try await staging.counts()
      #expect(counts["login"] == 1 && counts["logout"] == 1, "\(counts)")
    }

    @Test(arguments: K6.allCases) func `agents that lose their coordinator stop, and hand in`(k6: K6)
      async throws
    {
      let staging = try await StagingServer()
      let run = try start(k6, staging, ["--dead-man", "4s"])
      try await waitForLoad()
      run.signal(SIGKILL)
      let began = Date()
      try await eventually("three summaries", within: 12) {
        (0..<3).allSatisfy { isThere("shard-\($0)/summary.json") }
      }
      // 4 s of silence, at most 1 s until it is noticed, and what k6 and the hand-in take.
      #expect(Date().timeIntervalSince(began) < 8)
      try await expectNothingLeft()
      try await expectTornDown(staging)
      let judged = try await Program.run("coordinator", ["gate", try #require(runFolder).path])
      #expect(judged.code == 2, "\(judged.output)")
      #expect(
        judged.output.contains(
          "shard 0 is not whole: it was told to stop (there was no sign of the coordinator for 4 s"),
        "\(judged.output)")
    }

    @Test func `a run is stopped by command`() async throws {
      let staging = try await StagingServer()
      let run = try start(.newest, staging)
      try await waitForLoad()
      let stop = try await Program.run(
        "coordinator", ["stop", try #require(runFolder).path, "--reason", "release at noon"])
      #expect(
        stop.code == 0 && stop.output.contains("all its shards have handed in"),
        "\(stop.output)\(stop.errors)")
      let ending = await run.ending()
      #expect(ending.code == 2, "\(ending.output)")
      #expect(
        try StoredResult(in: folder).reasons.first == "the run was stopped by command (release at noon)")
      try await expectTornDown(staging)
      let again = try await Program.run("coordinator", ["stop", try #require(runFolder).path])
      #expect(again.code == 0 && again.output.contains("is over"), "\(again.output)")
      #expect(try await Program.run("coordinator", ["stop", "/nowhere/2026-11-23"]).code == 64)
    }

    @Test(arguments: K6.allCases)
    func `a limit that only all shards together cross stops them all, and fails`(
      k6: K6
    ) async throws {
      let staging = try await StagingServer()
      // 30 ticks a second: the hundred and fiftieth comes after 5 s. A shard alone would have it after 15.
      let run = try start(
        k6, staging, iteration: "ticks.add(1);",
        load:
          "scenarios: { s: { executor: 'constant-arrival-rate', rate: 30, duration: '40s', preAllocatedVUs: 30 } }",
        thresholds: "ticks: [{ threshold: 'count<150', abortOnFail: true }]")
      let ending = await run.ending()
      #expect(ending.code == 1, "\(ending.output)\(ending.errors)")
      let result = try StoredResult(in: folder)
      #expect(result.verdict == "fail")
      #expect(result.reasons.first?.hasPrefix("ticks count<150 was crossed") == true, "\(result.reasons)")
      #expect(result.shards.map(\.outcome) == ["stopped", "stopped", "stopped"])
      // Within 5 s of the crossing.
      #expect((5...10).contains(try #require(result.window.wallSeconds)), "\(result.window)")
      try await expectTornDown(staging)
      try await expectNothingLeft()
      let judged = try await Program.run("coordinator", ["gate", try #require(runFolder).path])
      #expect(judged.code == 1 && judged.output.contains("ticks count<150 was crossed"), "\(judged.output)")
    }

    @Test func `a limit that one shard crosses and all together do not stops nothing`() async throws {
      let staging = try await StagingServer()
      let run = try start(
        .newest, staging, iteration: "bad.add(__ENV.K6_SHARD_INDEX === '2');", load: "vus: 6, duration: '7s'",
        thresholds: "bad: [{ threshold: 'rate<0.5', abortOnFail: true }]")
      let ending = await run.ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      let bad = try #require(StoredResult(in: folder).thresholds.first { $0.selector == "bad" })
      #expect((0.3...0.37).contains(try #require(bad.actual)))
    }

    @Test func `a run that takes too long is stopped`() async throws {
      let staging = try await StagingServer()
      let ending = try await start(.newest, staging, ["--max-duration", "5s"]).ending()
      #expect(ending.code == 2, "\(ending.output)")
      #expect(
        try StoredResult(in: folder).reasons.first
          == "the run had taken 5 s (--max-duration), so it was stopped")
      try await expectTornDown(staging)
      try await expectNothingLeft()
    }

    @Test func `a cancelled run tears down what its setup made`() async throws {
      let staging = try await StagingServer()
      let run = try start(.newest, staging)
      try await waitForLoad()
      let began = Date()
      run.signal(SIGINT)
      let ending = await run.ending()
      #expect(ending.code == 130, "\(ending.output)")
      // What GitHub gives a cancelled job.
      #expect(Date().timeIntervalSince(began) < 7)
      try await expectTornDown(staging)
      try await expectNothingLeft()
    }

    @Test func `a script that aborts on one shard ends them all`() async throws {
      let staging = try await StagingServer()
      let run = try start(
        .newest, staging,
        iteration:
          "if (exec.vu.idInTest === 2 && exec.scenario.progress > 0.05) { exec.test.abort('enough'); }")
      let ending = await run.ending()
      #expect(ending.code == 2, "\(ending.output)")
      let result = try StoredResult(in: folder)
      #expect(
        result.reasons.first?.hasPrefix("the script called test.abort() on shard") == true,
        "\(result.reasons)")
      #expect(try #require(result.window.wallSeconds) < 12)
      try await expectTornDown(staging)
    }
  }
}
