import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Thresholds that stop a run, and how that is shown.
  @Suite(.serialized) struct AbortTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    /// Three VUs tick ten times a second each, so all together have 150 ticks after 5 s, and one has 150 after 15 s.
    /// A third of the ticks, all of them one shard's, are odd.
    private let script = """
      import { Counter, Rate } from 'k6/metrics';
      import { sleep } from 'k6';
      import exec from 'k6/execution';
      const ticks = new Counter('ticks');
      const odd = new Rate('odd');
      export const options = {
        vus: 3, duration: '14s',
        thresholds: {
          ticks: [{ threshold: 'count<150', abortOnFail: true }],
          odd: [{ threshold: 'rate<0.5', abortOnFail: true }],
        },
      };
      export default function () {
        ticks.add(1);
        odd.add(exec.vu.idInTest === 1);
        sleep(0.1);
      }
      """

    @Test
    func `what all shards cross together stops the run and what one crosses alone does not, in GitHub's log`()
      async throws
    {
      let path = folder.appending(path: "load.js")
      try script.write(to: path, atomically: true, encoding: .utf8)
      let ending = try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", "3", "--script", path.path, "--store", "file://\(folder.path)/out",
          "--threshold", "ticks=count>0",
        ] + ignoringSaturation,
        environment: ["K6_BIN": K6.newest.path, "TMPDIR": folder.path, "GITHUB_ACTIONS": "true"])
      let result = try StoredResult(in: folder.appending(path: "out"))
      let reason = try #require(
        result.reasons.first { $0.contains("ticks count<150 was crossed ") }, "\(result.reasons)")
      let moment = try #require(reason.firstMatch(of: #/crossed (\d+) s after the start/#)?.1)
      // Progress comes every 2 s and is looked at every second.
      #expect((5...9).contains(try #require(Int(moment))), "\(reason)")
      #expect(try #require(result.window.seconds) < 10)
      #expect(!result.reasons.contains { $0.contains("odd ") }, "\(result.reasons)")
      // What the log shows of it is in a group that is closed before the verdict.
      let lines = ending.output.split(separator: "\n").map(String.init)
      let commands = lines.filter { $0.hasPrefix("::") }
      #expect(commands.dropLast() == ["::group::The load, every 30 s", "::endgroup::"])
      #expect(
        commands.last?.hasPrefix("::error title=Load test failed::default: ticks count<150 was crossed")
          == true)
      let end = try #require(lines.firstIndex(of: "::endgroup::"))
      #expect(lines[end - 1].contains("ticks count<150: CROSSED, "), "\(lines)")
      #expect(
        lines[end...].contains { $0.contains("run \(Date().formatted(.iso8601.year().month().day()))") })
    }
  }
}
