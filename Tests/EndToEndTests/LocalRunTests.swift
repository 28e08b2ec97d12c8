import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Whole runs with real k6, as a user starts them.
  @Suite(.serialized) struct LocalRunTests {
    private let folder: URL
    private let script = repositoryRoot().appending(path: "docker/rehearsal/load.js").path

    init() throws { folder = try temporaryFolder() }

    private func start(_ k6: K6, _ staging: StagingServer?, duration: String, _ more: [String] = []) throws
      -> Program
    {
      try Program(
        "coordinator",
        [
          "run", "--local", "--shards", "3", "--script", script, "--store", "file://\(folder.path)", "--env",
          "BASE_URL=\(staging?.address ?? "http://127.0.0.1:9")", "--env", "REHEARSAL_DURATION=\(duration)",
          "--threshold", "http_req_duration=p(95)<800", "--threshold", "http_req_failed=rate<0.05",
          "--threshold",
          "http_reqs=rate>=90",
        ] + more, environment: ["K6_BIN": k6.path, "TMPDIR": folder.path])
    }

    /// Until the run has started and loads.
    private func waitForLoad() async throws {
      struct Progress: Decodable { let requests: Int }
      try await eventually("load of all shards") {
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
          $0.hasSuffix("/progress.json")
        }
        let loads = files.compactMap {
          try? JSONDecoder().decode(Progress.self, from: Data(contentsOf: folder.appending(path: $0)))
        }
        return loads.count == 3 && loads.allSatisfy { $0.requests > 10 }
      }
    }

    private func expectNothingLeft() async throws {
      try await eventually("the end of every process", within: 5) {
        processes(with: folder.path).isEmpty && k6s().isEmpty
      }
    }

    /// The k6 processes of this run, by the folder of their samples.
    private func k6s() -> [Int32] { processes(with: "json=\(folder.path)") }

    @Test(arguments: K6.allCases) func `a run passes, and counts every request to the one`(k6: K6)
      async throws
    {
      let staging = try await StagingServer()
      let run = try start(k6, staging, duration: "4s")
      let ending = await run.ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      let result = try StoredResult(in: folder)
      #expect(result.verdict == "pass")
      #expect(result.shards.map(\.outcome) == ["complete", "complete", "complete"])
      #expect(try await staging.total() == result.shards.map(\.requests).reduce(0, +))
      #expect(try #require(result.window.startSkewSeconds) < 0.5)
      let history = try String(contentsOf: folder.appending(path: "history.csv"), encoding: .utf8)
      #expect(history.components(separatedBy: "\r\n").count == 3)
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      for index in 0..<3 {
        for name in ["summary.json", "k6.log.gz", "ready.json", "progress.json", "ended.json"] {
          #expect(files.contains { $0.hasSuffix("shard-\(index)/\(name)") }, "shard-\(index)/\(name)")
        }
        let metrics = try emfDocuments(try bytes("shard-\(index)/emf.ndjson", files))
        #expect(metrics.reduce(0) { $0 + $1.sum("http_reqs") } == Double(result.shards[index].requests))
        for line in lines(try bytes("shard-\(index)/agent.log", files)) {
          #expect(try JSON(line)["message"] != nil, "the log has log lines alone")
        }
      }
      try await expectNothingLeft()
      try await expectLateAgentChangesNothing(k6)
      try await judgeAgain()
    }

    private func bytes(_ name: String, _ files: [String]) throws -> [UInt8] {
      let path = try #require(files.first { $0.hasSuffix(name) }, "\(name)")
      return [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// One more agent for a shard of a run that is over.
    private func expectLateAgentChangesNothing(_ k6: K6) async throws {
      let run = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasPrefix("20") })
      let summary = folder.appending(path: "\(run)/shard-0/summary.json")
      let before = try Data(contentsOf: summary)
      let late = try await Program.run(
        "shard-agent",
        [
          "run", script, "--run", run, "--store", "file://\(folder.path)", "--shard-index", "0",
          "--shard-count", "3",
        ], environment: ["K6_BIN": k6.path, "BASE_URL": "http://127.0.0.1:9"])
      #expect(late.code == 75, "\(late.errors)")
      #expect(try Data(contentsOf: summary) == before)
    }

    /// The stored run, judged offline: the same verdict, and another one for another limit.
    private func judgeAgain() async throws {
      let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        $0.hasPrefix("20")
      }
      let run = folder.appending(path: try #require(runs.first)).path
      let again = try await Program.run("coordinator", ["gate", run])
      #expect(again.code == 0 && again.output.contains("PASS"), "\(again.output)\(again.errors)")
      let stricter = try await Program.run(
        "coordinator", ["gate", run, "--threshold", "http_req_duration=p(95)<1"])
      #expect(stricter.code == 1 && stricter.output.contains("http_req_duration p(95)<1 was crossed"))
      #expect(try await Program.run("coordinator", ["gate", "/nowhere/2026-11-23"]).code == 64)
    }

    @Test func `a crossed limit fails, and says which and by how much`() async throws {
      let staging = try await StagingServer()
      let run = try start(
        .newest, staging, duration: "3s", ["--threshold", "http_req_duration{name:cart}=p(95)<1"])
      let ending = await run.ending()
      #expect(ending.code == 1)
      #expect(ending.output.contains("FAIL"))
      #expect(ending.output.contains("http_req_duration{name:cart} p(95)<1 was crossed"))
      #expect(ending.output.contains("above the limit"))
    }

    @Test func `a killed k6 makes the run incomplete, and the shard is named`() async throws {
      let staging = try await StagingServer()
      let run = try start(.newest, staging, duration: "6s")
      try await waitForLoad()
      let victim = try #require(processes(with: "--execution-segment 1/3:2/3").first)
      kill(victim, SIGKILL)
      let ending = await run.ending()
      #expect(ending.code == 2, "\(ending.output)")
      let result = try StoredResult(in: folder)
      #expect(result.verdict == "incomplete")
      #expect(
        result.reasons.first?.hasPrefix("shard 1 is not whole: k6 was killed") == true, "\(result.reasons)")
      #expect(result.shards[1].requests > 0, "what it had measured until then is there")
      #expect(try #require(result.secondsToVerdict) < 5)
      try await expectNothingLeft()
    }

    @Test func `a killed agent makes the run incomplete, and its orphaned k6 is ended`() async throws {
      let staging = try await StagingServer()
      let run = try start(.newest, staging, duration: "6s")
      try await waitForLoad()
      let agents = processes(with: "shard-agent run")
      let victim = try #require(agents.first { environment(of: $0).contains("K6_SHARD_INDEX=2") })
      kill(victim, SIGKILL)
      try await eventually("the end of the orphaned k6", within: 5) {
        processes(with: "--execution-segment 2/3:1").isEmpty
      }
      let ending = await run.ending()
      #expect(ending.code == 2, "\(ending.output)")
      let result = try StoredResult(in: folder)
      #expect(result.reasons.first == "shard 2 is missing: its agent was killed by signal 9")
      #expect(try #require(result.secondsToVerdict) < 5)
      try await expectNothingLeft()
    }

    private func environment(of processID: Int32) -> [String] {
      let data = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(processID)/environ"))) ?? Data()
      return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: K6.allCases) func `Ctrl-C stops every shard once, and all hand in what they have`(k6: K6)
      async throws
    {
      let staging = try await StagingServer()
      let run = try start(k6, staging, duration: "60s")
      try await waitForLoad()
      run.signal(SIGINT)
      let ending = await run.ending()
      #expect(ending.code == 130)
      let result = try StoredResult(in: folder)
      #expect(result.verdict == "incomplete")
      #expect(result.reasons.first == "the run was cancelled (SIGINT)")
      for shard in result.shards { #expect(shard.reason?.contains("it was told to stop") == true) }
      for (index, shard) in result.shards.enumerated() {
        #expect(try k6sOwnCount(index) == shard.requests, "one SIGTERM: nothing of what k6 counted is lost")
      }
      try await expectNothingLeft()
    }

    private func k6sOwnCount(_ shard: Int) throws -> Int {
      struct Summary: Decodable {
        struct Metric: Decodable { let count: Int? }
        let metrics: [String: Metric]
      }
      let path = try FileManager.default.subpathsOfDirectory(atPath: folder.path).first {
        $0.hasSuffix("shard-\(shard)/summary.json")
      }
      let data = try Data(contentsOf: folder.appending(path: try #require(path)))
      return try #require(try JSONDecoder().decode(Summary.self, from: data).metrics["http_reqs"]?.count)
    }

    @Test func `a script that k6 cannot read starts nothing and says why`() async throws {
      let bad = folder.appending(path: "bad.js")
      try "export default function () { nonsense".write(to: bad, atomically: true, encoding: .utf8)
      let store = folder.appending(path: "out")
      let ending = try await Program.run(
        "coordinator",
        ["run", "--local", "--shards", "2", "--script", bad.path, "--store", "file://\(store.path)"],
        environment: ["K6_BIN": K6.newest.path])
      #expect(ending.code == 2)
      #expect(ending.output.contains("ended before the start, so the run was not started"))
      #expect(ending.output.contains("k6 cannot read the script"), "\(ending.output)")
      try await expectNothingLeft()
    }

    @Test func `a shard that never gets ready is named, and the run is not started`() async throws {
      let k6 = folder.appending(path: "k6")
      let never = "[ \"$1\" = run ] && [ \"$K6_SHARD_INDEX\" = 1 ] && exec sleep 97"
      try "#!/bin/sh\n\(never)\nexec \(K6.newest.path) \"$@\"\n".write(
        to: k6, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: k6.path)
      let store = folder.appending(path: "out")
      let ending = try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", "2", "--script", script, "--store", "file://\(store.path)",
          "--ready-timeout", "3",
        ], environment: ["K6_BIN": k6.path, "TMPDIR": folder.path])
      #expect(ending.code == 2)
      let reason = try StoredResult(in: store).reasons.first
      #expect(reason == "shard 1 was not ready after 3 s, so the run was not started")
      try await eventually("the end of every process", within: 5) {
        processes(with: "sleep 97").isEmpty && k6s().isEmpty
      }
    }

    /// `k6 inspect` says three VUs, and `k6 run` has two: it is k6's run that counts.
    @Test(arguments: K6.allCases) func `a shard without VUs is empty, not an error`(version: K6) async throws
    {
      let script = folder.appending(path: "two.js")
      let k6 = folder.appending(path: "k6")
      try "#!/bin/sh\n[ \"$1\" = inspect ] && export MORE=1\nexec \(version.path) \"$@\"\n".write(
        to: k6, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: k6.path)
      try
        "export const options = { vus: __ENV.MORE ? 3 : 2, duration: '2s' };\nimport { sleep } from 'k6';\nexport default function () { sleep(0.1) }"
        .write(to: script, atomically: true, encoding: .utf8)
      let store = folder.appending(path: "out")
      let ending = try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", "3", "--script", script.path, "--store", "file://\(store.path)",
          "--threshold", "iterations=count>10",
        ] + ignoringSaturation,
        environment: ["K6_BIN": k6.path])
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(
        try StoredResult(in: store).shards.map(\.outcome).sorted() == ["complete", "complete", "empty"])
    }

    @Test func `the shards start together`() async throws {
      var skews: [Double] = []
      for number in 0..<5 {
        let store = folder.appending(path: "skew-\(number)")
        let script = folder.appending(path: "short.js")
        try
          "export const options = { vus: 3, duration: '1s' };\nimport { sleep } from 'k6';\nexport default function () { sleep(0.1) }"
          .write(to: script, atomically: true, encoding: .utf8)
        let ending = try await Program.run(
          "coordinator",
          [
            "run", "--local", "--shards", "3", "--script", script.path, "--store", "file://\(store.path)",
            "--threshold", "iterations=count>1",
          ] + ignoringSaturation,
          environment: ["K6_BIN": K6.newest.path])
        #expect(ending.code == 0, "\(ending.output)")
        skews.append(try #require(try StoredResult(in: store).window.startSkewSeconds))
      }
      print("un-pause skew over 3 shards, median of 5 runs: \(skews.sorted()[2] * 1000) ms")
      #expect(skews.sorted()[2] < 0.5)
    }
  }
}
