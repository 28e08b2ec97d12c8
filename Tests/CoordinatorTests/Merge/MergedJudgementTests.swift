import Shared
import TestSupport
import Testing

@testable import Coordinator

/// From samples to the verdict on a threshold, through all that lies between: aggregates, the wire, the merge.
@Suite struct MergedJudgementTests {
  private static let limits = [0.0, 5, 800, -3, 0.1]
  private static let methods = ["p(0)", "p(50)", "med", "p(90)", "p(95)", "p(99.9)", "p(100)", "min", "max"]
  private static let selectors = ["own_trend", "own_trend{kind:a}"]

  private struct Sample {
    let value: Double
    let kind: String
  }

  private func shard(_ index: Int, of count: Int, _ samples: [Sample]) throws -> MeasuredShard {
    func record(_ samples: [Sample], _ tags: [String: String], limits: [Double]) -> SeriesRecord {
      var trend = TrendAggregate(limits: limits)
      for sample in samples { trend.record(sample.value) }
      return SeriesRecord(metric: "own_trend", contains: .default, tags: tags, aggregate: .trend(trend))
    }
    let kinds = Dictionary(grouping: samples, by: \.kind)
    let summary = Samples.summary(
      shard: index, of: count,
      metrics: kinds.sorted { $0.key < $1.key }.map { record($1, ["kind": $0], limits: []) },
      submetrics: samples.isEmpty
        ? []
        : [
          .init(selector: Self.selectors[0], series: record(samples, [:], limits: Self.limits)),
          .init(
            selector: Self.selectors[1], series: record(kinds["a"] ?? [], ["kind": "a"], limits: Self.limits)),
        ])
    let wire = try encoded(Samples.Document(grid: summary))
    struct Envelope: Decodable { let grid: ShardSummary }
    return try MeasuredShard(try decoded(Envelope.self, from: wire, name: "wire").grid)
  }

  private func samples(around limit: Double, _ random: inout SeededGenerator) -> [Sample] {
    (0..<Int.random(in: 0...[0, 1, 3, 30].randomElement(using: &random)!, using: &random)).map { _ in
      let value =
        switch Int.random(in: 0..<6, using: &random) {
        case 0...1: limit
        case 2: limit.nextUp
        case 3: limit.nextDown
        default: limit * Double.random(in: 0...2, using: &random) + Double.random(in: -1...1, using: &random)
        }
      return Sample(value: value, kind: Bool.random(using: &random) ? "a" : "b")
    }
  }

  /// k6's value for a method over all samples.
  private func k6Value(_ method: String, _ values: [Double]) -> Double {
    switch method {
    case "min": values.min()!
    case "max": values.max()!
    case "med": k6Percentile(values, 0.5)
    default: k6Percentile(values, Double(method.dropFirst(2).dropLast())! / 100)
    }
  }

  @Test func `merged shards are judged as k6 judges all samples`() throws {
    var random = SeededGenerator(seed: 20_261_124)
    var judged = 0
    for _ in 0..<250 {
      let limit = Self.limits.randomElement(using: &random)!
      let shards = (0..<Int.random(in: 1...6, using: &random)).map { _ in samples(around: limit, &random) }
      let measured = try shards.enumerated().map { try shard($0, of: shards.count, $1) }
      let summary = RunSummary(measured, plannedSeconds: nil)
      for selector in Self.selectors {
        let values = shards.joined().filter { selector == "own_trend" || $0.kind == "a" }.map(\.value)
        for method in Self.methods {
          for comparison in ThresholdExpression.Comparison.allCases {
            let threshold = try Samples.threshold(selector, "\(method)\(comparison.rawValue)\(limit)")
            let judgement = Judgement(threshold, of: summary)
            guard !values.isEmpty else {
              #expect(judgement.outcome == .noSamples)
              continue
            }
            let own = k6Value(method, values)
            if (judgement.outcome == .holds) != comparison.holds(own, limit) {
              Issue.record("\(threshold.name): \(judgement.outcome), and k6 has \(own)")
            }
            if judgement.isExact, judgement.actual != own {
              Issue.record("\(threshold.name): \(judgement.actual ?? .nan), and k6 has \(own)")
            }
            judged += 1
          }
        }
      }
    }
    #expect(judged > 20_000)
  }

  @Test func `a merge is bit-identical in any order of the shards`() throws {
    var random = SeededGenerator(seed: 5)
    let shards = try (0..<7).map { try shard($0, of: 7, samples(around: 5, &random)) }
    var documents: Set<[UInt8]> = []
    for _ in 0..<6 {
      let outcomes = shards.shuffled(using: &random).map(ShardOutcome.complete)
      let result = RunResult(
        plan: Samples.plan(shards: 7), outcomes: outcomes,
        thresholds: [try Samples.threshold("own_trend", "avg<5")],
        problem: nil, finishedAt: Samples.instant(200))
      documents.insert(try encoded(ResultDocument(result).metrics))
    }
    #expect(documents.count == 1)
  }

  @Test func `a limit that is not finite is decided without counting`() throws {
    let measured = [try shard(0, of: 1, [Sample(value: 1, kind: "a")])]
    let summary = RunSummary(measured, plannedSeconds: nil)
    for (expression, outcome) in [
      ("p(95)<Inf", Judgement.Outcome.holds), ("p(95)>Inf", .crossed), ("p(95)>-inf", .holds),
      ("p(95)<nan", .crossed), ("p(95)!=nan", .holds), ("max<inf", .holds), ("avg<Infinity", .holds),
    ] {
      #expect(Judgement(try Samples.threshold("own_trend", expression), of: summary).outcome == outcome)
    }
  }

  @Test func `a sum of fractions on its limit says that k6's own may differ`() throws {
    var fractions = CounterAggregate()
    var whole = CounterAggregate()
    for _ in 0..<10 {
      fractions.record(0.1, at: 0)
      whole.record(1, at: 0)
    }
    func note(_ counter: CounterAggregate, _ expression: String) throws -> String? {
      Judgement(
        try Samples.threshold("own_counter", expression), over: Samples.merged(.counter(counter)), window: nil
      ).note
    }
    #expect(try note(fractions, "count<1")?.contains("1e-12") == true)
    #expect(try note(fractions, "count<2") == nil)
    #expect(try note(whole, "count<10") == nil)
  }
}
