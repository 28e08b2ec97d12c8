import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// What a shard writes to stdout, with real k6.
  @Suite(.serialized) struct LiveMetricsTests {
    private let folder: URL
    private let script = repositoryRoot().appending(path: "docker/rehearsal/load.js").path

    /// LIVE_METRICS_SECONDS=60 makes a longer run of it.
    private let seconds = Int(ProcessInfo.processInfo.environment["LIVE_METRICS_SECONDS"] ?? "") ?? 5

    init() throws { folder = try temporaryFolder() }

    private func environment(_ staging: StagingServer, _ k6: K6 = .newest, duration: String)
      -> [String: String]
    {
      [
        "K6_BIN": k6.path, "TMPDIR": folder.path, "BASE_URL": staging.address,
        "REHEARSAL_DURATION": duration, "GRID_STORE": "file://\(folder.path)/out",
      ]
    }

    /// The only shard's.
    private func summaryBytes() throws -> [UInt8] {
      let out = folder.appending(path: "out")
      let path = try FileManager.default.subpathsOfDirectory(atPath: out.path).first {
        $0.hasSuffix("/shard-0/summary.json")
      }
      return [UInt8](try Data(contentsOf: out.appending(path: try #require(path))))
    }

    private func summary() throws -> JSON { try JSON(summaryBytes()) }

    @Test(arguments: K6.allCases) func `every line is what CloudWatch takes, and they add up to the summary`(
      k6: K6
    ) async throws {
      let staging = try await StagingServer()
      let ending = try await Program.run(
        "shard-agent", ["run", script, "--emf", "shard", "--emf-resolution", "1", "--suite", "live"],
        environment: environment(staging, k6, duration: "\(seconds)s"))
      #expect(ending.code == 0, "\(ending.errors)")
      let documents = try emfDocuments(Array(ending.output.utf8))
      #expect(
        (seconds...(seconds + 2)).contains(documents.count), "one a second, and the rest: \(documents.count)")
      for line in lines(Array(ending.errors.utf8)) {
        #expect(try JSON(line)["message"]?.string != nil, "stderr is log lines")
      }
      let summary = try summary()
      try expectSame(documents, summary)
      let health = ["generator_k6_cpu", "generator_agent_cpu", "generator_stream_lag"]
      for name in health { #expect(documents[1].root[name]?.number.map { $0 >= 0 } == true, "\(name)") }
      let generator = try #require(summary["grid"]?["generator"])
      #expect(generator["cpu_share"]?.number.map { (0.001...1).contains($0) } == true)
      #expect(generator["agent_cpu_share"]?.number.map { (0.0001...1).contains($0) } == true)
      #expect(generator["k6_peak_resident_bytes"]?.number.map { $0 > 1e7 } == true)
      #expect(generator["greatest_stream_lag_seconds"]?.number.map { $0 > 0 && $0 < 3 } == true)
    }

    /// k6's own summary, which nobody of ours has counted.
    private func expectSame(_ documents: [EMFLine], _ summary: JSON) throws {
      func own(_ metric: String, _ member: String) -> Double? { summary["metrics"]?[metric]?[member]?.number }
      func sum(_ name: String) -> Double { documents.reduce(0) { $0 + $1.sum(name) } }
      func count(_ name: String) -> Double { documents.reduce(0) { $0 + $1.count(name) } }
      for name in ["http_reqs", "iterations", "data_sent", "data_received"] {
        #expect(sum(name) == own(name, "count"), "\(name)")
      }
      #expect(sum("dropped_iterations") == own("dropped_iterations", "count") ?? 0)
      for name in ["http_req_failed", "checks"] {
        let passes = try #require(own(name, "passes"))
        let fails = try #require(own(name, "fails"))
        #expect(sum(name) == passes && count(name) == passes + fails, "\(name)")
      }
      let pooled = documents.flatMap { $0.values("http_req_duration") }
      #expect(pooled.reduce(0) { $0 + $1.count } == own("http_reqs", "count"))
      let errors = documents.compactMap { $0.root["http_req_duration_error"]?.number }
      let error = try #require(errors.max())
      let histogram = try durations()
      for quantile in [0.5, 0.95, 0.99] {
        let exact = try #require(histogram.value(at: quantile))
        let shown = try #require(pooledQuantile(pooled, quantile))
        // The histogram's own value is within half a bucket of the sample.
        #expect(
          abs(shown - exact) <= (error + 0.0005) * exact, "\(quantile): \(shown) for \(exact), \(error)")
      }
    }

    /// The summary's own histogram of the durations, over all series.
    private func durations() throws -> Histogram {
      struct Envelope: Decodable { let grid: ShardSummary }
      let envelope = try decoded(Envelope.self, from: summaryBytes(), name: "summary.json")
      var whole = Histogram()
      for record in envelope.grid.metrics where record.metric == "http_req_duration" {
        guard case .trend(let trend) = try record.aggregate() else { continue }
        whole.merge(trend.histogram)
      }
      return whole
    }

    /// Runs a shard in a shell whose pipe goes to `reader`. Its exit code is in the file `code` then.
    private func run(before: String, reader: String, _ staging: StagingServer) async throws -> Program.Ending
    {
      let agent = Program.folder.appending(path: "shard-agent").path
      let code = folder.appending(path: "code").path
      let line = "{ \(before); '\(agent)' run '\(script)'; echo $? > '\(code)'; } | \(reader)"
      return try await Program.run(
        "", ["-c", line.replacing("CODE", with: code)], environment: environment(staging, duration: "3s"),
        at: URL(fileURLWithPath: "/bin/sh"))
    }

    private func expectWholeRun() throws {
      #expect(try String(contentsOf: folder.appending(path: "code"), encoding: .utf8) == "0\n")
      let summary = try summary()
      #expect(summary["grid"]?["ending"]?["is_complete"] == .bool(true))
      #expect(summary["metrics"]?["http_reqs"]?["count"]?.number.map { $0 > 250 } == true)
    }

    @Test func `a stdout that nobody reads stops neither the stream nor the summary`() async throws {
      let staging = try await StagingServer()
      // The pipe is full before the agent begins.
      let ending = try await run(
        before: "head -c 65536 /dev/zero", reader: "while [ ! -s 'CODE' ]; do sleep 0.1; done", staging)
      try expectWholeRun()
      #expect(ending.errors.components(separatedBy: "the last metrics are lost").count == 2)
      #expect(try summary()["grid"]?["stream"]?["malformed"] == .number(0))
    }

    @Test func `a stdout that is closed is said once, and costs nothing`() async throws {
      let staging = try await StagingServer()
      let ending = try await run(before: "sleep 0.5", reader: "true", staging)
      try expectWholeRun()
      #expect(ending.errors.components(separatedBy: "there are no more metrics").count == 2)
      #expect(ending.errors.contains("Broken pipe"))
    }

    @Test func `none are written when none are wanted`() async throws {
      let staging = try await StagingServer()
      let ending = try await Program.run(
        "shard-agent", ["run", script, "--emf", "off"], environment: environment(staging, duration: "2s"))
      #expect(ending.code == 0 && ending.output.isEmpty, "\(ending.output)")
    }
  }
}

/// Lines that were written a moment ago, each checked.
func emfDocuments(_ bytes: [UInt8]) throws -> [EMFLine] {
  #expect(bytes.last == 10, "the last line is whole")
  return try lines(bytes).map { line in
    #expect(EMFValidator.violations(line + [10], now: Date().timeIntervalSince1970 * 1000) == [])
    return try EMFLine(line)
  }
}
