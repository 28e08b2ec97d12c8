import Foundation
import Logging
import Shared
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct EMFPublisherTests {
  /// A shard of a run, without k6: the test writes its stream.
  private final class Run: Sendable {
    let stream = SampleStream(reportTags: SampleAggregator.usualReportTags, seriesCap: 500)
    let logged = Mutex<[String]>([])
    private let random = Mutex(SeededGenerator(seed: 4))

    init() {
      for (metric, type) in [
        ("http_reqs", "counter"), ("http_req_failed", "rate"), ("http_req_duration", "trend"),
        ("data_sent", "counter"), ("vus", "gauge"),
      ] {
        write(
          #"{"type":"Metric","data":{"name":"\#(metric)","type":"\#(type)","contains":"default","thresholds":[],"submetrics":null},"metric":"\#(metric)"}"#
        )
      }
    }

    private func write(_ line: String) { stream.take(Array("\(line)\n".utf8).span) }

    func requests(_ count: Int, at: UTCInstant) {
      for _ in 0..<count {
        let uniform = random.withLock { Double.random(in: 0..<1, using: &$0) }
        let name = uniform < 0.5 ? "a" : "b"
        for (metric, value) in [
          ("http_reqs", 1), ("http_req_failed", uniform < 0.1 ? 1 : 0),
          ("http_req_duration", exp(uniform * uniform * 6 + 2)), ("data_sent", 87), ("vus", 5),
        ] {
          write(
            #"{"metric":"\#(metric)","type":"Point","data":{"time":"\#(at)","value":\#(value),"tags":{"name":"\#(name)"}}}"#
          )
        }
      }
    }

    func context(_ host: ShardAgent.Host) throws -> ShardContext {
      var raw = RawShardOptions(script: "load.js")
      raw.store = "file:///nowhere"
      let options = try ShardOptions(raw) { _ in true }
      var logger = Logger(label: "test") { _ in
        JSONLog(now: host.now) { bytes in
          self.logged.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
      }
      logger.logLevel = .warning
      return ShardContext(
        shard: ShardIdentity(
          run: RunID("2026-11-23")!, nonce: "n", index: 0, count: 1, attempt: 1, task: "pid-1"),
        plan: RunPlan(
          run: RunID("2026-11-23")!, nonce: "n", suite: "s", shardCount: 1, script: "load.js",
          scriptDigest: "d", createdAt: host.now()),
        script: ScriptPlan(thresholds: [], scenarios: [], maxVUs: 1, totalSeconds: 1), k6Version: "1.1.0",
        localScript: LocalScript(path: "load.js", digest: "d"), options: options, host: host,
        store: try liveStore(options.store, environment: [:]),
        logger: logger)
    }

    func publisher(_ host: ShardAgent.Host, _ output: MetricOutputFile) throws -> EMFPublisher {
      let context = try context(host)
      return EMFPublisher(
        try #require(context.options.emf), context, stream: stream, monitor: GeneratorMonitor(host: host),
        output: output)
    }
  }

  private func documents(_ bytes: [UInt8], _ now: UTCInstant) throws -> [EMFLine] {
    try lines(bytes).map { line in
      #expect(EMFValidator.violations(line + [10], now: Double(now.nanoseconds) / 1e6) == [])
      return try EMFLine(line)
    }
  }

  /// What the summary will say is what the documents say together.
  private func expectSame(_ documents: [EMFLine], _ stream: SampleStream) throws {
    func total(_ name: String) -> Aggregate? { stream.with { $0.total(name) } }
    guard case .counter(let requests)? = total("http_reqs"),
      case .rate(let failed)? = total("http_req_failed"),
      case .trend(let durations)? = total("http_req_duration"), case .counter(let sent)? = total("data_sent")
    else {
      Issue.record("the stream was not read")
      return
    }
    func sum(_ name: String) -> Double { documents.reduce(0) { $0 + $1.sum(name) } }
    #expect(sum("http_reqs") == requests.sum.value && sum("data_sent") == sent.sum.value)
    #expect(sum("http_req_failed") == Double(failed.passes))
    #expect(documents.reduce(0) { $0 + $1.count("http_req_failed") } == Double(failed.count))
    let pooled = documents.flatMap { $0.values("http_req_duration") }
    #expect(pooled.reduce(0) { $0 + $1.count } == Double(durations.count))
    let error = documents.compactMap { $0.root["http_req_duration_error"]?.number }.max() ?? 0
    #expect(error > 0 && error < 0.1, "\(error)")
    for quantile in [0.01, 0.5, 0.9, 0.95, 0.99, 1] {
      let exact = try #require(durations.histogram.value(at: quantile))
      let shown = try #require(pooledQuantile(pooled, quantile))
      // The histogram's own value is within half a bucket of the sample.
      #expect(abs(shown - exact) <= (error + 0.0005) * exact, "\(quantile): \(shown) for \(exact)")
    }
  }

  @Test
  func `the documents of a run add up to its summary, samples of setup and of the end included`()
    async throws
  {
    let path = try temporaryFolder().appending(path: "emf.ndjson").path
    let file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWrite)
    let output = MetricOutputFile(file) { Issue.record("\($0)") }
    let run = Run()
    let seconds = Mutex(0)
    let machine = Mutex<TestHost?>(nil)
    let started = Mutex<UTCInstant?>(nil)
    let host = TestHost { duration in
      let now = machine.withLock { $0!.now }
      guard duration > .milliseconds(100) else {
        // Not yet started, or the end's wait: a document on its way needs real time.
        usleep(1000)
        if started.withLock({ $0 }) == nil {
          run.requests(3, at: now)
          run.stream.with { $0.start(at: now) }
          started.withLock { $0 = now }
        }
        return
      }
      try eventually("the document is written") { output.state == .ready }
      let second = seconds.withLock { seconds in
        seconds += 1
        return seconds
      }
      if second > 6 { throw CancellationError() }
      run.requests(second == 3 ? 0 : 700, at: now)
    }
    machine.withLock { $0 = host }
    let publisher = try run.publisher(host.host(), output)
    await publisher.run { started.withLock { $0 } }
    run.requests(40, at: host.now)
    await publisher.finish(startAt: started.withLock { $0 })
    try file.close()
    let written = try documents(readFile(FilePath(path)), host.now)
    #expect(written.count == 7, "one a second, and the rest")
    #expect(written.map { $0.count("http_req_duration") } == [703, 700, 0, 700, 700, 700, 40])
    #expect(written.prefix(6).allSatisfy { $0.root["interval_seconds"] == .number(1) })
    let start = try #require(started.withLock { $0 })
    #expect(
      written.prefix(6).compactMap { $0.root["_aws"]?["Timestamp"]?.number }
        == (1...6).map { Double(start.nanoseconds / 1_000_000 + $0 * 1000) })
    try expectSame(written, run.stream)
    #expect(run.logged.withLock(\.self) == [])
  }

  @Test func `a slow reader loses no sample`() async throws {
    let pipe = try FullPipe()
    let output = MetricOutputFile(pipe.writer) { Issue.record("\($0)") }
    let run = Run()
    let machine = Mutex<TestHost?>(nil)
    let seconds = Mutex(0)
    let reading = Mutex<Drain?>(nil)
    let host = TestHost { duration in
      if duration <= .milliseconds(100) {
        usleep(1000)
        return
      }
      let second = seconds.withLock { seconds in
        seconds += 1
        return seconds
      }
      if second > 10 { throw CancellationError() }
      run.requests(50, at: machine.withLock { $0!.now })
      if second == 8 { reading.withLock { $0 = pipe.drain() } }
      if second > 8 { try eventually("it is taken") { output.state == .ready } }
    }
    machine.withLock { $0 = host }
    let start = host.now
    run.stream.with { $0.start(at: start) }
    let publisher = try run.publisher(host.host(), output)
    await publisher.run { start }
    run.requests(5, at: host.now)
    await publisher.finish(startAt: start)
    pipe.closeWriter()
    let read = reading.withLock(\.self)
    let written = try documents(try #require(read).wait(), host.now)
    let counts = written.map { $0.count("http_req_duration") }
    // The reader may be back before or behind the eighth second's document.
    #expect(
      [[50, 400, 50, 5], [50, 350, 50, 50, 5]].contains(counts), "what was not taken waits: \(counts)")
    try expectSame(written, run.stream)
    #expect(run.logged.withLock(\.self) == [])
  }

  @Test func `a reader that takes nothing any more costs a warning at the end`() async throws {
    let pipe = try FullPipe()
    let output = MetricOutputFile(pipe.writer) { _ in }
    let run = Run()
    let seconds = Mutex(0)
    let host = TestHost { duration in
      let second = seconds.withLock { seconds in
        seconds += duration >= .milliseconds(500) ? 1 : 0
        return seconds
      }
      if second > 5, duration >= .milliseconds(500) { throw CancellationError() }
    }
    let start = host.now
    run.stream.with { $0.start(at: start) }
    run.requests(50, at: start)
    let publisher = try run.publisher(host.host(), output)
    await publisher.run { start }
    let before = host.now
    await publisher.finish(startAt: start)
    #expect(host.now.seconds(since: before) < 5)
    let logged = run.logged.withLock(\.self)
    #expect(logged.count == 1 && logged[0].contains("the last metrics are lost"), "\(logged)")
    pipe.closeReader()
    try eventually("the thread's end") { output.state == .broken }
    pipe.closeWriter()
  }

  @Test func `a k6 that was never let go has no documents`() async throws {
    let path = try temporaryFolder().appending(path: "emf.ndjson").path
    let file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWrite)
    let run = Run()
    let host = TestHost { _ in throw CancellationError() }
    let publisher = try run.publisher(host.host(), MetricOutputFile(file) { Issue.record("\($0)") })
    await publisher.run { nil }
    await publisher.finish(startAt: nil)
    try file.close()
    #expect(try readFile(FilePath(path)).isEmpty)
  }
}
