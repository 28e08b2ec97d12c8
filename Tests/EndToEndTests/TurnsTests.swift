import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// One run of a suite at a time; shards that somebody else starts; runs that are left.
  @Suite(.serialized) struct TurnsTests {
    private let folder: URL
    private var store: URL { folder.appending(path: "store") }

    init() throws { folder = try temporaryFolder() }

    private func script(_ seconds: Int) throws -> String {
      let file = folder.appending(path: "load/checkout-\(seconds).js")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "load/lib"), withIntermediateDirectories: true)
      try """
      import http from 'k6/http';
      import { sleep } from 'k6';
      import { pause } from './lib/pause.js';
      const paths = JSON.parse(open('./paths.json'));
      export const options = { vus: 4, duration: '\(seconds)s' };
      export default function () { http.get(`${__ENV.BASE_URL}${paths[0]}`); sleep(pause); }
      """.write(to: file, atomically: true, encoding: .utf8)
      try "export const pause = 0.1;".write(
        to: folder.appending(path: "load/lib/pause.js"), atomically: true, encoding: .utf8)
      try "[\"/products\"]".write(
        to: folder.appending(path: "load/paths.json"), atomically: true, encoding: .utf8)
      return file.path
    }

    private func start(
      _ how: [String], _ staging: StagingServer, seconds: Int = 4, _ more: [String] = []
    ) throws -> Program {
      try Program(
        "coordinator",
        ["run"] + how + [
          "--shards", "2", "--script", try script(seconds), "--store", "file://\(store.path)", "--env",
          "BASE_URL=\(staging.address)", "--threshold", "http_req_failed=rate<0.5", "--dead-man", "4s",
        ] + ignoringSaturation + more, environment: ["K6_BIN": K6.newest.path, "TMPDIR": folder.path])
    }

    /// An agent as somebody else starts it: it knows the run and the store, and nothing else.
    private func agent(_ run: String, _ staging: StagingServer) throws -> Program {
      try Program(
        "shard-agent", ["run"],
        environment: [
          "GRID_RUN": run, "GRID_STORE": "file://\(store.path)", "BASE_URL": staging.address,
          "K6_BIN": K6.newest.path, "TMPDIR": folder.path,
        ])
    }

    private func isThere(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: store.appending(path: name).path)
    }

    private func verdict(_ run: String) throws -> String? {
      struct Stored: Decodable { let verdict: String }
      let data = try Data(contentsOf: store.appending(path: "\(run)/result.json"))
      return try JSONDecoder().decode(Stored.self, from: data).verdict
    }

    @Test func `shards that somebody else starts get their script with the run, and an index each`()
      async throws
    {
      let staging = try await StagingServer()
      let run = try start(["--attach", "--run", "tonight"], staging)
      let agents = try (0..<2).map { _ in try agent("tonight", staging) }
      let ending = await run.ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(try verdict("tonight") == "pass")
      for agent in agents {
        let own = await agent.ending()
        #expect(own.code == 0, "\(own.errors)")
      }
      #expect(isThere("tonight/script/lib/pause.js") && isThere("tonight/shard-1/claim.json"))
      #expect(!isThere("active.json"))
      let taken = try await start(["--attach", "--run", "tonight"], staging).ending()
      #expect(
        taken.code == 64 && taken.errors.contains("the run tonight (--run) is taken"), "\(taken.errors)")
      #expect(!isThere("active.json"))
    }

    @Test
    func `a cancelled run whose shards are not its own is left in time, and coordinator stop records it`()
      async throws
    {
      let staging = try await StagingServer()
      let run = try start(["--attach", "--run", "tonight"], staging, seconds: 60)
      // One of them hangs, so that nobody can wait for it.
      let agents = try (0..<2).map { _ in try agent("tonight", staging) }
      try await eventually("the load") {
        isThere("tonight/shard-0/progress.json") && isThere("tonight/shard-1/progress.json")
      }
      agents[1].signal(SIGSTOP)
      let began = Date()
      run.signal(SIGINT)
      let ending = await run.ending()
      #expect(ending.code == 130, "\(ending.output)")
      #expect(Date().timeIntervalSince(began) < 7)
      #expect(ending.errors.contains("coordinator stop \(store.path)/tonight"), "\(ending.errors)")
      #expect(isThere("active.json") && !isThere("tonight/result.json"))
      agents[1].signal(SIGCONT)
      let stop = try await Program.run("coordinator", ["stop", "--store", "file://\(store.path)"])
      #expect(stop.code == 0, "\(stop.output)\(stop.errors)")
      #expect(stop.output.contains("it is recorded as incomplete: the run was cancelled"), "\(stop.output)")
      #expect(try verdict("tonight") == "incomplete")
      #expect(!isThere("active.json"))
      let again = try await Program.run("coordinator", ["stop", "--store", "file://\(store.path)"])
      #expect(again.code == 0 && again.output.contains("no run is under way"), "\(again.output)")
    }

    @Test func `a second run of the suite is refused while one is under way, and may wait for its turn`()
      async throws
    {
      let staging = try await StagingServer()
      let first = try start(["--local"], staging, seconds: 12)
      try await eventually("the first run") { isThere("active.json") }
      let waiting = try start(["--local"], staging, ["--wait"])
      let second = try await start(["--local"], staging).ending()
      #expect(second.code == 2, "\(second.output)\(second.errors)")
      #expect(
        second.errors.contains("is under way, and two at once would double the load"), "\(second.errors)")
      #expect(await first.ending().code == 0)
      let ending = await waiting.ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(ending.output.contains("waiting for its end, up to 21600 s"), "\(ending.output)")
      #expect(!isThere("active.json"))
    }

    @Test func `a coordinator that was killed does not keep the next run waiting for long`() async throws {
      let staging = try await StagingServer()
      let killed = try start(["--local"], staging, seconds: 60)
      try await eventually("the load") {
        let runs = (try? FileManager.default.contentsOfDirectory(atPath: store.path)) ?? []
        return runs.contains { isThere("\($0)/shard-0/progress.json") }
      }
      killed.signal(SIGKILL)
      let began = Date()
      let next = try start(["--local"], staging)
      let ending = await next.ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(ending.output.contains("is taken over"), "\(ending.output)")
      // The dead-man time of 4 s, a run of 4 s, and what all of it takes.
      #expect(Date().timeIntervalSince(began) < 30)
    }
  }
}
