import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct JudgementTests {
  private func judged(
    _ selector: String, _ expression: String, _ aggregate: Aggregate?, window: CommonWindow? = nil
  ) throws -> Judgement {
    Judgement(
      try Samples.threshold(selector, expression), over: aggregate.map { Samples.merged($0, .time) },
      window: window)
  }

  private func trend(_ samples: [Double], limits: [Double] = []) -> Aggregate {
    var trend = TrendAggregate(limits: limits)
    for sample in samples { trend.record(sample) }
    return .trend(trend)
  }

  @Test func `exactly one per cent is not below one per cent`() throws {
    var rate = RateAggregate()
    for request in 0..<100 { rate.record(request == 0 ? 1 : 0) }
    #expect(try judged("http_req_failed", "rate<0.01", .rate(rate)).outcome == .crossed)
    #expect(try judged("http_req_failed", "rate<=0.01", .rate(rate)).outcome == .holds)
  }

  @Test func `the rate of a counter is its count in the common window`() throws {
    var counter = CounterAggregate()
    for tenth in 0..<100 { counter.record(tenth < 50 ? 1 : 3, at: Int64(tenth) * 100_000_000) }
    let window = CommonWindow(
      startAt: Samples.instant(0),
      loads: [(Samples.instant(0.02), Samples.instant(9)), (Samples.instant(5), Samples.instant(9.99))])
    #expect(window?.tenths == 50..<90)
    let judgement = try judged("http_reqs", "rate>=30", .counter(counter), window: window)
    #expect(judgement.actual == 30)
    #expect(judgement.outcome == .holds)
    #expect(try judged("http_reqs", "count==200", .counter(counter)).outcome == .holds)
  }

  @Test func `no samples are never a pass`() throws {
    #expect(try judged("http_req_duration{name:/typo}", "p(95)<800", nil).outcome == .noSamples)
    #expect(try judged("http_req_failed", "rate<0.01", .rate(RateAggregate())).outcome == .noSamples)
  }

  @Test func `the value shown is never on the other side of the limit`() throws {
    var random = SeededGenerator(seed: 77)
    for _ in 0..<3000 {
      let limit = 800.0
      let samples = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        limit + [0, 1e-9, -1e-9, 0.3, -0.3, 5].randomElement(using: &random)!
          * Double.random(in: 0...1, using: &random)
      }
      let judgement = try judged("http_req_duration", "p(95)<800", trend(samples, limits: [limit]))
      let exact = k6Percentile(samples, 0.95)
      #expect((judgement.outcome == .holds) == (exact < limit))
      let actual = try #require(judgement.actual)
      #expect((actual < limit) == (exact < limit), "\(actual) is shown for \(exact)")
      let pair = judgement.shownPair
      #expect((pair.actual == pair.limit) == (actual == limit), "\(pair)")
    }
  }

  @Test func `a limit that the run did not know is decided from the histogram, or not at all`() throws {
    let samples = (1...1000).map { Double($0) }
    #expect(try judged("http_req_duration", "p(95)<800", trend(samples)).outcome == .crossed)
    #expect(try judged("http_req_duration", "p(95)<990", trend(samples)).outcome == .holds)
    let close = try judged("http_req_duration", "p(95)<950.1", trend(samples))
    guard case .undecided = close.outcome else { return #expect(Bool(false), "\(close.outcome)") }
  }

  @Test func `a method that the type does not have cannot be judged`() throws {
    let judgement = try judged(
      "own_metric", "p(95)<1",
      .rate(
        {
          var rate = RateAggregate()
          rate.record(1)
          return rate
        }()))
    guard case .undecided = judgement.outcome else { return #expect(Bool(false), "\(judgement.outcome)") }
    #expect(throws: UsageError.self) { try Samples.threshold("http_req_failed", "p(95)<1") }
  }

  @Test func `an average next to its limit says so`() throws {
    #expect(try judged("http_req_duration", "avg<2", trend([1, 2, 3])).note?.contains("1e-12") == true)
    #expect(try judged("http_req_duration", "avg<3", trend([1, 2, 3])).note == nil)
  }

  @Test func `sentences say which limit, what it was and by how much`() throws {
    let judgement = try judged("http_req_duration", "p(95)<1", trend([42, 42, 42], limits: [1]))
    #expect(
      judgement.sentence
        == "http_req_duration p(95)<1 was crossed: 42 ms against 1 ms, 41 ms (4100 %) above the limit")
    let close = try judged("http_req_duration", "max<800", trend([800.000001]))
    #expect(close.shownPair == ("800.000001 ms", "800 ms"))
  }
}
