import Foundation
import Shared
import TestSupport
import Testing

@testable import ShardAgent

/// The short way of the usual line comes to what the strict reader comes to, on any stream, cut anywhere.
@Suite struct UsualLineTests {
  struct Gathered: Equatable {
    let health: StreamHealth
    let loadPoints: UInt64
    let series: [SeriesRecord]
    let submetrics: [ShardSummary.Submetric]
  }

  struct Settings: Sendable {
    var cap = 500
    /// Seconds from the first sample to the start.
    var startAfter = -1.0
    var selectors = ["http_req_duration{status:500}", "http_reqs{url:http://127.0.0.1:18080/b}", "checks"]
    /// After how many chunks the selectors and the start are known.
    var chunksBefore = 0
  }

  /// Three ways: the usual line by what is known; every byte looked at; and nothing remembered besides.
  enum Way: CaseIterable { case usual, strict, plain }

  private func gathered(_ chunks: [[UInt8]], _ settings: Settings, _ way: Way) throws -> Gathered {
    let stream = SampleStream(
      reportTags: SampleAggregator.usualReportTags, seriesCap: settings.cap, isStrict: way != .usual,
      remembersTags: way != .plain)
    let selectors = try settings.selectors.map { (selector: try MetricSelector($0), limits: [1.5, 400]) }
    let start = firstSecond(chunks).advanced(bySeconds: settings.startAfter)
    for (number, chunk) in chunks.enumerated() {
      if number == settings.chunksBefore {
        stream.with { $0.select(selectors) }
        stream.with { $0.start(at: start) }
      }
      stream.take(chunk.span)
    }
    stream.finish()
    return stream.with {
      Gathered(
        health: $0.health, loadPoints: $0.loadPoints, series: $0.seriesRecords(),
        submetrics: $0.submetricRecords())
    }
  }

  /// The second of the first sample that has one.
  private func firstSecond(_ chunks: [[UInt8]]) -> UTCInstant {
    let text = String(decoding: chunks.joined(), as: UTF8.self)
    let seconds = text.matches(of: #/"time":"(20[0-9:T-]+)/#).lazy.compactMap { time in
      UTCInstant(rfc3339: Array("\(time.1)Z".utf8).span)
    }
    return seconds.first ?? UTCInstant(nanoseconds: 0)
  }

  private func chunks(_ stream: [UInt8], upTo size: Int, using random: inout SeededGenerator) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...size, using: &random)
      chunks.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return chunks
  }

  @Test(arguments: recordedStreams) func `the same comes of every recorded stream`(name: String) throws {
    var random = SeededGenerator(seed: 31)
    let stream = try recorded(name)
    for (size, settings) in [
      (1 << 20, Settings()), (3000, Settings()), (200, Settings(chunksBefore: 5)), (9000, Settings(cap: 20)),
      (5000, Settings(startAfter: 0.7)), (70_000, Settings(cap: 1, chunksBefore: 1)),
    ] {
      let cut = chunks(stream, upTo: size, using: &random)
      let plain = try gathered(cut, settings, .plain)
      #expect(try gathered(cut, settings, .usual) == plain, "\(name) in chunks up to \(size)")
      #expect(try gathered(cut, settings, .strict) == plain, "\(name) in chunks up to \(size)")
      #expect(plain.health.lines == UInt64(lines(stream).count))
    }
  }

  /// Otherwise the other tests would compare the strict reader with itself.
  @Test(arguments: ["k6-0.57.0/mixed.ndjson", "k6-1.1.0/mixed.ndjson", "k6-2.2.0/mixed.ndjson"])
  func `nearly all lines of real k6 are usual`(name: String) throws {
    let stream = try recorded(name)
    var aggregator = SampleAggregator()
    aggregator.startWithFirstSample()
    var (at, usual, all) = (0, 0, 0)
    while let end = stream.span.firstIndex(of: 10, from: at) {
      all += 1
      if let next = aggregator.ingestUsual(stream.span, from: at) {
        #expect(next == end + 1)
        usual += 1
      } else {
        aggregator.ingest(stream.span.extracting(at..<end))
      }
      at = end + 1
    }
    #expect(usual > all * 95 / 100, "\(usual) of \(all)")
  }

  @Test(arguments: [
    "k6-1.1.0/mixed.ndjson", "k6-1.1.0/odd.ndjson", "k6-2.2.0/mixed.ndjson", "k6-2.2.0/tags.ndjson",
  ])
  func `the same comes of damaged streams`(name: String) throws {
    var random = SeededGenerator(seed: 77)
    let original = Array(try recorded(name).prefix(20_000))
    var malformed: UInt64 = 0
    for round in 0..<40 {
      let stream = damaged(original, using: &random)
      let cut = chunks(stream, upTo: 8000, using: &random)
      let settings = Settings(cap: round % 3 == 0 ? 15 : 500, chunksBefore: round % 2)
      let plain = try gathered(cut, settings, .plain)
      #expect(try gathered(cut, settings, .usual) == plain, "round \(round)")
      #expect(try gathered(cut, settings, .strict) == plain, "round \(round)")
      malformed += plain.health.malformed
    }
    #expect(malformed > 10)
  }

  /// Nothing is known yet that such a time could be taken for.
  @Test(arguments: ["", ".123"]) func `a first time of zeros is no time`(fraction: String) throws {
    let zeros = String(repeating: "\0", count: 19) + fraction + "Z"
    let lines = [Self.declaration, Self.line(time: zeros), Self.line(time: zeros), Self.line(), Self.line()]
    let stream = Array((lines.joined(separator: "\n") + "\n").utf8)
    let usual = try gathered([stream], Settings(), .usual)
    #expect(usual.health.malformed == 2)
    #expect(try gathered([stream], Settings(), .plain) == usual)
  }

  /// Mostly where a reader that goes by what it knows would be taken in: digits, quotes, braces, line ends, repeats.
  private func damaged(_ stream: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var stream = stream
    for _ in 0..<Int.random(in: 1...20, using: &random) {
      let at = Int.random(in: 0..<(stream.count - 40), using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: stream[at] = UInt8.random(in: 0...255, using: &random)
      case 1: stream[at] = Array("0123456789.-+eE\"\\{},:Z\n ".utf8).randomElement(using: &random)!
      case 2: stream.remove(at: at)
      case 3: stream.insert(Array("0\"}\n,\\".utf8).randomElement(using: &random)!, at: at)
      case 4: stream.removeSubrange(at..<(at + Int.random(in: 1...40, using: &random)))
      case 5:
        let piece = stream[at..<(at + Int.random(in: 1...40, using: &random))]
        stream.insert(contentsOf: Array(piece), at: Int.random(in: 0..<stream.count, using: &random))
      default: stream.swapAt(at, Int.random(in: 0..<stream.count, using: &random))
      }
    }
    return stream
  }

  private static let declaration =
    #"{"type":"Metric","data":{"name":"mm","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"mm"}"#

  private static func line(
    time: String = "2026-11-23T02:14:00.5Z", value: String = "1.5", tags: String = #"{"a":"b"}"#
  ) -> String {
    #"{"metric":"mm","type":"Point","data":{"time":"\#(time)","value":\#(value),"tags":\#(tags)}}"#
  }

  @Test(arguments: [
    line(value: "0"), line(value: "00"), line(value: "01"), line(value: "0.0"), line(value: "-0"),
    line(value: "1234567"),
    line(value: "12345678"), line(value: "123456789.123456789"), line(value: "0.1234567"),
    line(value: "0.12345678"),
    line(value: "1."), line(value: ".5"), line(value: "1e3"), line(value: "1e"), line(value: "-1.25"),
    line(value: "1.5 "),
    line(value: "+Inf"), line(value: "null"), line(value: "1e400"), line(value: ""),
    line(value: "1.7976931348623157e+308"),
    line(time: "2026-11-23T02:14:00Z"), line(time: "2026-11-23T02:14:00.Z"),
    line(time: "2026-11-23T02:14:00.123456789Z"),
    line(time: "2026-11-23T02:14:00.1234567890Z"), line(time: "2026-11-23T02:14:00.12345678Z"),
    line(time: "2026-11-23T02:14:60Z"), line(time: "2026-02-30T02:14:00.5Z"),
    line(time: "2026-11-23T02:14:00.5+01:00"),
    line(time: "2262-04-11T23:47:16.9Z"), line(time: "9999-12-31T23:59:59Z"),
    line(time: "1677-09-21T00:12:44Z"),
    line(tags: "{}"), line(tags: "{ }"), line(tags: #"{"a":"b",}"#), line(tags: #"{"a":"\u0062"}"#),
    line(tags: #"{"a":"b","a":"c"}"#),
    line(tags: #"{"name":"é"}"#), line(tags: #"{"name":"\#u{1}"}"#), line(tags: "null"),
    line(tags: #"{"a":1}"#),
    line(tags: #"{"name":"\#(String(repeating: "x", count: 1100))"}"#), line() + " ", line() + "}",
    line() + "\r",
    line().replacing("mm", with: "m"), line().replacing(#""type":"Point""#, with: #""type":"Pint""#),
    line().replacing("}}", with: #"},"metadata":{"vu":"1"}}"#), "", "{", declaration,
  ])
  func `a line at an edge is seen alike`(text: String) throws {
    // Twice, so that the second time everything is known; and lines behind it, so that it is not the last.
    let lines = [Self.declaration, Self.line(), text, text, Self.line(), Self.line(value: "7")]
    let stream = Array(
      (lines.joined(separator: "\n") + "\n" + String(repeating: Self.line() + "\n", count: 3)).utf8)
    let plain = try gathered([stream], Settings(), .plain)
    #expect(try gathered([stream], Settings(), .usual) == plain)
    #expect(try gathered([stream], Settings(), .strict) == plain)
  }
}
