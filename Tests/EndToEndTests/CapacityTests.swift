import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// How many shards a script has VUs for, with real k6.
  @Suite(.serialized) struct CapacityTests {
    private let folder: URL
    private let script: URL

    init() throws {
      folder = try temporaryFolder()
      script = folder.appending(path: "checkout.js")
      try """
      import { sleep } from 'k6';
      export const options = { scenarios: {
        browse: { executor: 'constant-vus', vus: 20, duration: '1s' },
        checkout: { executor: 'constant-vus', vus: Number(__ENV.CHECKOUTS), duration: '1s' },
      } };
      export default function () { sleep(0.1); }
      """.write(to: script, atomically: true, encoding: .utf8)
    }

    private var store: URL { folder.appending(path: "out") }

    private func run(_ shards: String, k6: String, _ more: [String] = []) async throws -> Program.Ending {
      try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", shards, "--script", script.path, "--store", "file://\(store.path)",
          "--env", "CHECKOUTS=6", "--threshold", "iterations=count>100",
        ] + ignoringSaturation + more, environment: ["K6_BIN": k6, "TMPDIR": folder.path])
    }

    @Test(arguments: K6.allCases)
    func `ten shards for six VUs are refused with the number, and nothing is begun`(
      k6: K6
    ) async throws {
      let ending = try await run("10", k6: k6.path)
      #expect(ending.code == 64, "\(ending.output)")
      #expect(
        ending.errors
          == "coordinator: 10 shards are too many for scenario 'checkout' of checkout.js, which has 6 VUs: use --shards 6 (or --shards auto)\n"
      )
      #expect(!FileManager.default.fileExists(atPath: store.path), "nothing is claimed")
    }

    @Test(arguments: K6.allCases) func `auto runs as many as fit, and each has its VU`(k6: K6) async throws {
      let ending = try await run("auto", k6: k6.path)
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(try StoredResult(in: store).shards.map(\.outcome) == Array(repeating: "complete", count: 6))
    }

    @Test func `without a k6 a given number is the shards' to refuse, and auto has none`() async throws {
      let auto = try await run("auto", k6: "/nowhere/k6")
      #expect(
        auto.code == 64 && auto.errors.contains("k6 (/nowhere/k6) could not be started"), "\(auto.errors)")
      #expect(!FileManager.default.fileExists(atPath: store.path))
      let two = try await run("2", k6: "/nowhere/k6")
      #expect(two.code == 2 && two.output.contains("k6 (/nowhere/k6) could not be started"), "\(two.output)")
    }

    @Test func `Ctrl-C while k6 reads the script leaves nothing behind`() async throws {
      try "while (true) {}".write(to: script, atomically: true, encoding: .utf8)
      let run = try Program(
        "coordinator",
        ["run", "--local", "--shards", "2", "--script", script.path, "--store", "file://\(store.path)"],
        environment: ["K6_BIN": K6.newest.path])
      try await eventually("k6 reads it") { !k6s().isEmpty }
      run.signal(SIGINT)
      #expect(await run.ending().code == 130)
      try await eventually("the end of every process", within: 5) { processes(with: script.path).isEmpty }
      #expect(!FileManager.default.fileExists(atPath: store.path))
    }

    private func k6s() -> [Int32] {
      processes(with: "inspect --execution-requirements").filter(processes(with: script.path).contains)
    }

    @Test(arguments: K6.allCases) func `inspect says what run would plan`(k6: K6) async throws {
      let ending = try await Program.run(
        "shard-agent", ["inspect", script.path, "--", "-e", "CHECKOUTS=4"], environment: ["K6_BIN": k6.path])
      #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending.errors)")
      struct Plan: Decodable {
        struct Scenario: Decodable {
          let name: String
          let vus: Int
        }
        let scenarios: [Scenario]
      }
      let plan = try JSONDecoder().decode(Plan.self, from: Data(ending.output.utf8))
      #expect(plan.scenarios.map(\.name) == ["browse", "checkout"] && plan.scenarios.map(\.vus) == [20, 4])
    }

    @Test func `what cannot be inspected is one line of the log, with run's codes`() async throws {
      try "nonsense(".write(to: script, atomically: true, encoding: .utf8)
      for (k6, code, words) in [
        (K6.newest.path, Int32(64), "k6 cannot read the script"), ("/nowhere/k6", 69, "could not be started"),
      ] {
        let ending = try await Program.run(
          "shard-agent", ["inspect", script.path], environment: ["K6_BIN": k6])
        #expect(ending.code == code && ending.output.isEmpty)
        #expect(
          ending.errors.split(separator: "\n").count == 1 && ending.errors.contains(words), "\(ending.errors)"
        )
      }
    }

    /// By hand nobody refuses it: the seventh of seven shards has nothing to do in a scenario of six VUs alone.
    @Test(arguments: K6.allCases) func `an empty shard by hand is no error`(k6: K6) async throws {
      try "export const options = { vus: 6, duration: '1s' };\nexport default function () {}".write(
        to: script, atomically: true, encoding: .utf8)
      let ending = try await Program.run(
        "shard-agent", ["run", script.path, "--store", "file://\(store.path)"],
        environment: ["K6_BIN": k6.path, "K6_SHARD_INDEX": "6", "K6_SHARD_COUNT": "7"])
      #expect(ending.code == 0, "\(ending.errors)")
      let files = try FileManager.default.subpathsOfDirectory(atPath: store.path)
      let summary = try #require(files.first { $0.hasSuffix("shard-6/summary.json") })
      #expect(
        try String(contentsOf: store.appending(path: summary), encoding: .utf8).contains(
          "\"is_empty_shard\" : true"))
    }
  }
}
