import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct CheckTreeTests {
  private func ingested(_ tags: [String], cap: Int = 2, whole: Bool = true) -> SampleAggregator {
    var aggregator = SampleAggregator(seriesCap: cap, countsChecks: whole)
    aggregator.startWithFirstSample()
    let declaration =
      #"{"type":"Metric","data":{"name":"checks","type":"rate","contains":"default"},"metric":"checks"}"#
    aggregator.ingest(Array(declaration.utf8).span)
    for (number, tags) in tags.enumerated() {
      let line =
        #"{"metric":"checks","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":\#(number % 2),"tags":{\#(tags)}}}"#
      aggregator.ingest(Array(line.utf8).span)
    }
    aggregator.finish([])
    return aggregator
  }

  /// More sets of tags than are remembered, twice as many checks as fit, each sample counted once.
  @Test func `an unbounded number of checks stays bounded, and what is left out is counted`() {
    let names = (0..<CheckTree.mostNodes * 2).map { #""check":"check \#($0)","group":"""# }
    let aggregator = ingested(names + names)
    let checks = aggregator.routes.checks
    #expect(checks.count == CheckTree.mostNodes)
    #expect(checks.allSatisfy { $0.count.count == 2 })
    #expect(aggregator.health.checksLeftOut == UInt64(CheckTree.mostNodes * 2))
    #expect(aggregator.total("checks")?.count == UInt64(CheckTree.mostNodes * 4))
  }

  @Test func `long names and deep groups stay bounded too`() {
    let long = String(repeating: "n", count: 1 << 20)
    let names = (0..<20).map { #""check":"\#($0) \#(long)","group":"::g""# }
    let kept = ingested(names).routes.checks
    #expect(kept.count == 3, "each is there twice: as its name, and in its path")
    for (depth, count) in [(CheckTree.deepest, 1), (CheckTree.deepest + 1, 0)] {
      let path = String(repeating: "::g", count: depth)
      #expect(ingested([#""check":"c","group":"\#(path)""#]).routes.checks.count == count)
    }
  }

  @Test func `where k6 makes its own summary nothing is counted twice`() {
    let aggregator = ingested([#""check":"c","group":"""#], whole: false)
    #expect(aggregator.routes.checks.isEmpty && aggregator.health.checksLeftOut == nil)
  }

  @Test func `what was counted before the selectors came is kept`() {
    var aggregator = ingested([#""check":"c","group":"::setup""#])
    aggregator.select([])
    let line =
      #"{"metric":"checks","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":1,"tags":{"check":"c","group":"::setup"}}}"#
    aggregator.ingest(Array(line.utf8).span)
    #expect(aggregator.routes.checks.map(\.count.count) == [2])
  }

  @Test func `the VUs of a paused k6 are in its summary, though not in the shard's figures`() {
    var aggregator = SampleAggregator(countsChecks: true)
    for (metric, value) in [("vus", 0), ("vus_max", 3), ("other", 7)] {
      for line in [
        #"{"type":"Metric","data":{"name":"\#(metric)","type":"gauge","contains":"default"},"metric":"\#(metric)"}"#,
        #"{"metric":"\#(metric)","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":\#(value),"tags":{}}}"#,
      ] { aggregator.ingest(Array(line.utf8).span) }
    }
    let second =
      #"{"metric":"vus","type":"Point","data":{"time":"2026-11-23T00:00:02Z","value":2,"tags":{}}}"#
    aggregator.start(at: UTCInstant(rfc3339: Array("2026-11-23T00:00:01Z".utf8).span)!)
    aggregator.ingest(Array(second.utf8).span)
    let exported = aggregator.exportedMetrics([])
    #expect(exported.map(\.name) == ["vus", "vus_max", "other"])
    guard case .gauge(let vus)? = exported.first?.aggregate else { return #expect(Bool(false), "no vus") }
    #expect(vus.min == 0 && vus.max == 2 && vus.last?.value == 2)
    #expect(aggregator.total("vus")?.count == 1)
  }
}
