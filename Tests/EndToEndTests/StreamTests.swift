import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import ShardAgent

extension EndToEnd {
  /// What the agent's pipe and aggregator make of k6's stream is what k6 itself counted, however it ends.
  @Suite(.serialized) struct StreamTests {
    enum End: String, CaseIterable, Sendable { case normal, sigterm, abortOnFail, scriptAbort }

    private static let script = """
      import http from 'k6/http';
      import exec from 'k6/execution';
      import { check, sleep } from 'k6';
      import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
      const own = { trend: new Trend('own_trend'), counter: new Counter('own_counter'), rate: new Rate('own_rate'),
        gauge: new Gauge('own_gauge') };
      export const options = {
        scenarios: {
          some: { executor: 'constant-vus', vus: 4, duration: __ENV.SECONDS || '2s', gracefulStop: '0s' },
          tooMany: { executor: 'constant-arrival-rate', rate: 50, duration: '1s', preAllocatedVUs: 1, exec: 'slow',
            gracefulStop: '0s' },
        },
        summaryTrendStats: ['count', 'min', 'max', 'avg'],
        thresholds: __ENV.END === 'abortOnFail' ? { own_rate: [{ threshold: 'rate<0.1', abortOnFail: true }] } : {},
      };
      export function slow() { sleep(0.3); }
      export default function () {
        const response = http.get(`${__ENV.BASE_URL}/products?n=${exec.scenario.iterationInTest}`);
        check(response, { 'is ok': r => r.status === 200 });
        own.trend.add(response.timings.duration * 1e7);
        own.counter.add(0.25);
        own.rate.add(exec.vu.idInTest % 2);
        own.gauge.add(-1);
        if (__ENV.END === 'scriptAbort' && exec.scenario.iterationInTest === 40) exec.test.abort('enough');
        sleep(0.01);
      }
      export function teardown() { http.get(`${__ENV.BASE_URL}/products`); }
      """

    /// Reads one k6's stream as a shard does.
    private final class Reading: Sendable {
      let stream = SampleStream(reportTags: SampleAggregator.usualReportTags, seriesCap: 500)
      let pipe: SampleFIFO
      /// While it is true nothing is read.
      let pause = Pause()

      final class Pause: Sendable { let isOn = Mutex(false) }

      init(_ path: String) throws {
        stream.with { $0.startWithFirstSample() }
        pipe = try SampleFIFO(path: path) { [stream, pause] chunk in
          while pause.isOn.withLock({ $0 }) { usleep(1000) }
          stream.take(chunk)
        }
      }

      func finish() async {
        await pipe.finish()
        stream.finish()
      }
    }

    @Test(arguments: K6.allCases, End.allCases) func `to the one`(k6: K6, end: End) async throws {
      let staging = try await StagingServer()
      let folder = try temporaryFolder()
      let (script, export) = (folder.appending(path: "load.js"), folder.appending(path: "summary.json"))
      try Data(Self.script.utf8).write(to: script)
      let reading = try Reading(folder.appending(path: "samples").path)
      let program = try Program(
        "",
        [
          "run", "--quiet", "--no-usage-report", "--address", "", "--out", "json=\(reading.pipe.path)",
          "--summary-export", export.path, "-e", "END=\(end)", "-e", "BASE_URL=\(staging.address)",
          "-e", "SECONDS=\(end == .normal ? 2 : 30)s", script.path,
        ], at: URL(fileURLWithPath: k6.path))
      if end == .sigterm {
        try await Task.sleep(for: .seconds(2))
        program.signal(SIGTERM)
      }
      let ending = await program.ending()
      await reading.finish()
      let codes: [End: Int32] = [.normal: 0, .sigterm: 105, .abortOnFail: 99, .scriptAbort: 108]
      #expect(ending.code == codes[end], "\(ending.errors)")
      let health = reading.stream.with(\.health)
      #expect(health.malformed == 0 && !health.endedInsideLine, "\(health.malformedExamples)")
      var compared = 0
      for (name, metric) in try K6Export(export).metrics where !name.contains("{") {
        compared += try compare(name, metric, reading.stream.with { $0.total(name) })
      }
      #expect(compared > 20)
    }

    /// - Returns: how many figures agreed; those of gauges are k6's last word, not a count.
    private func compare(_ name: String, _ own: K6Export.Metric, _ total: Aggregate?) throws -> Int {
      switch total {
      case .counter(let counter):
        #expect(counter.sum.value == own.values["count"], "\(name)")
        return 1
      case .rate(let rate):
        #expect(Double(rate.passes) == own.values["passes"], "\(name)")
        #expect(Double(rate.count - rate.passes) == own.values["fails"], "\(name)")
        return 2
      case .trend(let trend):
        #expect(Double(trend.count) == own.values["count"], "\(name)")
        #expect(trend.min == own.values["min"] && trend.max == own.values["max"], "\(name)")
        return 3
      case .gauge: return 0
      case nil:
        // k6 lists a metric with a threshold although it has no samples.
        #expect(own.values["count"] ?? own.values["passes"] == 0, "\(name) is missing")
        return 0
      }
    }

    /// k6 writes the same samples into the pipe and into a file. The pipe is not read until k6 is dead.
    @Test(arguments: K6.allCases) func `after kill -9 all that k6 had written is there`(k6: K6) async throws {
      let staging = try await StagingServer()
      let folder = try temporaryFolder()
      let (script, file) = (folder.appending(path: "load.js"), folder.appending(path: "all.json"))
      // Sixty iterations, and then nothing but the count of VUs, so that both outputs have been flushed.
      try Data(
        """
        import http from 'k6/http';
        import { sleep } from 'k6';
        export const options = { scenarios: {
          load: { executor: 'shared-iterations', vus: 3, iterations: 60 },
          rest: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'rest' },
        } };
        export function rest() { sleep(60); }
        export default function () { http.get(`${__ENV.BASE_URL}/products`); }
        """.utf8
      ).write(to: script)
      let reading = try Reading(folder.appending(path: "samples").path)
      reading.pause.isOn.withLock { $0 = true }
      let program = try Program(
        "",
        [
          "run", "--quiet", "--no-usage-report", "--address", "", "--out", "json=\(reading.pipe.path)",
          "--out", "json=\(file.path)", "-e", "BASE_URL=\(staging.address)", script.path,
        ], at: URL(fileURLWithPath: k6.path))
      var inFile: Int {
        ((try? Data(contentsOf: file)) ?? Data()).split(separator: 10).filter(isRequest).count
      }
      let deadline = Date(timeIntervalSinceNow: 20)
      while inFile < 60, Date() < deadline { try await Task.sleep(for: .milliseconds(100)) }
      try await Task.sleep(for: .milliseconds(700))
      program.signal(SIGKILL)
      #expect(await program.ending().code == 128 + SIGKILL)
      reading.pause.isOn.withLock { $0 = false }
      await reading.finish()
      #expect(inFile == 60)
      guard case .counter(let requests)? = reading.stream.with({ $0.total("http_reqs") }),
        case .trend(let durations)? = reading.stream.with({ $0.total("iteration_duration") })
      else {
        Issue.record("the stream has no requests")
        return
      }
      #expect(requests.sum.value == 60)
      #expect(durations.count == 60)
      #expect(reading.stream.with(\.health).malformed <= 1)
    }

    private func isRequest(_ line: Data) -> Bool {
      line.starts(with: Data(#"{"metric":"http_reqs""#.utf8))
    }
  }
}
