import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// setup() and teardown() over real shards of real k6.
  @Suite(.serialized) struct SetupOnceTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    /// - Parameter setup: the body of setup(), which makes one request before it.
    private func script(setup: String, iteration: String, teardown: String = "", seconds: Int = 1) throws
      -> URL
    {
      let file = folder.appending(path: "script.js")
      let text = """
        import http from 'k6/http';
        import { check, group, sleep } from 'k6';
        export const options = { vus: 10, duration: '\(seconds)s', setupTimeout: '2s', teardownTimeout: '2s' };
        export function setup() { http.post(`${__ENV.BASE_URL}/login`); \(setup) }
        export default function (data) { check(data, { 'data': (d) => \(iteration) }); sleep(0.2); }
        export function teardown(data) { http.post(`${__ENV.BASE_URL}/logout`); \(teardown) }
        """
      try text.write(to: file, atomically: true, encoding: .utf8)
      return file
    }

    private func run(
      _ k6: K6, _ script: URL, _ staging: StagingServer, shards: Int, _ more: [String] = []
    ) async throws -> Program.Ending {
      try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", "\(shards)", "--script", script.path, "--store",
          "file://\(folder.path)", "--env", "BASE_URL=\(staging.address)", "--threshold", "checks=rate==1",
        ] + ignoringSaturation + more, environment: ["K6_BIN": k6.path, "TMPDIR": folder.path])
    }

    @Test(
      arguments: [(K6.oldest, 3), (.newest, 1), (.newest, 3), (.newest, 10)]
    ) func `setup and teardown are run once, and every VU has the same data`(k6: K6, shards: Int) async throws
    {
      let staging = try await StagingServer()
      // 1 MiB of it, with what JSON and numbers can be odd in.
      let script = try script(
        setup:
          "group('log in', () => check(1, { 'in': (one) => one === 1 })); "
          + #"return { token: 'canary-' + Math.random(), list: [1.5, 1e21, null, 'é<&>'], big: 'a'.repeat(1 << 20) };"#,
        iteration: #"d.list[0] === 1.5 && d.list[1] === 1e21 && d.list[2] === null && d.list[3] === 'é<&>'"#
          + " && d.big.length === 1 << 20 && d.token.startsWith('canary-')"
          + " && http.get(`${__ENV.BASE_URL}/products`, { headers: { Authorization: d.token } }).status === 200",
        teardown: "if (!data.token.startsWith('canary-')) { throw new Error('no data'); }",
        // Ten shards on a busy machine start, and end, a tenth of a second apart.
        seconds: shards > 3 ? 4 : 1)
      let ending = try await run(
        k6, script, staging, shards: shards,
        [
          "--threshold", "http_reqs{group:::setup}=count==1", "--threshold",
          "http_reqs{group:::teardown}=count==1",
        ])
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      let counts = try await staging.counts()
      #expect(counts["login"] == 1 && counts["logout"] == 1, "\(counts)")
      let result = try StoredResult(in: folder)
      #expect(try await staging.total() == result.shards.map(\.requests).reduce(0, +))
      #expect(!FileManager.default.fileExists(atPath: try runFolder().appending(path: "setup.json").path))
      try expectNowhere("canary-")
    }

    private func runFolder() throws -> URL {
      let run = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasPrefix("20") })
      return folder.appending(path: run)
    }

    /// Not in any file of the store, the log of k6 unpacked.
    private func expectNowhere(_ secret: String) throws {
      let run = try runFolder()
      for name in try FileManager.default.subpathsOfDirectory(atPath: run.path) {
        let path = run.appending(path: name)
        guard var bytes = try? Data(contentsOf: path) else { continue }
        if name.hasSuffix(".gz") { bytes = try unzipped(path) }
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
      }
    }

    private func unzipped(_ file: URL) throws -> Data {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/gzip")
      process.arguments = ["-dc", file.path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      return try pipe.fileHandleForReading.readToEnd() ?? Data()
    }

    @Test(
      arguments: [
        ("", "d === undefined"), ("return null;", "d === null"), ("return 0;", "d === 0"),
        ("return {};", "Object.keys(d).length === 0"),
      ]) func `what setup returns is what a VU gets`(setup: String, iteration: String) async throws
    {
      let staging = try await StagingServer()
      let ending = try await run(
        .newest, try script(setup: setup, iteration: iteration), staging, shards: 2)
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    }

    @Test(
      arguments: [
        (K6.oldest, "throw new Error('no user');", "setup() failed: Error: no user at setup"),
        (.newest, "throw new Error('no user');", "setup() failed: Error: no user at setup"),
        (.newest, "sleep(30);", "setup() failed: setup() execution timed out after 2 seconds"),
      ]) func `a setup that fails keeps the load from starting`(k6: K6, setup: String, words: String)
      async throws
    {
      let staging = try await StagingServer()
      let ending = try await run(k6, try script(setup: setup, iteration: "true"), staging, shards: 3)
      #expect(ending.code == 2, "\(ending.output)\(ending.errors)")
      let reason = try #require(try StoredResult(in: folder).reasons.first)
      #expect(
        reason.hasPrefix("shard 0 ended before the start, so the run was not started")
          && reason.contains(words),
        "\(reason)")
      let counts = try await staging.counts()
      #expect(counts["login"] == 1 && counts["logout"] == nil, "\(counts)")
    }

    @Test(
      arguments: [
        ("throw new Error('left over');", "but teardown() failed: Error: left over"),
        ("sleep(30);", "but teardown() failed: teardown() execution timed out after 2 seconds"),
      ]) func `a teardown that fails is said, and the load counts`(teardown: String, words: String)
      async throws
    {
      let staging = try await StagingServer()
      let ending = try await run(
        .newest, try script(setup: "", iteration: "true", teardown: teardown), staging, shards: 2)
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(ending.output.contains(words), "\(ending.output)")
    }

    @Test func `every shard runs its own where that was chosen`() async throws {
      let staging = try await StagingServer()
      let ending = try await run(
        .newest, try script(setup: "return 1;", iteration: "d === 1"), staging, shards: 3,
        ["--setup", "per-shard"])
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      let counts = try await staging.counts()
      #expect(counts["login"] == 3 && counts["logout"] == 3, "\(counts)")
    }

    @Test func `k6's own switches are respected`() async throws {
      let staging = try await StagingServer()
      let ending = try await run(
        .newest, try script(setup: "return 1;", iteration: "d === undefined"), staging, shards: 2,
        ["--", "--no-setup", "--no-teardown"])
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      let counts = try await staging.counts()
      #expect(counts["login"] == nil && counts["logout"] == nil, "\(counts)")
    }
  }
}
