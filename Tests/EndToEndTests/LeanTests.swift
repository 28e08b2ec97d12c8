import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Lean runs with real k6: the summary that the agent writes is k6's own, and what is not whole is told all the same.
  @Suite(.serialized) struct LeanTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    /// The same in every run but for the times. One VU: its samples come in one order.
    private static let script = """
      import http from 'k6/http';
      import { check, group, sleep } from 'k6';
      import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
      const counter = new Counter('own_counter'), gauge = new Gauge('own_gauge'), rate = new Rate('own_rate');
      const trend = new Trend('own_trend'), time = new Trend('own_time', true), below = new Gauge('own_below');
      const unused = new Counter('own_unused');
      export const options = {
        scenarios: { all: { executor: 'shared-iterations', vus: 1, iterations: 8 } },
        summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99.9)', 'count'],
        thresholds: {
          'own_counter{kind: a}': ['count>0'], 'own_gauge{kind:a}': ['value>=0'], 'own_rate{kind:b}': ['rate>=0'],
          'own_trend{kind:a}': ['p(95)<1e9'], 'own_trend{kind:never}': ['p(95)<1e9'], 'checks{check:odd}': ['rate>0'],
          'http_req_duration{name:products}': ['p(95)<1e9'], own_unused: ['count>=0'],
        },
      };
      export function setup() {
        check(1, { 'in setup': () => true });
        group('prepared', () => check(1, { 'in its group': () => false }));
        counter.add(100);
        return { token: 'sesame' };
      }
      export default function () {
        const kind = { kind: __ITER % 2 ? 'a' : 'b' };
        counter.add(1.25 + __ITER, kind); gauge.add(__ITER * 3 % 5, kind); rate.add(__ITER % 3, kind); below.add(-2 - __ITER);
        for (let i = 0; i < 200; i++) trend.add((i * 7919 % 400) / 4 - 20 + __ITER, kind);
        time.add(__ITER < 6 ? 1 : 1000);
        http.get(`${__ENV.BASE_URL}/products`, { tags: { name: 'products' } });
        check(1, { even: () => __ITER % 2 === 0, odd: () => __ITER % 2 === 1 });
        group('outer', () => {
          check(1, { odd: () => true });
          group('inner "é" <&> \\\\ ☃', () => check(1, { ' spaces and\\nlines ': () => true, '': () => __ITER > 2 }));
          group('without checks', () => {});
        });
        group('alone', () => {});
        check(1, { tagged: () => true }, { group: '::by::tag', own: 'x' });
        sleep(0.3);
      }
      export function teardown() { check(1, { 'in teardown': () => true }); }
      export function handleSummary() { console.log('handleSummary was called'); return {}; }
      """

    private func run(_ k6: K6, _ script: String, _ more: [String], environment: [String: String] = [:])
      async throws -> (ending: Program.Ending, store: URL)
    {
      let file = folder.appending(path: "script.js")
      try script.write(to: file, atomically: true, encoding: .utf8)
      let store = folder.appending(path: "out-\(UUID().uuidString)")
      let ending = try await Program.run(
        "coordinator",
        [
          "run", "--local", "--script", file.path, "--store", "file://\(store.path)", "--threshold",
          "iterations=count>0",
        ] + ignoringSaturation + more, environment: environment.merging(["K6_BIN": k6.path]) { $1 })
      return (ending, store)
    }

    private func text(_ name: String, in store: URL) throws -> Data {
      let files = try FileManager.default.subpathsOfDirectory(atPath: store.path)
      return try Data(contentsOf: store.appending(path: try #require(files.first { $0.hasSuffix(name) })))
    }

    /// The report tags and the cap of series are no matter: the lean run has almost none of them.
    @Test(arguments: K6.allCases) func `the agent's summary is k6's own, field by field`(k6: K6) async throws
    {
      let staging = try await StagingServer()
      let base = ["--env", "BASE_URL=\(staging.address)"]
      let full = try await run(k6, Self.script, base)
      let lean = try await run(
        k6, Self.script, base + ["--lean"],
        environment: ["GRID_REPORT_TAGS": "method", "GRID_SERIES_CAP": "4"])
      for (run, isLean) in [(full, false), (lean, true)] {
        #expect(run.ending.code == 2, "two thresholds have no samples: \(run.ending.output)")
        #expect(try StoredResult(in: run.store).shards.map(\.outcome) == ["complete"])
        #expect(run.ending.output.contains("the run was lean") == isLean, "\(run.ending.output)")
      }
      let (own, mine) = (
        try JSON(text("shard-0/summary.json", in: full.store)),
        try JSON(text("shard-0/summary.json", in: lean.store))
      )
      var comparison = SummaryComparison(seconds: 0.5)
      comparison.isTimed = { name in
        ["http_req_", "iteration_duration", "group_duration"].contains { name.hasPrefix($0) }
          && !name.hasPrefix("http_req_failed")
      }
      #expect(comparison.differences(mine, own) == [])
      #expect(own["metrics"]?.object.map { $0.count > 25 } == true)
      #expect(own["metrics"]?["http_req_duration{expected_response:true}"] != nil)
      #expect(mine.object?.keys.sorted() == ["grid", "metrics", "root_group"], "never what setup() returned")
      #expect((own["grid"]?["lean"], mine["grid"]?["lean"]) == (nil, .bool(true)))
      #expect(mine["grid"]?["stream"]?["overflowed"]?.number.map { $0 > 0 } == true)
      let log = String(decoding: try text("shard-0/agent.log", in: lean.store), as: UTF8.self)
      #expect(
        log.contains("lean: k6 makes no summary of its own") && !log.contains("handleSummary was called"))
      #expect(!log.contains("sesame"))
      let fullLog = String(decoding: try text("shard-0/agent.log", in: full.store), as: UTF8.self)
      #expect(fullLog.contains("handleSummary was called") && !fullLog.contains("lean:"))
    }

    @Test(arguments: K6.allCases) func `of the statistics of trends an option wins over the script`(k6: K6)
      async throws
    {
      let script = """
        import { Trend } from 'k6/metrics';
        const own = new Trend('own_trend');
        export const options = { iterations: 2, summaryTrendStats: ['avg', 'count'] };
        export default function () { own.add(5); }
        """
      for (options, variable, expected) in [
        ([], nil, ["avg", "count"]), ([], "max,p(75)", ["max", "p(75)"]),
        (["--", "--summary-trend-stats", "min,p(10)"], "max", ["min", "p(10)"]),
      ] as [([String], String?, [String])] {
        let lean = try await run(
          k6, script, ["--lean"] + options,
          environment: variable.map { ["K6_SUMMARY_TREND_STATS": $0] } ?? [:])
        let summary = try JSON(text("shard-0/summary.json", in: lean.store))
        #expect(summary["metrics"]?["own_trend"]?.object?.keys.sorted() == expected.sorted())
      }
    }

    @Test(arguments: K6.allCases) func `a shard without VUs is empty, and a killed k6 is not whole`(k6: K6)
      async throws
    {
      let script = """
        import { sleep } from 'k6';
        export const options = { vus: 2, duration: __ENV.LONG || '2s' };
        export default function () { sleep(0.1); }
        """
      let (file, empty) = (folder.appending(path: "script.js"), folder.appending(path: "empty"))
      try script.write(to: file, atomically: true, encoding: .utf8)
      let ending = try await Program.run(
        "shard-agent",
        [
          "run", file.path, "--shard-index", "2", "--shard-count", "3", "--lean", "--store",
          "file://\(empty.path)",
        ],
        environment: ["K6_BIN": k6.path])
      #expect(ending.code == 0, "\(ending.errors)")
      let ended = try JSON(text("shard-2/summary.json", in: empty))["grid"]?["ending"]
      #expect(ended?["is_empty_shard"] == .bool(true))

      async let killed = run(k6, script, ["--lean", "--env", "LONG=60s"])
      let line = "--linger \(folder.appending(path: "script.js").path)"
      try await eventually("k6's load") {
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return files.contains { file in
          guard file.hasSuffix("progress.json"),
            let progress = try? JSON(Data(contentsOf: folder.appending(path: file)))
          else { return false }
          return progress["phase"] == .string("running") && (progress["iterations"]?.number ?? 0) > 0
            && !processes(with: line).isEmpty
        }
      }
      for process in processes(with: line) { kill(process, SIGKILL) }
      let (killedEnding, killedStore) = try await killed
      #expect(killedEnding.code == 2, "\(killedEnding.output)")
      let result = try StoredResult(in: killedStore)
      #expect(result.reasons.first?.hasPrefix("shard 0 is not whole: k6 was killed") == true)
      let summary = try JSON(text("shard-0/summary.json", in: killedStore))
      #expect(summary["metrics"]?["iterations"]?["count"]?.number.map { $0 > 0 } == true)
    }
  }
}
