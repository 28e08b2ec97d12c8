import Shared
import Testing

@testable import Coordinator

@Suite struct AbortRuleTests {
  private let failed = ("http_req_failed", "rate<0.01")
  private let p95 = ("http_req_duration", "p(95)<800")

  private func failing(_ index: Int, _ passes: Int, of count: Int) throws -> ShardStanding {
    try ShardSamples(
      index: index, submetrics: [("http_req_failed", Samples.rate(passes, of: count), nil)]
    ).standing()
  }

  private func lasting(_ index: Int, _ samples: [Double], limit: Double) throws -> ShardStanding {
    try ShardSamples(
      index: index, durations: samples,
      submetrics: [("http_req_duration", Samples.trend(samples, limits: [limit]), nil)]
    ).standing()
  }

  @Test func `a crossing that one shard shows and all together do not, stops nothing`() throws {
    let shards = [try failing(0, 5, of: 100), try failing(1, 0, of: 900)]
    #expect(try Samples.progress([shards[0]], [failed]).judgements[0].outcome == .crossed)
    #expect(abortingCrossing(try Samples.progress(shards, [failed], abort: true)) == nil)
  }

  /// Of 15 quick samples and a slow one k6's p(95) is 325 ms, of five times as many it is the slow one.
  @Test func `a crossing that no shard shows and all together do, stops the run`() throws {
    let threshold = ("http_req_duration", "p(95)<400")
    let samples = [Double](repeating: 100, count: 15) + [1000]
    let shards = try (0..<5).map { try lasting($0, samples, limit: 400) }
    for shard in shards {
      #expect(abortingCrossing(try Samples.progress([shard], [threshold], abort: true)) == nil)
    }
    let crossing = try #require(abortingCrossing(try Samples.progress(shards, [threshold], abort: true)))
    #expect(crossing.at == Samples.instant(110))
    #expect(
      crossing.sentence
        == "http_req_duration p(95)<400 was crossed 10 s after the start: 1000 ms against 400 ms")
  }

  @Test func `a count is the sum over the shards`() throws {
    let shards = try (0..<3).map {
      try ShardSamples(index: $0, submetrics: [("errors", Samples.counter(40), 4)]).standing()
    }
    let threshold = [("errors", "count<100")]
    #expect(abortingCrossing(try Samples.progress(Array(shards.prefix(2)), threshold, abort: true)) == nil)
    #expect(
      abortingCrossing(try Samples.progress(shards, threshold, abort: true))?.sentence
        == "errors count<100 was crossed 10 s after the start: 120 against 100")
  }

  /// From the histogram nothing can be read of a tag's samples: the side is certain all the same.
  @Test func `a percentile whose value is not known names the side`() throws {
    let shard = try ShardSamples(submetrics: [
      (
        "http_req_duration{name:home}",
        Samples.trend([Double](repeating: 900, count: 100), limits: [800]), nil
      )
    ]).standing()
    let threshold = ("http_req_duration{name:home}", "p(95)<800")
    #expect(
      abortingCrossing(try Samples.progress([shard], [threshold], abort: true))?.sentence
        == "http_req_duration{name:home} p(95)<800 was crossed 10 s after the start: it is above 800 ms")
  }

  @Test func `the merged histogram gives the value of the whole metric`() throws {
    let samples = [Double](repeating: 900, count: 100)
    let shard = try ShardSamples(
      durations: samples, submetrics: [("http_req_duration", Samples.trend(samples, limits: [800]), nil)]
    ).standing()
    let judgement = try Samples.progress([shard], [p95]).judgements[0]
    #expect(judgement.outcome == .crossed)
    #expect(judgement.actual.map { abs($0 - 900) < 0.5 } == true)
  }

  @Test func `only thresholds with abortOnFail stop a run, and only after the start`() throws {
    let shards = [try failing(0, 50, of: 100)]
    #expect(abortingCrossing(try Samples.progress(shards, [failed])) == nil)
    #expect(abortingCrossing(try Samples.progress(shards, [failed], abort: true, at: 100)) == nil)
    #expect(
      abortingCrossing(try Samples.progress(shards, [failed], abort: true, at: 142))?.sentence
        == "http_req_failed rate<0.01 was crossed 42 s after the start: 50 % against 1 %")
  }

  @Test func `the delay counts from the start instant`() throws {
    let shards = [try failing(0, 50, of: 100)]
    for (now, aborts) in [(129.9, false), (130, false), (130.1, true)] {
      let progress = try Samples.progress(shards, [failed], abort: true, delay: 30, at: now)
      #expect((abortingCrossing(progress) != nil) == aborts, "\(now)")
    }
  }

  @Test func `a shard that has not told anything keeps the others waiting, unless it is gone or empty`()
    throws
  {
    let crossed = try failing(0, 50, of: 100)
    for (other, aborts) in [
      (ShardStanding(word: .none, isGone: false), false),
      (ShardStanding(word: .unreadable("x"), isGone: false), false),
      (ShardStanding(word: .none, isGone: true), true), (ShardStanding(word: .empty, isGone: true), true),
      (ShardStanding(word: .empty, isGone: false), true),
    ] {
      let progress = try Samples.progress([crossed, other], [failed], abort: true)
      #expect((abortingCrossing(progress) != nil) == aborts, "\(other)")
    }
  }

  @Test func `a shard of which nothing can be read holds up an abort for 30 s, and is named`() throws {
    let crossed = try failing(0, 50, of: 100)
    for word in [ShardStanding.Word.unreadable("x"), .none] {
      let shards = [crossed, ShardStanding(word: word, isGone: false)]
      #expect(abortingCrossing(try Samples.progress(shards, [failed], abort: true, at: 130)) == nil)
      #expect(
        abortingCrossing(try Samples.progress(shards, [failed], abort: true, at: 131))?.sentence
          == "http_req_failed rate<0.01 was crossed 31 s after the start: 50 % against 1 %, without shard 1, of which nothing could be read"
      )
    }
  }

  @Test func `a shard that could be read before counts with what it told then`() throws {
    let before = try failing(1, 0, of: 9900)
    let now = ShardStanding(word: .unreadable("x"), isGone: false, last: before.heard)
    let shards = [try failing(0, 50, of: 100), now]
    let progress = try Samples.progress(shards, [failed], abort: true, at: 140)
    #expect(progress.judgements[0].outcome == .holds && abortingCrossing(progress) == nil)
    #expect(now.silence(Samples.instant(140), startAt: Samples.instant(100)) == 30)
  }

  @Test func `without samples nothing is crossed`() throws {
    let shard = try ShardSamples(submetrics: []).standing()
    for threshold in [failed, p95, ("http_reqs", "rate>=2000"), ("errors", "count>5")] {
      let progress = try Samples.progress([shard], [threshold], abort: true)
      #expect(progress.judgements[0].outcome == .noSamples)
      #expect(abortingCrossing(progress) == nil)
    }
  }

  @Test func `infinite samples cannot be judged`() throws {
    let shard = try ShardSamples(
      submetrics: [("own_trend", Samples.trend([5], limits: []), nil)], infiniteMetrics: ["own_trend"]
    ).standing()
    #expect(abortingCrossing(try Samples.progress([shard], [("own_trend", "max<1")], abort: true)) == nil)
  }

  @Test func `the rate of a counter is the sum of the shards' own, once all have loaded for 2 s`() throws {
    func shard(_ index: Int, loadedFor seconds: Double, _ phase: ShardProgress.Phase = .running) throws
      -> ShardStanding
    {
      try ShardSamples(
        index: index, phase: phase, loadStartedAt: 110 - seconds,
        submetrics: [("http_reqs", Samples.counter(50), 100)]
      ).standing()
    }
    let threshold = [("http_reqs", "rate>=300")]
    let three = try [shard(0, loadedFor: 5), shard(1, loadedFor: 4), shard(2, loadedFor: 3)]
    #expect(try Samples.progress(three, threshold, abort: true).judgements[0].actual == 300)
    #expect(
      abortingCrossing(try Samples.progress(Array(three.prefix(2)), threshold, abort: true))?.sentence
        == "http_reqs rate>=300 was crossed 10 s after the start: 200/s against 300/s")
    let early = try Array(three.prefix(2)) + [shard(2, loadedFor: 1.9)]
    #expect(
      try Samples.progress(early, threshold).judgements[0].outcome
        == .undecided("shard 2 has not made load for 2 s yet"))
    let ended = try Array(three.prefix(2)) + [shard(2, loadedFor: 1.9, .ended)]
    #expect(try Samples.progress(ended, threshold).judgements[0].actual == 300)
  }

  @Test func `the VUs are the sum of those that are at work`() throws {
    func shard(_ index: Int, _ vus: Double, _ phase: ShardProgress.Phase = .running) throws -> ShardStanding {
      try ShardSamples(index: index, phase: phase, submetrics: [("vus", Samples.gauge(vus), nil)]).standing()
    }
    let progress = try Samples.progress(
      [shard(0, 4), shard(1, 5), shard(2, 6, .ended)], [("vus", "value<10")], abort: true)
    #expect(progress.judgements[0].actual == 9)
    #expect(abortingCrossing(progress) == nil)
    let more = try Samples.progress([shard(0, 4), shard(1, 6)], [("vus", "value<10")], abort: true)
    #expect(abortingCrossing(more) != nil)
  }

  @Test func `the same threshold in configuration and script stops the run if one of them says so`() throws {
    let plain = try GateThreshold(.init(selector: "checks", expression: "rate>0.9"), source: .configuration)
    let aborting = try GateThreshold(
      .init(selector: "checks", expression: "rate>0.9", abortOnFail: true, delayAbortEval: 5), source: .script
    )
    let distinct = GateThreshold.distinct([plain, aborting, plain])
    #expect(distinct.count == 1)
    #expect(
      distinct[0].abortOnFail && distinct[0].delayAbortEval == 5 && distinct[0].source == .configuration)
  }

  /// At the start one may have told of 2 s and the others of nothing yet.
  @Test func `shards that tell of different times stop nothing`() throws {
    func sentence(_ at: Double) throws -> String? {
      let shards = [
        try ShardSamples(at: 110, submetrics: [("errors", Samples.counter(120), nil)]).standing(),
        try ShardSamples(index: 1, at: at, submetrics: [("errors", Samples.counter(1), nil)]).standing(),
      ]
      return abortingCrossing(try Samples.progress(shards, [("errors", "count<100")], abort: true))?.sentence
    }
    #expect(try sentence(108) == nil)
    #expect(try sentence(109.5) != nil)
    #expect(try sentence(101) != nil, "silent for 9 s: not waited for")
  }
}
