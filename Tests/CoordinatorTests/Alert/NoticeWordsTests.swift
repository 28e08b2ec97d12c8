import Shared
import Testing

@testable import Coordinator

@Suite struct NoticeWordsTests {
  private func story(_ story: NoticeSamples.Story, _ change: (AlertFacts) throws -> AlertFacts = { $0 })
    async throws -> String
  {
    let (notice, facts) = try await NoticeSamples.told(story)
    return NoticeWords(notice, try change(facts)).story.joined(separator: " ")
  }

  @Test func `whether the generators are to blame is said from what is known of them`() async throws {
    let agree = try await story(.failing)
    #expect(agree.contains("10 of 10 shards agree, and the CPU of the load generators peaked at "))
    #expect(agree.hasSuffix(": they are not the cause."))
    let dropped = try await story(.failing) { try $0.with { $0.droppedIterations = 12 } }
    #expect(dropped.hasSuffix("The load generators may have a part in it: 12 iterations were dropped."))
    let busy = try await story(.failing) { try $0.with(cpu: 0.914) }
    #expect(
      busy.hasSuffix(
        "A load generator was out of breath, and may have a part in it: the CPU of the load generators peaked at 91 %."
      ), "\(busy)")
    let unknown = try await story(.failing) { try $0.with(cpu: .some(nil)) }
    #expect(!unknown.contains("generators"))
    let apart = try await story(.failing) {
      try $0.with(outliers: ["Shard 7 stands apart: p95 1,077\u{202F}ms against 505 for the rest", "b", "c"])
    }
    #expect(
      apart.hasSuffix("Shard 7 stands apart: p95 1,077 ms against 505 for the rest. b. So do 1 more."),
      "\(apart)")
  }

  @Test func `too few requests and usual response times are no proof against the load itself`() async throws {
    let text = try await story(.throughput)
    #expect(text.hasSuffix("look at the load's own rate and VUs as well."))
    #expect(!text.contains("not the cause"))
  }

  @Test func `since when, without a step`() async throws {
    #expect(try await story(.firstFail).hasPrefix("The last pass was on 21 Nov. "))
    let text = try await story(.failing) { try $0.with(release: "v2.41", step: .some(nil)) }
    #expect(
      text.hasPrefix("It began on 21 Nov (v2.41, 4 commits). The last pass was on 19 Nov. Moved most: "),
      "\(text)")
    let (notice, facts) = try await NoticeSamples.told(.failing)
    let words = NoticeWords(notice, try facts.with(step: .some(nil)))
    #expect(words.reason.hasSuffix(", limit < 800 ms; since 21 Nov"))
  }

  @Test(
    arguments: [
      (NoticeSamples.Story.failing, "checkout-api nightly load test failed, second night."),
      (.firstFail, "checkout-api nightly load test failed."),
      (.recovered, "checkout-api nightly load test recovered on 22 Nov, after 2 failing nights."),
      (.degraded, "checkout-api nightly load test is slower than usual; no limit is crossed."),
      (.asUsual, "checkout-api nightly load test is as fast as usual again."),
      (.incomplete, "checkout-api nightly load test could not be judged."),
      (.notRunning, "checkout-api nightly load test could not be judged, second night in a row."),
      (
        .runsAgain,
        "checkout-api nightly load test was judged again on 22 Nov, after 2 nights without a verdict."
      ),
    ])
  func `the first line says it all`(story: NoticeSamples.Story, headline: String) async throws {
    let (notice, facts) = try await NoticeSamples.told(story)
    #expect(NoticeWords(notice, facts).headline == headline)
  }

  @Test(
    arguments: [
      ("▲ 32 %", "+32 %"), ("▼ 0.17 pp", "-0.17 pp"), ("≥ 2\u{202F}000", ">= 2 000"),
      ("\u{2212}3 – …", "-3 - ..."),
      ("Größe", "Größe"),
    ])
  func `our own signs are ASCII`(text: String, plain: String) {
    #expect(PlainText.ascii(text) == plain)
  }

  @Test func `lines are wrapped between words`() {
    #expect(PlainText.wrapped("aa bb cc ddddddd e", width: 5) == ["aa bb", "cc", "ddddddd", "e"])
    #expect(PlainText.wrapped("") == [])
    #expect(PlainText.outside("a<\u{0D4E}b\u{202E}\n…") == "a<\u{0D4E}b ...")
    #expect(PlainText.cut("abcdefghij", most: 8) == "abcd..ij")
    #expect(PlainText.cut("abcdefghij", most: 3) == "abc" && PlainText.cut("abc", most: -1) == "")
  }
}
