import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Scripts that do what real ones do at 02:00, with real k6 over three shards: what one k6 would have said, or
  /// incomplete.
  @Suite(.serialized) struct ScriptTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    private func run(_ k6: K6, _ script: String, _ more: [String] = [], shards: Int = 3) async throws -> (
      ending: Program.Ending, result: StoredResult
    ) {
      let file = folder.appending(path: "script.js")
      try script.write(to: file, atomically: true, encoding: .utf8)
      let store = folder.appending(path: "out")
      let ending = try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", "\(shards)", "--script", file.path, "--store", "file://\(store.path)",
          "--threshold", "vus_max=value>0",
        ] + ignoringSaturation + more, environment: ["K6_BIN": k6.path])
      return (ending, try StoredResult(in: store))
    }

    @Test(arguments: K6.allCases) func `a setup that throws is never taken for a load`(k6: K6) async throws {
      let (ending, result) = try await run(
        k6,
        """
        import { sleep } from 'k6';
        export const options = { vus: 3, duration: '1s' };
        export function setup() { sleep(2); throw new Error('no token'); }
        export default function () { sleep(0.1); }
        """, ["--setup", "per-shard"])
      #expect(ending.code == 2, "\(ending.output)")
      #expect(result.shards.allSatisfy { $0.outcome == "partial" && $0.reason?.contains("setup()") == true })
    }

    @Test(arguments: K6.allCases) func `a teardown that throws leaves the load whole, and is told`(k6: K6)
      async throws
    {
      let (ending, result) = try await run(
        k6,
        """
        import { sleep } from 'k6';
        export const options = { vus: 3, duration: '1s' };
        export default function () { sleep(0.1); }
        export function teardown() { throw new Error('gone'); }
        """, ["--setup", "per-shard"])
      #expect(ending.code == 0, "\(ending.output)")
      #expect(result.shards.allSatisfy { $0.outcome == "complete" })
      #expect(
        ending.output.contains("shard 2: k6 ran to its end, but the script threw an exception in teardown()"))
    }

    @Test func `a script that says itself that it failed has failed`() async throws {
      let (ending, result) = try await run(
        .newest,
        """
        import exec from 'k6/execution';
        import { sleep } from 'k6';
        export const options = { vus: 3, duration: '1s' };
        export default function () {
          if (exec.scenario.iterationInTest === 4) exec.test.fail('wrong answer');
          sleep(0.1);
        }
        """)
      #expect(ending.code == 1, "\(ending.output)")
      #expect(result.reasons.contains { $0.hasPrefix("the script called test.fail() on shard") })
    }

    @Test func `VUs that a shard gets only later make it no empty one`() async throws {
      let (ending, result) = try await run(
        .newest,
        """
        import { sleep } from 'k6';
        import { Counter } from 'k6/metrics';
        const begun = new Counter('begun');
        export const options = { scenarios: { a: {
          executor: 'constant-arrival-rate', rate: 6, timeUnit: '1s', duration: '2s', preAllocatedVUs: 2, maxVUs: 30,
          gracefulStop: '1s',
        } } };
        export default function () { begun.add(1); sleep(60); }
        """)
      #expect(ending.code == 0, "\(ending.output)")
      #expect(!result.shards.contains { $0.outcome == "empty" })
      let own = try (0..<3).map { shard in
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        let file = try #require(files.first { $0.hasSuffix("shard-\(shard)/summary.json") })
        return try K6Export(folder.appending(path: file)).metrics["begun"]?.values["count"] ?? 0
      }
      #expect(own.allSatisfy { $0 > 0 }, "every shard was at work: \(own)")
      #expect(
        Double(result.metrics.filter { $0.metric == "begun" }.map(\.count).reduce(0, +)) == own.reduce(0, +))
    }

    /// k6 lets `max<100` be crossed by an infinite value. The stream's infinity is no number that shards can add up.
    @Test(arguments: K6.allCases) func `infinite values are never passed over`(k6: K6) async throws {
      let (ending, result) = try await run(
        k6,
        """
        import { Trend } from 'k6/metrics';
        const own = new Trend('own_trend');
        export const options = { vus: 3, iterations: 9, thresholds: { own_trend: ['max<100'] } };
        export default function () { own.add(__ITER === 0 ? Infinity : 1); }
        """)
      #expect(ending.code == 2, "\(ending.output)")
      #expect(result.reasons.contains { $0.contains("the script added infinite values to own_trend") })
    }

    /// Values near the ends of a double, and limits at them, cost nobody a summary.
    @Test func `the largest numbers and limits come to a verdict`() async throws {
      let (ending, result) = try await run(
        .newest,
        """
        import { sleep } from 'k6';
        import { Counter, Trend } from 'k6/metrics';
        const sum = new Counter('own_sum'), own = new Trend('own_trend');
        export const options = { vus: 3, iterations: 9, thresholds: {
          own_sum: ['count>1e308'], own_trend: ['p(95)<Inf', 'p(95)>-Inf', 'max<=1e308', 'p(50)!=nan', 'p>=0'],
        } };
        export default function () { sum.add(1e308); own.add(1e308); sleep(0.5); }
        """)
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      #expect(result.thresholds.count == 7)
    }

    @Test func `shards that ramp down to none are whole`() async throws {
      let (ending, result) = try await run(
        .newest,
        """
        import { sleep } from 'k6';
        export const options = { stages: [{ duration: '1s', target: 5 }, { duration: '3s', target: 0 }] };
        export default function () { sleep(0.1); }
        """, shards: 5)
      #expect(ending.code == 0, "\(ending.output)")
      #expect(result.shards.allSatisfy { $0.outcome == "complete" })
    }

    @Test func `the time of setup is no time of load`() async throws {
      let staging = try await StagingServer()
      let (ending, result) = try await run(
        .newest,
        """
        import http from 'k6/http';
        import { sleep } from 'k6';
        export const options = { scenarios: { a: {
          executor: 'constant-arrival-rate', rate: 60, timeUnit: '1s', duration: '3s', preAllocatedVUs: 9,
        } } };
        export function setup() { sleep(3); }
        export default function () { http.get(`${__ENV.BASE_URL}/products`); }
        """, ["--env", "BASE_URL=\(staging.address)", "--threshold", "http_reqs=rate>=50"])
      #expect(ending.code == 0, "\(ending.output)")
      #expect(result.window.seconds.map { (2.7...3.3).contains($0) } == true, "\(result.window)")
    }

    @Test func `a script with a duration and no VUs has one`() async throws {
      let (ending, result) = try await run(
        .newest,
        "import { sleep } from 'k6'; export const options = { duration: '1s' }; export default function () { sleep(0.1); }",
        shards: 1)
      #expect(ending.code == 0, "\(ending.output)")
      #expect(result.window.plannedSeconds == 1)
    }

    @Test func `Ctrl-C ends a script that never gets through its init code`() async throws {
      let file = folder.appending(path: "endless.js")
      // In a shard of a run alone: the coordinator's own look at the script, before the launch, comes to its end.
      try
        "if (__ENV.GRID_RUN) while (true) {}; export const options = { vus: 2, iterations: 2 }; export default () => {};"
        .write(to: file, atomically: true, encoding: .utf8)
      let run = try Program(
        "coordinator",
        ["run", "--local", "--shards", "2", "--script", file.path, "--store", "file://\(folder.path)/out"],
        environment: ["K6_BIN": K6.newest.path])
      try await eventually("both at their init code") {
        processes(with: "inspect --execution").filter(processes(with: file.path).contains).count == 2
      }
      let clock = ContinuousClock()
      let begin = clock.now
      run.signal(SIGINT)
      let ending = await run.ending()
      #expect(ending.code == 130)
      #expect(clock.now - begin < .seconds(20), "by itself, not at the coordinator's two minutes")
      try await eventually("the end of every process", within: 5) { processes(with: file.path).isEmpty }
      let result = try StoredResult(in: folder.appending(path: "out"))
      #expect(result.reasons.first == "the run was cancelled (SIGINT)")
      #expect(result.shards.allSatisfy { $0.outcome == "missing" })
    }

    @Test(arguments: [("iterations=count>1", "PASS", Int32(2)), ("iterations=count<1", "FAIL", 1)])
    func `a run without a line in the history is never green, and a fail stays one`(
      limit: String, word: String, code: Int32
    ) async throws {
      let out = folder.appending(path: "out")
      try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
      try "mine\n".write(to: out.appending(path: "history.csv"), atomically: true, encoding: .utf8)
      let (ending, _) = try await run(
        .newest,
        "import { sleep } from 'k6'; export const options = { iterations: 2, vus: 2 }; export default () => sleep(1.5);",
        ["--threshold", limit], shards: 2)
      #expect(ending.code == code && ending.output.contains(word), "\(ending.output)")
      #expect(ending.errors.contains("the run has no line in history.csv"), "\(ending.errors)")
      #expect(try String(contentsOf: out.appending(path: "history.csv"), encoding: .utf8) == "mine\n")
    }
  }
}
