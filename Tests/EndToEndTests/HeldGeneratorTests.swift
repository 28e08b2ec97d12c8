import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// A generator that is held back by other processes, with real k6.
  @Suite(.serialized) struct HeldGeneratorTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    /// Each of the two shards wants about a quarter of a CPU for its arrival rate; the target answers in 5 ms.
    private static let script = """
      import http from 'k6/http';
      export const options = { scenarios: { a: {
        executor: 'constant-arrival-rate', rate: 150, timeUnit: '1s', duration: '6s', preAllocatedVUs: 60,
        gracefulStop: '5s',
      } } };
      let sum = 0;
      export default function () {
        for (let i = 0; i < 20000; i++) sum = (sum * 31 + i) % 1000003;
        http.get(`${__ENV.BASE_URL}/products`);
      }
      """

    /// A k6 that is one CPU's for shard 1, beside as many processes that never rest: each gets the same share of it,
    /// k6 with nine a tenth. They are of its process group, which the agent ends with it, and of its session, so that
    /// a kernel that shares CPUs out by session makes no difference.
    private func k6(burners: Int) throws -> URL {
      let k6 = folder.appending(path: "k6-\(burners)")
      try """
      #!/bin/sh
      if [ "$1" = run ] && [ "$K6_SHARD_INDEX" = 1 ]; then
        for burner in $(seq \(burners)); do
          taskset -c 0 sh -c 'while :; do :; done' >/dev/null 2>&1 &
          echo $! >>\(folder.path)/burners
        done
        exec taskset -c 0 \(K6.newest.path) "$@"
      fi
      exec \(K6.newest.path) "$@"
      """.write(to: k6, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: k6.path)
      return k6
    }

    private var burners: [Int32] {
      let text = try? String(contentsOf: folder.appending(path: "burners"), encoding: .utf8)
      return text?.split(separator: "\n").compactMap { Int32($0) } ?? []
    }

    /// Where the agent has not ended them already.
    private func endBurners() {
      for burner in processes(with: "while :; do :; done") where burners.contains(burner) {
        kill(burner, SIGKILL)
      }
    }

    private func run(burners count: Int, store name: String) async throws -> (
      ending: Program.Ending, result: StoredResult
    ) {
      let staging = try await StagingServer()
      let script = folder.appending(path: "load.js")
      try Self.script.write(to: script, atomically: true, encoding: .utf8)
      let store = folder.appending(path: name)
      let k6 = try k6(burners: count)
      defer { endBurners() }
      let ending = try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", "2", "--script", script.path, "--store", "file://\(store.path)",
          "--env", "BASE_URL=\(staging.address)", "--threshold", "http_req_duration=p(95)<200",
        ], environment: ["K6_BIN": k6.path])
      return (ending, try StoredResult(in: store))
    }

    @Test
    func `a k6 held to a tenth of a CPU is named, and its latencies are no fail; without it all is well`()
      async throws
    {
      let (held, result) = try await run(burners: 9, store: "held")
      #expect(burners.count == 9)
      #expect(held.code == 2 && result.verdict == "incomplete", "\(held.output)\(held.errors)")
      // On a busy machine the other one may be named as well.
      #expect(
        result.reasons.contains {
          $0.hasPrefix("the generator of shard 1 was out of breath: k6 waited for a CPU")
        }, "\(result.reasons)")
      #expect(result.reasons.contains { $0.hasPrefix("http_req_duration p(95)<200 was crossed") })
      #expect(held.output.contains("give each more CPU"))
      let store = folder.appending(path: "held").path
      let day = try #require(
        try FileManager.default.contentsOfDirectory(atPath: store).first { $0.hasPrefix("20") })
      #expect(try await Program.run("coordinator", ["gate", "\(store)/\(day)"]).code == 2)
      // A busy machine may hold it all the same, for a while.
      var (free, whole) = try await run(burners: 0, store: "free")
      for number in 1...3 where free.code != 0 {
        (free, whole) = try await run(burners: 0, store: "free-\(number)")
      }
      #expect(free.code == 0 && whole.verdict == "pass", "\(free.output)\(free.errors)")
    }
  }
}
