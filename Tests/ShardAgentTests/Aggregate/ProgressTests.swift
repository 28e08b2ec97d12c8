import Shared
import TestSupport
import Testing

@testable import ShardAgent

/// What `progress.json` says of a stream whose samples come at known times.
@Suite struct ProgressTests {
  private let startAt = UTCInstant(rfc3339: Array("2026-11-23T00:00:00Z".utf8).span)!
  private let shard = ShardIdentity(
    run: RunID("2026-11-23")!, nonce: "n", index: 0, count: 1, attempt: 1, task: "pid-1")

  private func times(
    _ phase: ShardProgress.Phase = .running, loadStartedAt: Double? = 0.01, loadEndedAt: Double? = nil
  ) -> LoadTimes {
    LoadTimes(
      startAt: startAt, startedAt: startAt.advanced(bySeconds: 0.01), phase: phase,
      loadStartedAt: loadStartedAt.map { startAt.advanced(bySeconds: $0) },
      loadEndedAt: loadEndedAt.map { startAt.advanced(bySeconds: $0) })
  }

  /// - Parameter requests: seconds since the start of each, and how long it took in milliseconds.
  private func aggregator(
    _ requests: [(at: Double, took: Double)], selectors: [String: [Double]] = [:], groups: Int = 1
  ) throws -> SampleAggregator {
    var aggregator = SampleAggregator()
    aggregator.select(try selectors.map { (selector: try MetricSelector($0.key), limits: $0.value) })
    aggregator.start(at: startAt)
    for (metric, type) in [("http_reqs", "counter"), ("http_req_duration", "trend"), ("vus", "gauge")] {
      let text =
        #"{"type":"Metric","data":{"name":"\#(metric)","type":"\#(type)","contains":"default"},"metric":"\#(metric)"}"#
      aggregator.ingest(Array(text.utf8).span)
    }
    for (number, request) in requests.enumerated() {
      let time = startAt.advanced(bySeconds: request.at)
      for (metric, value) in [("http_reqs", 1), ("http_req_duration", request.took), ("vus", 3)] {
        let text =
          #"{"metric":"\#(metric)","type":"Point","data":{"time":"\#(time)","value":\#(value),"tags":{"group":"g\#(number % groups)"}}}"#
        aggregator.ingest(Array(text.utf8).span)
      }
    }
    #expect(aggregator.health.malformed == 0)
    return aggregator
  }

  private func progress(
    _ aggregator: SampleAggregator, at now: Double, _ times: LoadTimes? = nil
  ) -> ShardProgress {
    aggregator.progress(shard, at: startAt.advanced(bySeconds: now), times ?? self.times(), vus: 3)
  }

  private func steady(_ seconds: Double) -> [(at: Double, took: Double)] {
    stride(from: 0.02, to: seconds, by: 0.05).map { ($0, 5) }
  }

  @Test func `the recent seconds are whole, at most ten, and a second without requests is one of them`()
    throws
  {
    let busy = try aggregator(steady(30))
    #expect(
      progress(busy, at: 25.4).recent
        == RecentRequests(firstSecond: 15, requests: .init(repeating: 20, count: 10)))
    // 0.2 s after the second's end k6 may not have written all of it.
    #expect(progress(busy, at: 25.2).recent.firstSecond == 14)
    #expect(progress(busy, at: 2.4).recent == RecentRequests(firstSecond: 0, requests: [20, 20]))
    #expect(progress(busy, at: 35.4).recent.requests == [20, 20, 20, 20, 20, 0, 0, 0, 0, 0])
    #expect(progress(busy, at: 0.5).recent.rate == nil)
    #expect(progress(busy, at: 12, times(.setup, loadStartedAt: nil)).recent.requests.isEmpty)
    // A load that begins in the middle of a second has its first whole one behind it.
    #expect(progress(busy, at: 7.4, times(loadStartedAt: 4.5)).recent.firstSecond == 5)
    #expect(progress(busy, at: 7.4, times(loadStartedAt: 4.05)).recent.firstSecond == 4)
  }

  @Test func `the rate of a counter is of its own load, without setup()'s requests and what is not read yet`()
    throws
  {
    let busy = try aggregator(steady(20), selectors: ["http_reqs": []])
    func rate(_ now: Double, _ times: LoadTimes) -> Double? {
      progress(busy, at: now, times).submetrics[0].rate
    }
    #expect(rate(10, times()) == 20)
    #expect(rate(30.3, times()).map { abs($0 - 400.0 / 30) < 0.1 } == true)
    #expect(rate(30.3, times(.ended, loadEndedAt: 20)) == 20)
    #expect(rate(10, times(loadStartedAt: 4)) == 20)
    #expect(rate(4.3, times(loadStartedAt: 4)) == nil, "no whole tenth has been read")
    #expect(rate(10, times(.setup, loadStartedAt: nil)) == nil)
    #expect(progress(busy, at: 10, times(loadStartedAt: 4)).submetrics[0].series.count == 400)
  }

  @Test func `every selector has what it is judged by, and what grows with the time is left out`() throws {
    let selectors: [String: [Double]] = [
      "http_reqs": [], "http_req_duration": [6], "http_req_duration{group:g0}": [4, 6], "vus": [],
      "never_seen": [],
    ]
    let seen = try aggregator(steady(100), selectors: selectors)
    let progress = progress(seen, at: 100)
    let found = Dictionary(uniqueKeysWithValues: progress.submetrics.map { ($0.selector, $0.series) })
    #expect(Set(found.keys) == ["http_reqs", "http_req_duration", "http_req_duration{group:g0}", "vus"])
    guard case .trend(let trend)? = try found["http_req_duration"]?.aggregate(isStanding: true) else {
      return #expect(Bool(false), "no trend")
    }
    #expect((trend.count, trend.min, trend.max, trend.sum.value) == (2000, 5, 5, 10_000))
    #expect(trend.limits.map(\.below) == [2000])
    #expect(throws: RecordContradiction.self, "a summary has its histograms") {
      try found["http_req_duration"]?.aggregate()
    }
    let text = String(decoding: try encoded(progress.submetrics), as: UTF8.self)
    for member in ["histogram", "per_second", "per_tenth_second"] {
      #expect(!text.contains(member), "\(member)")
    }
    #expect(progress.contradiction == nil)
  }

  /// Ten thresholds, and 6,000 requests of 0.1 ms to a minute. Of ten million all 19,000 buckets of that range are in
  /// use, with three digits each.
  @Test func `its size does not grow with the run's length, and has a bound`() throws {
    var random = SeededGenerator(seed: 11)
    let selectors: [String: [Double]] = Dictionary(
      uniqueKeysWithValues: (0..<9).map { ("http_req_duration{group:g\($0)}", [800.0]) } + [("http_reqs", [])]
    )
    func size(_ length: Double) throws -> Int {
      let requests = (0..<6_000).map { request in
        (
          at: Double(request) / 6_000 * length,
          took: 0.1 * Double.random(in: 0...1, using: &random).overOctaves(19.2)
        )
      }
      return try encoded(progress(aggregator(requests, selectors: selectors, groups: 9), at: length)).count
    }
    let (short, long) = (try size(300), try size(3000))
    #expect(abs(long - short) < 200, "\(short) and \(long) bytes")
    #expect(long < 16_000, "\(long) bytes")

    var full = Histogram()
    for bucket in 0..<19_660 {
      full.record(
        0.1 * (Double(bucket) / 19_660).overOctaves(19.2), count: .random(in: 1...1000, using: &random))
    }
    let fullSize = try encoded(["histogram": full]).count
    #expect(fullSize < 64_000, "\(fullSize) bytes for \(full.count) samples")
  }
}

extension Double {
  /// From 0...1 to 1...2^octaves, as many in every octave.
  fileprivate func overOctaves(_ octaves: Double) -> Double {
    let place = self * octaves
    return Double(sign: .plus, exponent: Int(place), significand: 1 + place - place.rounded(.down))
  }
}
