import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The product's claim against real k6: the same script, once in one k6 under its own thresholds, and over shards
  /// of ours.
  @Suite(.serialized) struct ExactnessTests {
    /// Values from the iteration's number alone, with many on the limits; every threshold twice, to hold and to be
    /// crossed where it can.
    private static let script = """
      import exec from 'k6/execution';
      import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
      const time = new Trend('own_time', true), value = new Trend('own_value'), count = new Counter('own_count');
      const rate = new Rate('own_rate');
      const thresholds = {};
      for (const selector of ['own_time', 'own_time{kind:a}', 'own_value', 'own_value{kind:b,half:1}']) {
        thresholds[selector] = [];
        for (const method of ['p(0)', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'p(100)', 'med', 'min', 'max']) {
          for (const operator of ['<', '<=', '>', '>=', '==', '!=']) {
            for (const limit of [-7.5, 0, 25, 47.5, 50, 99.75]) thresholds[selector].push(`${method}${operator}${limit}`);
          }
        }
        thresholds[selector].push('avg<49.9', 'avg>1');
      }
      thresholds.own_count = ['count==3000', 'count>3000'];
      thresholds.own_rate = ['rate<0.334', 'rate<=0.334', 'rate>0.334'];
      thresholds['own_rate{kind:a}'] = ['rate==0.5', 'rate<0.4'];
      thresholds.iterations = ['count==1000', 'count<1000'];
      export const options = {
        scenarios: { all: { executor: 'shared-iterations', vus: 10, iterations: 1000, maxDuration: '60s' } },
        summaryTrendStats: ['p(0)', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'p(100)', 'med', 'min', 'max', 'avg', 'count'],
        thresholds,
      };
      export default function () {
        const i = exec.scenario.iterationInTest;
        const tags = { kind: 'abc'[i % 3], half: String(i % 2) };
        time.add((i * 7919 % 400) / 4, tags);
        value.add((i * 104729 % 211 - 30) / 4, tags);
        count.add(3);
        rate.add(i % 3 === 0, { kind: i % 6 < 2 ? 'a' : 'b' });
      }
      """

    /// k6's own decisions: by selector and expression, whether it was crossed; and its values.
    private func oneK6(_ k6: K6, _ script: URL, _ folder: URL) async throws -> (
      crossed: [String: Bool], values: [String: [String: Double]]
    ) {
      let export = folder.appending(path: "one.json")
      let ending = try await Program.run(
        "", ["run", "--quiet", "--no-usage-report", "--summary-export", export.path, script.path],
        at: URL(fileURLWithPath: k6.path))
      #expect(ending.code == 99, "some thresholds must be crossed: \(ending.errors)")
      let metrics = try K6Export(export).metrics
      var crossed: [String: Bool] = [:]
      for (selector, metric) in metrics {
        for (expression, isCrossed) in metric.thresholds { crossed["\(selector) \(expression)"] = isCrossed }
      }
      return (crossed, metrics.mapValues(\.values))
    }

    @Test(arguments: K6.allCases) func `1, 3 and 10 shards decide as one k6`(k6: K6) async throws {
      let folder = try temporaryFolder()
      let script = folder.appending(path: "exact.js")
      try Self.script.write(to: script, atomically: true, encoding: .utf8)
      let one = try await oneK6(k6, script, folder)
      #expect(one.crossed.count > 1400)
      #expect(one.crossed.values.filter(\.self).count > 300 && one.crossed.values.filter { !$0 }.count > 300)
      for shards in [1, 3, 10] {
        let store = folder.appending(path: "out-\(shards)")
        let ending = try await Program.run(
          "coordinator",
          [
            "run", "--local", "--shards", "\(shards)", "--script", script.path, "--store",
            "file://\(store.path)", "--threshold", "own_count=count>0",
          ] + ignoringSaturation,
          environment: ["K6_BIN": k6.path])
        #expect(ending.code == 1, "\(ending.errors)")
        let result = try StoredResult(in: store)
        let judged = result.thresholds.filter { $0.source == "script" }
        #expect(judged.count == one.crossed.count)
        var mismatches: [String] = []
        var comparedValues = 0
        for threshold in judged {
          let name = "\(threshold.selector) \(threshold.expression)"
          if one.crossed[name].map({ $0 ? "crossed" : "holds" }) != threshold.outcome {
            mismatches.append(name)
          }
          guard threshold.isExact, let actual = threshold.actual,
            let method = threshold.expression.prefixMatch(of: /[a-z]+(\([0-9.]+\))?/)?.0,
            let own = one.values[threshold.selector]?[String(method)]
          else { continue }
          // k6's own running sum rounds, ours does not.
          comparedValues += 1
          let isSame = method == "avg" ? abs(actual - own) <= 1e-12 * abs(own) : actual == own
          if !isSame { mismatches.append("\(name): \(actual), and k6 has \(own)") }
        }
        #expect(comparedValues > 300)
        #expect(mismatches.isEmpty, "\(shards) shards: \(mismatches.prefix(5))")
      }
    }

    /// 200 vectors of samples through real k6 Trends: k6's percentiles are the oracle's, bit for bit.
    @Test(arguments: K6.allCases) func `the percentile formula is k6's, bit for bit`(k6: K6) async throws {
      let folder = try temporaryFolder()
      var random = SeededGenerator(seed: 1729)
      let vectors = (0..<200).map { number in
        (0..<[1, 2, 3, 5, 10, 40, 100, 333][number % 8]).map { _ in
          switch number % 4 {
          case 0: Double(Int.random(in: 0...9, using: &random))
          case 1: Double.random(in: -1000...1000, using: &random)
          case 2: 800 + Double(Int.random(in: -1...1, using: &random))
          default: Double.random(in: 0...1e6, using: &random).squareRoot()
          }
        }
      }
      try JSONEncoder().encode(vectors).write(to: folder.appending(path: "vectors.json"))
      let script = folder.appending(path: "vectors.js")
      try """
      import { Trend } from 'k6/metrics';
      const vectors = JSON.parse(open('./vectors.json'));
      const trends = vectors.map((_, i) => new Trend(`vector_${i}`));
      export const options = { iterations: 1, summaryTrendStats: ['p(0)', 'p(33.3)', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'p(100)'] };
      export default function () { vectors.forEach((samples, i) => samples.forEach((sample) => trends[i].add(sample))); }
      """.write(to: script, atomically: true, encoding: .utf8)
      let export = folder.appending(path: "export.json")
      let ending = try await Program.run(
        "", ["run", "--quiet", "--no-usage-report", "--summary-export", export.path, script.path],
        at: URL(fileURLWithPath: k6.path))
      #expect(ending.code == 0, "\(ending.errors)")
      let metrics = try K6Export(export).metrics
      for (number, samples) in vectors.enumerated() {
        let own = try #require(metrics["vector_\(number)"])
        for (stat, quantile) in [
          ("p(0)", 0), ("p(33.3)", 33.3 / 100), ("med", 0.5), ("p(90)", 0.9), ("p(95)", 0.95),
          ("p(99)", 0.99), ("p(99.9)", 99.9 / 100), ("p(100)", 1),
        ] {
          #expect(own.values[stat] == k6Percentile(samples, quantile), "vector \(number) \(stat)")
        }
      }
    }
  }
}
