import Shared
import Testing

@testable import ShardAgent

@Suite struct K6EndingTests {
  private func ending(
    _ exit: K6Exit, course: ShardConductor.Course? = nil, planned: Double? = 10,
    summary: String? = #"{"metrics":{"iterations":{"count":7}}}"#,
    iterations: UInt64 = 7, stopReason: String? = nil
  ) -> K6Ending {
    var usual = ShardConductor.Course()
    (usual.maxVUs, usual.startedAt, usual.loadEndedAt) = (
      3, UTCInstant(nanoseconds: 0), UTCInstant(nanoseconds: 10_000_000_000)
    )
    return K6Ending(
      exit: exit, course: course ?? usual, plannedSeconds: planned, k6Summary: summary.map { Array($0.utf8) },
      iterations: iterations, requests: 0, stopReason: stopReason)
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

  @Test func `an exception counts as the teardown's only when the load was carried out`() {
    var early = ShardConductor.Course()
    (early.maxVUs, early.startedAt, early.loadEndedAt) = (
      3, UTCInstant(nanoseconds: 0), UTCInstant(nanoseconds: 1_000_000_000)
    )
    #expect(!ending(.exited(107), course: early).isComplete)
    early.sawLoadEnd = true
    #expect(ending(.exited(107), course: early).isComplete)
  }

  @Test func `exit code 0 alone proves nothing`() {
    #expect(!ending(.exited(0), summary: nil).isComplete)
    #expect(!ending(.exited(0), iterations: 6).isComplete)
    #expect(ending(.exited(0), iterations: 6).meaning == "k6 counts 7.0 iterations and its stream had 6")
    #expect(!ending(.exited(0), stopReason: "SIGTERM").isComplete)
  }

  @Test func `a shard without VUs had nothing to do`() {
    let empty = ending(.exited(0), course: ShardConductor.Course(), summary: nil, iterations: 0)
    #expect(empty.isEmptyShard && empty.isComplete)
    #expect(!ending(.exited(0), summary: nil, iterations: 0).isEmptyShard, "it had three VUs")
  }

  @Test func `what inspect says`() throws {
    let output = """
      {"scenarios":{
        "rate":{"executor":"constant-arrival-rate","startTime":"1s","duration":"2m","preAllocatedVUs":6,"maxVUs":9,"env":{"TOKEN":"x"}},
        "ramp":{"executor":"ramping-vus","startVUs":1,"stages":[{"duration":"1m30s","target":8},{"duration":"5s","target":0}]}},
       "thresholds":{"http_reqs":["count>1",{"threshold":"rate>5","abortOnFail":true,"delayAbortEval":"10s"}]},
       "maxVUs":17,"totalDuration":"2m31s","tags":{"secret":"y"}}
      """
    let plan = try K6Inspection.plan(Array(output.utf8))
    #expect(plan.plannedSeconds == 121)
    #expect(plan.totalSeconds == 151)
    #expect(plan.scenarios.map(\.vus) == [8, 9])
    #expect(
      plan.thresholds == [
        .init(selector: "http_reqs", expression: "count>1"),
        .init(selector: "http_reqs", expression: "rate>5", abortOnFail: true, delayAbortEval: 10),
      ])
    let text = String(decoding: try encoded(plan), as: UTF8.self)
    #expect(!text.contains("TOKEN") && !text.contains("secret"))
  }

  @Test func `a scenario that ends by its iterations leaves nothing planned`() throws {
    let output =
      #"{"scenarios":{"a":{"executor":"shared-iterations","vus":3,"iterations":9},"b":{"executor":"constant-vus","vus":1,"duration":"5s"}}}"#
    #expect(try K6Inspection.plan(Array(output.utf8)).plannedSeconds == nil)
    #expect(throws: UnreadableDocument.self) { try K6Inspection.plan(Array("time=... level=error".utf8)) }
  }
}
