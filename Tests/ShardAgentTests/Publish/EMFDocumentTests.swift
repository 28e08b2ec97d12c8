import Foundation
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct EMFDocumentTests {
  private static let now = UTCInstant(nanoseconds: 1_795_565_576_536_999_999)

  private func options(_ change: (inout RawShardOptions.EMF) -> Void = { _ in }) throws -> EMFOptions {
    var raw = RawShardOptions.EMF()
    change(&raw)
    return try #require(try EMFOptions(raw))
  }

  private func line(
    _ window: LiveTotals, _ options: EMFOptions, suite: String = "nightly",
    generator: GeneratorMonitor.Interval? = nil
  ) -> [UInt8] {
    EMFDocument(
      options,
      shard: ShardIdentity(
        run: RunID("2026-11-23")!, nonce: "n", index: 3, count: 10, attempt: 2, task: "pid-1"),
      suite: suite, at: Self.now, seconds: 1, window: window, generator: generator
    ).line
  }

  private func violations(_ line: [UInt8]) -> [String] {
    EMFValidator.violations(line, now: Double(Self.now.nanoseconds) / 1e6)
  }

  private var busy: LiveTotals {
    var window = LiveTotals()
    window.sums = ["http_reqs": 100, "data_sent": 8700]
    window.rates["http_req_failed"] = RateAggregate(count: 100, passes: 2)
    window.rates["checks"] = RateAggregate(count: 90, passes: 90)
    window.vus = 30
    for value in 1...100 { window.durations.record(Double(value)) }
    return window
  }

  @Test func `a document is what CloudWatch takes`() throws {
    let text = line(busy, try options())
    #expect(violations(text) == [])
    let document = try EMFLine(text)
    #expect(document.root["_aws"]?["Timestamp"] == .number(1_795_565_576_536))
    #expect(String(decoding: text, as: UTF8.self).contains(#""Timestamp":1795565576536}"#))
    #expect(document.root["Suite"] == .string("nightly") && document.root["Shard"] == .string("3"))
    #expect(document.root["Run"] == .string("2026-11-23") && document.root["Attempt"] == .number(2))
    #expect(document.sum("http_reqs") == 100 && document.sum("dropped_iterations") == 0)
    #expect(document.sum("http_req_failed") == 2 && document.count("http_req_failed") == 100)
    #expect(
      document.root["checks"] == .object(["Values": .array([.number(1)]), "Counts": .array([.number(90)])]))
    #expect(document.count("http_req_duration") == 100)
  }

  @Test func `what had no sample is left out, counts are 0`() throws {
    let text = line(LiveTotals(), try options())
    #expect(violations(text) == [])
    let names = try JSON(text).object.map { Set($0.keys) }
    #expect(
      names == [
        "_aws", "Suite", "Shard", "Run", "Attempt", "interval_seconds", "http_reqs", "iterations",
        "dropped_iterations", "data_sent", "data_received",
      ])
  }

  @Test func `the run is never a dimension, the shard only if wanted`() throws {
    func dimensions(_ options: EMFOptions) throws -> JSON? {
      try JSON(line(busy, options))["_aws"]?["CloudWatchMetrics"]?.array?.first?["Dimensions"]
    }
    #expect(try dimensions(options()) == .array([.array([.string("Suite")])]))
    #expect(
      try dimensions(options { $0.series = "shard" })
        == .array([.array([.string("Suite")]), .array([.string("Suite"), .string("Shard")])]))
    #expect(violations(line(busy, try options { $0.series = "shard" })) == [])
  }

  @Test func `seconds are kept apart if wanted`() throws {
    #expect(!String(decoding: line(busy, try options()), as: UTF8.self).contains("StorageResolution"))
    let text = line(busy, try options { $0.resolution = "1" })
    #expect(violations(text) == [])
    #expect(String(decoding: text, as: UTF8.self).contains(#""StorageResolution":1,"#))
  }

  @Test func `every metric has one unit, for ever`() throws {
    let generator = GeneratorMonitor.Interval.sample()
    let metrics = try #require(
      try JSON(line(busy, options(), generator: generator))["_aws"]?["CloudWatchMetrics"]?.array?.first?[
        "Metrics"]?.array)
    let units = Dictionary(
      uniqueKeysWithValues: metrics.map { ($0["Name"]?.string ?? "", $0["Unit"]?.string ?? "") })
    #expect(
      units == [
        "http_req_duration": "Milliseconds", "http_reqs": "Count", "http_req_failed": "None",
        "checks": "None",
        "iterations": "Count", "dropped_iterations": "Count", "data_sent": "Bytes", "data_received": "Bytes",
        "vus": "Count", "generator_k6_cpu": "Percent", "generator_agent_cpu": "Percent",
        "generator_throttled": "Percent", "generator_k6_run_delay": "Percent",
        "generator_stream_lag": "Milliseconds", "generator_memory": "Percent",
      ])
  }

  @Test func `the generator's figures are shares of its limits`() throws {
    let document = try EMFLine(line(busy, try options(), generator: .sample()))
    #expect(document.sum("generator_k6_cpu") == 50 && document.sum("generator_agent_cpu") == 10)
    #expect(
      document.sum("generator_throttled") == 75, "of two CPUs, 1.5 seconds in one second")
    #expect(document.sum("generator_k6_run_delay") == 25 && document.sum("generator_memory") == 75)
    #expect(document.sum("generator_stream_lag") == 210)
    let unlimited = try EMFLine(line(busy, try options(), generator: .sample(memoryLimit: nil)))
    #expect(unlimited.root["generator_memory"] == nil && unlimited.sum("generator_memory_bytes") == 750)
  }

  @Test func `the widest document stays below 16,000 bytes`() throws {
    var window = busy
    var random = SeededGenerator(seed: 1)
    for _ in 0..<5000 {
      window.durations.record(exp(Double.random(in: -700..<240, using: &random)), count: 1 << 44)
    }
    window.durations.record(-1)
    for name in LiveTotals.counters { window.sums[name] = 1.234_567_890_123_45e300 / 7 }
    for name in LiveTotals.rates { window.rates[name] = RateAggregate(count: 1 << 60, passes: 12345) }
    let text = line(
      window,
      try options {
        ($0.namespace, $0.series, $0.resolution) = (String(repeating: "n", count: 255), "shard", "1")
      }, suite: String(repeating: "s", count: 255), generator: .sample())
    #expect(violations(text).isEmpty, "\(violations(text))")
    #expect(text.count < 8000, "\(text.count)")
    #expect(try JSON(text)["http_req_duration_left_out"] == .number(1))
  }

  @Test func `a number that JSON does not have is left out`() throws {
    var window = busy
    window.sums = ["http_reqs": .infinity, "iterations": .nan, "data_sent": 0x1p361]
    window.vus = -.infinity
    let text = line(window, try options())
    #expect(violations(text) == [])
    #expect(try JSON(text)["http_reqs"] == nil && JSON(text)["vus"] == nil && JSON(text)["data_sent"] == nil)
  }
}

extension RateAggregate {
  fileprivate init(count: UInt64, passes: UInt64) {
    self.init()
    (self.count, self.passes) = (count, passes)
  }
}

extension GeneratorMonitor.Interval {
  /// A second on two CPUs.
  static func sample(memoryLimit: Int64? = 1000) -> GeneratorMonitor.Interval {
    func reading(_ seconds: Double, _ factor: Double) -> GeneratorReading {
      GeneratorReading(
        at: UTCInstant(nanoseconds: Int64(seconds * 1e9)), k6CPUSeconds: 3 + factor,
        agentCPUSeconds: 1 + factor * 0.2, throttledSeconds: factor * 1.5, k6RunDelaySeconds: factor * 0.5,
        k6ResidentBytes: nil, agentResidentBytes: nil, memoryBytes: 750)
    }
    return GeneratorMonitor.Interval(
      use: GeneratorUse(from: reading(0, 0), to: reading(1, 1), cpus: 2), memoryBytes: 750,
      memoryLimitBytes: memoryLimit, streamLagSeconds: 0.21)
  }
}
