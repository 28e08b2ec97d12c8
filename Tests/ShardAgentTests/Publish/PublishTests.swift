import Foundation
import Logging
import Shared
import Synchronization
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct PublishTests {
  @Test func `a flood is cut to its budget, and what is left out is counted`() {
    var budget = ForwardingBudget()
    var passed = 0
    for line in 0..<10_000 {
      let now = UTCInstant(nanoseconds: Int64(line) * 1_000_000)  // ten seconds
      if budget.admit(at: now) != nil { passed += 1 }
    }
    #expect((290...310).contains(passed), "a burst of 100 and 20 a second")
    #expect(
      budget.admit(at: UTCInstant(nanoseconds: 60_000_000_000)) == 10_000 - passed - leftOutBefore(passed))
  }

  /// Of the lines left out, those that an admitted line has already reported.
  private func leftOutBefore(_ passed: Int) -> Int {
    var budget = ForwardingBudget()
    var reported = 0
    for line in 0..<10_000 {
      reported += budget.admit(at: UTCInstant(nanoseconds: Int64(line) * 1_000_000)) ?? 0
    }
    return reported
  }

  @Test func `k6's words are kept whole and passed on as JSON`() throws {
    let path = try temporaryFolder().appending(path: "k6.log.gz").path
    let logged = Mutex<[UInt8]>([])
    var logger = Logger(label: "test") { _ in
      JSONLog(now: { UTCInstant(nanoseconds: 0) }, write: { bytes in logged.withLock { $0 += bytes } })
    }
    logger[metadataKey: "shard.index"] = "3"
    let console = K6ConsoleFile(path: path, logger: logger, now: { UTCInstant(nanoseconds: 0) })
    let text = Array((0..<500).map { "line \($0) \"é\"\n" }.joined().utf8) + Array("no newline".utf8)
    for chunk in stride(from: 0, to: text.count, by: 77) {
      console.take(Array(text[chunk..<min(chunk + 77, text.count)]).span)
    }
    console.finish()
    let records = try lines(logged.withLock(\.self)).map {
      try JSONDecoder().decode([String: String].self, from: Data($0))
    }
    #expect(records.filter { $0["message"] == "k6 says" }.count == 100)
    #expect(records[0]["k6.line"] == "line 0 \"é\"" && records[0]["shard.index"] == "3")
    #expect(records.last?["lines.left_out"] == "401")
    #expect(try gunzipped(path) == text)
  }

  private func gunzipped(_ path: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    defer { process.waitUntilExit() }
    return [UInt8](try pipe.fileHandleForReading.readToEnd() ?? Data())
  }

  @Test func `the summary is k6's document without setup's data, plus ours`() throws {
    let document = SummaryDocument(k6Summary: try recorded("k6-1.1.0/mixed-summary.json"), grid: .sample())
    let data = Data(try encoded(document))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(object.keys) == ["root_group", "metrics", "grid"])
    let own =
      try JSONSerialization.jsonObject(with: Data(recorded("k6-1.1.0/mixed-summary.json"))) as! [String: Any]
    #expect(
      NSDictionary(dictionary: object["metrics"] as! [String: Any]).isEqual(
        to: own["metrics"] as! [String: Any]))
    #expect(!String(decoding: data, as: UTF8.self).contains("héllo"), "setup's return value")
  }

  @Test func `without k6's document, or with a broken one, ours is still there`() throws {
    for bytes in [nil, Array("{\"metrics\":".utf8), Array("[]".utf8)] as [[UInt8]?] {
      let data = Data(try encoded(SummaryDocument(k6Summary: bytes, grid: .sample())))
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(Set(object.keys) == ["grid"])
    }
  }
}

extension ShardSummary {
  static func sample() -> ShardSummary {
    ShardSummary(
      shard: ShardIdentity(
        run: RunID("2026-11-23")!, nonce: "n", index: 0, count: 1, attempt: 1, task: "pid-1"),
      suite: "s", executionSegment: "0:1", scriptDigest: "d", k6Version: "1.1.0",
      ending: K6Ending(
        exitCode: 0, signal: nil, wroteSummary: true, isEmptyShard: false,
        isComplete: true,
        meaning: "k6 ran to its end"),
      startAt: nil, startedAt: nil, loadStartedAt: nil, loadEndedAt: nil,
      writtenAt: UTCInstant(nanoseconds: 0),
      script: ScriptPlan(thresholds: [], scenarios: [], maxVUs: 1, totalSeconds: 1),
      generator: GeneratorHealth(k6CPUSeconds: nil, cpuLimit: 1, cpuShare: nil), stream: StreamHealth(),
      reportTags: [],
      metrics: [], submetrics: [])
  }
}
