import Shared
import Testing

@Suite struct RunPlanTests {
  /// A plan of a coordinator that does not say which tags its thresholds select by is not one without any.
  @Test(arguments: [nil, [], ["proto"]] as [[String]?])
  func `the tags of the thresholds may be unknown`(tags: [String]?) throws {
    let plan = RunPlan(
      run: RunID("2026-11-23")!, nonce: "n", suite: "s", shardCount: 1, script: "load.js", scriptDigest: "d",
      createdAt: UTCInstant(nanoseconds: 0), thresholdTags: tags)
    let bytes = try encoded(plan)
    #expect(String(decoding: bytes, as: UTF8.self).contains("threshold_tags") == (tags != nil))
    #expect(try decoded(RunPlan.self, from: bytes, name: "run.json") == plan)
  }
}
