import Shared
import Testing

@testable import Coordinator

@Suite struct CommonWindowTests {
  private func window(_ shards: [ShardSummary]) -> CommonWindow? {
    CommonWindow(startAt: Samples.instant(100), shards: shards)
  }

  @Test func `it is what all loads have in common, in whole tenths`() {
    #expect(window([Samples.summary(seconds: 9.97), Samples.summary(loadStart: 100.02)])?.tenths == 1..<99)
    #expect(window([]) == nil)
    #expect(window([Samples.summary(seconds: 1), Samples.summary(loadStart: 102)]) == nil)
  }

  @Test func `the time of setup() is no load`() {
    #expect(window([Samples.summary(loadStart: 104, seconds: 10)])?.tenths == 40..<140)
  }

  @Test func `a share that ramped down to none before the others is not cut off there`() {
    func ramp(_ seconds: Double, isComplete: Bool = true, executor: String = "ramping-vus") -> ShardSummary {
      Samples.summary(isComplete: isComplete, executor: executor, seconds: seconds)
    }
    #expect(window([ramp(6.4), ramp(10)])?.tenths == 0..<100)
    #expect(window([ramp(6.4, isComplete: false), ramp(10)])?.tenths == 0..<64, "it died")
    #expect(window([ramp(6.4, executor: "constant-vus"), ramp(10)])?.tenths == 0..<64)
    #expect(window([ramp(10.6), ramp(11)])?.tenths == 0..<106, "graceful ramp-down is load")
  }
}
