import Shared
import Testing

@testable import ShardAgent

@Suite struct StreamLagTests {
  private func feed(_ stream: SampleStream, _ lines: [String]) -> UTCInstant? {
    stream.take(Array(lines.map { "\($0)\n" }.joined().utf8).span)
    return stream.with { $0.takeNewest() }
  }

  private func point(_ time: String) -> String {
    #"{"metric":"vus","type":"Point","data":{"time":"\#(time)","value":1,"tags":{}}}"#
  }

  @Test func `the newest sample is that of the piece, whatever came before it`() {
    let stream = SampleStream(reportTags: [], seriesCap: 10)
    let metric =
      #"{"type":"Metric","data":{"name":"vus","type":"gauge","contains":"default","thresholds":[],"submetrics":null},"metric":"vus"}"#
    #expect(feed(stream, [metric, point("1970-01-01T00:00:01Z")]) == nil, "k6 is paused")
    stream.with { $0.start(at: UTCInstant(nanoseconds: 0)) }
    let first = feed(stream, ["05", "09", "07"].map { point("1970-01-01T00:00:\($0)Z") })
    #expect(first == UTCInstant(nanoseconds: 9_000_000_000))
    #expect(feed(stream, [point("1970-01-01T00:00:06Z")]) == UTCInstant(nanoseconds: 6_000_000_000))
    #expect(feed(stream, [point("1969-01-01T00:00:06Z")]) == nil, "before the start")
    #expect(feed(stream, []) == nil)
  }
}
