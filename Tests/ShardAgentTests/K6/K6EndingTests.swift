import Shared
import Testing

@testable import ShardAgent

@Suite struct K6EndingTests {
  /// A k6 with three VUs that finished seven iterations and says so.
  private func ending(_ exit: K6Exit, _ change: (inout K6Ending.Evidence) -> Void = { _ in }) -> K6Ending {
    var evidence = K6Ending.Evidence(exit: exit)
    evidence.course.maxVUs = 3
    evidence.summary = Array(#"{"metrics":{"iterations":{"count":7},"checks":{"passes":4,"fails":1}}}"#.utf8)
    evidence.loadPoints = 28
    evidence.measured = measured(iterations: 7)
    change(&evidence)
    return K6Ending(evidence)
  }

  private func measured(iterations: Int, checks: Int = 5, passes: Int = 4) -> (String) -> Aggregate? {
    var counter = CounterAggregate()
    var rate = RateAggregate()
    for _ in 0..<iterations { counter.record(1, at: 0) }
    for check in 0..<checks { rate.record(check < passes ? 1 : 0) }
    let all = ["iterations": Aggregate.counter(counter), "checks": .rate(rate)]
    return { all[$0] }
  }

  @Test(arguments: [0, 99, 101, 107, 110]) func `codes after which the data is whole`(code: Int) {
    #expect(ending(.exited(code)).isComplete)
  }

  @Test(arguments: [97, 98, 100, 102, 103, 104, 105, 106, 108, 109, 255, 42])
  func `codes after which it is not`(code: Int) { #expect(!ending(.exited(code)).isComplete) }

  @Test(arguments: [9, 15, 13, 6]) func `signals`(signal: Int) {
    let ended = ending(.signaled(signal))
    #expect(!ended.isComplete)
    #expect(ended.signal == signal)
    #expect(!ended.meaning.isEmpty)
  }

  @Test func `an exception counts as the teardown's only when setup was over`() {
    let early = ending(.exited(107)) { $0.measured = measured(iterations: 0) }
    #expect(!early.isComplete && early.meaning.contains("setup()"))
    #expect(ending(.exited(107)).meaning.contains("teardown()"))
    let slow = ending(.exited(107)) {
      $0.measured = measured(iterations: 0)
      $0.summary = Array("{}".utf8)
      $0.course.loadStartedAt = UTCInstant(nanoseconds: 0)
    }
    #expect(slow.isComplete && slow.meaning.contains("teardown()"))
  }

  @Test func `exit code 0 alone proves nothing`() {
    #expect(ending(.exited(0)) { $0.summary = nil }.meaning == "k6 ran to its end, but it wrote no summary")
    #expect(!ending(.exited(0)) { $0.stop = .init(cause: .signal, sentence: "SIGTERM") }.isComplete)
    let unread = ending(.exited(0)) {
      $0.stream.malformed = 2
      $0.stream.malformedExamples = ["cut off: {"]
    }
    #expect(
      !unread.isComplete
        && unread.meaning.hasSuffix("2 lines of its stream could not be read, the first: cut off: {"))
    #expect(!ending(.exited(0)) { $0.stream.endedInsideLine = true }.isComplete)
  }

  @Test(arguments: [104, 107, 255]) func `where k6 did not start, its own words are told`(code: Int) {
    let ended = ending(.exited(code)) {
      $0.measured = measured(iterations: 0)
      $0.lastError = "unknown flag: --frob"
    }
    #expect(ended.meaning.hasSuffix(": unknown flag: --frob"))
  }

  @Test func `what k6 counts and its stream had not is not whole`() {
    #expect(
      ending(.exited(0)) { $0.measured = measured(iterations: 6) }.meaning
        == "k6 ran to its end, but k6 counts 7 iterations and its stream had 6")
    #expect(!ending(.exited(0)) { $0.measured = measured(iterations: 7, checks: 4) }.isComplete)
    #expect(!ending(.exited(0)) { $0.measured = measured(iterations: 7, passes: 3) }.isComplete)
    #expect(!ending(.exited(0)) { $0.measured = { _ in nil } }.isComplete)
    let infinite = ending(.exited(0)) {
      $0.measured = measured(iterations: 6)
      $0.stream.infiniteMetrics = ["iterations"]
    }
    #expect(infinite.isComplete, "the gate refuses thresholds on such a metric by itself")
  }

  @Test func `a lean shard is judged by its stream, because k6 makes no summary`() {
    func lean(_ exit: K6Exit, _ change: (inout K6Ending.Evidence) -> Void = { _ in }) -> K6Ending {
      ending(exit) {
        ($0.isLean, $0.summary, $0.stream.lines) = (true, nil, 40)
        change(&$0)
      }
    }
    #expect(lean(.exited(0)).isComplete && !lean(.exited(0)).wroteSummary)
    #expect(!lean(.exited(0)) { $0.stream.endedInsideLine = true }.isComplete)
    #expect(!lean(.exited(0)) { $0.stream.malformed = 1 }.isComplete)
    #expect(!lean(.exited(0)) { $0.stop = .init(cause: .signal, sentence: "SIGTERM") }.isComplete)
    #expect(!lean(.signaled(9)).isComplete && !lean(.exited(105)).isComplete)
    #expect(lean(.exited(0)) { $0.stream.lines = 0 }.meaning == "k6 ran to its end, but its stream was empty")
    let empty = lean(.exited(0)) {
      ($0.course.maxVUs, $0.loadPoints, $0.stream.lines) = (0, 0, 0)
      $0.measured = { _ in nil }
    }
    #expect(empty.isEmptyShard && empty.isComplete)
  }

  @Test func `a shard without VUs had nothing to do`() {
    func empty(_ change: (inout K6Ending.Evidence) -> Void = { _ in }) -> K6Ending {
      ending(.exited(0)) {
        $0.course.maxVUs = 0
        ($0.summary, $0.loadPoints, $0.measured) = (nil, 0, { _ in nil })
        change(&$0)
      }
    }
    #expect(empty().isEmptyShard && empty().isComplete)
    #expect(!empty { $0.course.maxVUs = 3 }.isEmptyShard, "it had three VUs")
    #expect(!empty { $0.course.maxVUs = nil }.isEmptyShard, "k6 was never asked")
    #expect(!empty { $0.loadPoints = 6 }.isEmptyShard, "VUs came later")
    #expect(!empty { $0.course.failure = .unavailable("x") }.isEmptyShard)
    #expect(!empty { $0.stop = .init(cause: .signal, sentence: "SIGTERM") }.isComplete)
  }

  @Test func `what inspect says`() throws {
    let output = """
      {"scenarios":{
        "rate":{"executor":"constant-arrival-rate","startTime":"1s","duration":"2m","preAllocatedVUs":6,"maxVUs":9,"env":{"TOKEN":"x"}},
        "ramp":{"executor":"ramping-vus","startVUs":1,"stages":[{"duration":"1m30s","target":8},{"duration":"5s","target":0}]}},
       "thresholds":{"http_reqs":["count>1",{"threshold":"rate>5","abortOnFail":true,"delayAbortEval":"10s"}]},
       "maxVUs":17,"totalDuration":"2m31s","setupTimeout":null,"teardownTimeout":"5s","tags":{"secret":"y"}}
      """
    let plan = try K6Inspection.plan(Array(output.utf8))
    #expect(plan.plannedSeconds == 121)
    #expect(
      plan.totalSeconds == 60 + 151 + 5, "setup() may take 60 s, as nothing else is said; teardown() 5 s")
    #expect(plan.scenarios.map(\.vus) == [8, 9])
    #expect(
      plan.thresholds == [
        .init(selector: "http_reqs", expression: "count>1"),
        .init(selector: "http_reqs", expression: "rate>5", abortOnFail: true, delayAbortEval: 10),
      ])
    let text = String(decoding: try encoded(plan), as: UTF8.self)
    #expect(!text.contains("TOKEN") && !text.contains("secret"))
  }

  /// What k6 splits over shards, as measured with 0.57.0 and 1.1.0: with one shard more, one had no VU.
  @Test(
    arguments: [
      (#""executor":"constant-vus","vus":6"#, 6), (#""executor":"constant-vus","vus":null"#, 1),
      (#""executor":"ramping-vus","startVUs":1,"stages":[{"target":6},{"target":0}]"#, 6),
      (#""executor":"ramping-vus","startVUs":5,"stages":[{"target":2}]"#, 5),
      (#""executor":"ramping-vus","startVUs":null,"stages":[{"target":0}]"#, 1),
      (#""executor":"shared-iterations","vus":6,"iterations":7"#, 6),
      (#""executor":"per-vu-iterations","vus":4,"iterations":3"#, 4),
      (#""executor":"constant-arrival-rate","preAllocatedVUs":3,"maxVUs":6"#, 6),
      (#""executor":"constant-arrival-rate","preAllocatedVUs":4,"maxVUs":null"#, 4),
      (#""executor":"ramping-arrival-rate","preAllocatedVUs":2,"maxVUs":5"#, 5),
      (#""executor":"externally-controlled","vus":4,"maxVUs":7"#, 7), (#""executor":"new","vus":4"#, nil),
    ] as [(String, Int?)])
  func `a scenario has as many VUs to split as exist at the most`(scenario: String, vus: Int?) throws {
    let output = #"{"scenarios":{"a":{\#(scenario)}}}"#
    #expect(try K6Inspection.plan(Array(output.utf8)).maxShards == vus)
  }

  @Test func `of which statistics a trend's summary consists`() throws {
    let own = #"{"summaryTrendStats":["med","p(99.9)"]}"#
    #expect(try K6Inspection.trendStats(Array(own.utf8)) == ["med", "p(99.9)"])
    #expect(try K6Inspection.trendStats(Array(#"{"summaryTrendStats":[]}"#.utf8)) == [])
    #expect(try K6Inspection.trendStats(Array("{}".utf8)) == K6Inspection.usualTrendStats)
  }

  @Test func `a scenario that ends by its iterations leaves nothing planned`() throws {
    let output =
      #"{"scenarios":{"a":{"executor":"shared-iterations","vus":3,"iterations":9},"b":{"executor":"constant-vus","vus":1,"duration":"5s"}}}"#
    #expect(try K6Inspection.plan(Array(output.utf8)).plannedSeconds == nil)
    for bad in [
      "time=... level=error", #"{"totalDuration":"soon"}"#,
      #"{"scenarios":{"a":{"executor":"x","duration":"1 s"}}}"#,
    ] {
      #expect(throws: UnreadableDocument.self) { try K6Inspection.plan(Array(bad.utf8)) }
    }
  }
}
