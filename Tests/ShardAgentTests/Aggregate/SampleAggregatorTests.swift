import Foundation
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct SampleAggregatorTests {
  private func ingested(
    _ stream: String, selectors: [String: [Double]] = [:], cap: Int = 500
  ) throws -> SampleAggregator {
    var aggregator = SampleAggregator(seriesCap: cap)
    aggregator.select(try selectors.map { (selector: try MetricSelector($0.key), limits: $0.value) })
    aggregator.startWithFirstSample()
    for line in lines(try recorded(stream)) { aggregator.ingest(line.span) }
    return aggregator
  }

  private func summary(_ version: String) throws -> [String: [String: Any]] {
    let data = Data(try recorded("k6-\(version)/mixed-summary.json"))
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(document["metrics"] as? [String: [String: Any]])
  }

  @Test(arguments: ["0.57.0", "1.1.0", "2.2.0"])
  func `counts, minima, maxima and means are k6's own`(version: String) throws {
    let aggregator = try ingested("k6-\(version)/mixed.ndjson")
    #expect(aggregator.health.malformed == 0)
    let metrics = try summary(version)
    #expect(metrics.count > 15)
    for (name, own) in metrics where !name.contains("{") {
      guard let total = aggregator.total(name) else {
        #expect((own["count"] as? Double ?? 0) == 0, "\(name) is missing")
        continue
      }
      switch total {
      case .counter(let counter): #expect(counter.sum.value == own["count"] as? Double, "\(name)")
      case .rate(let rate):
        #expect(Double(rate.passes) == own["passes"] as? Double, "\(name)")
        #expect(Double(rate.count - rate.passes) == own["fails"] as? Double, "\(name)")
      case .trend(let trend):
        #expect(Double(trend.count) == own["count"] as? Double, "\(name)")
        #expect(trend.min == own["min"] as? Double, "\(name)")
        #expect(trend.max == own["max"] as? Double, "\(name)")
        let average = try #require(own["avg"] as? Double)
        #expect(abs((trend.average ?? 0) - average) <= 1e-9 * abs(average), "\(name)")
      case .gauge(let gauge): #expect(gauge.count > 0, "\(name)")
      }
    }
  }

  @Test(arguments: ["0.57.0", "1.1.0", "2.2.0"])
  func `submetrics hold what k6 counts for the same selector`(version: String) throws {
    let selectors = [
      "http_req_duration{scenario:browse}", "http_req_duration{scenario:browse,expected_response:true}",
      "http_req_duration{status:500}", "checks{check:status is 200}", "score{lang:日本語}",
      "group_duration{group:::outer}",
    ]
    let aggregator = try ingested(
      "k6-\(version)/mixed.ndjson", selectors: Dictionary(uniqueKeysWithValues: selectors.map { ($0, [5.0]) })
    )
    let records = aggregator.submetricRecords()
    let metrics = try summary(version)
    #expect(records.count == selectors.count)
    for record in records {
      let own = try #require(metrics[record.selector], "\(record.selector)")
      let count = own["count"] as? Double ?? (own["passes"] as! Double) + (own["fails"] as! Double)
      #expect(Double(record.series.count) == count, "\(record.selector)")
    }
  }

  @Test func `the series together are all samples, also when they overflow`() throws {
    let whole = try ingested("k6-1.1.0/mixed.ndjson")
    let capped = try ingested("k6-1.1.0/mixed.ndjson", cap: 20)
    #expect(whole.health.overflowed == 0)
    #expect(capped.health.overflowed > 0)
    #expect(capped.health.points == whole.health.points)
    for aggregator in [whole, capped] {
      #expect(aggregator.seriesRecords().reduce(0) { $0 + $1.count } == aggregator.health.points)
    }
    #expect(capped.seriesRecords().contains { $0.tags == SampleAggregator.overflowTags })
    for name in ["http_req_duration", "http_reqs", "checks"] {
      #expect(capped.total(name) == whole.total(name))
    }
  }

  @Test(arguments: ["0.57.0", "1.1.0"]) func `infinities are counted, not added`(version: String) throws {
    let aggregator = try ingested("k6-\(version)/odd.ndjson")
    #expect(aggregator.health.infinite == 12)
    #expect(aggregator.health.infiniteMetrics.sorted() == ["odd_gauge", "odd_trend"])
    #expect(aggregator.health.malformed == 0)
    guard case .trend(let trend)? = aggregator.total("odd_trend") else {
      return #expect(Bool(false), "no odd_trend")
    }
    #expect(trend.max == 1.5e300)
    #expect(trend.min == -123_456_789.125)
  }

  @Test(arguments: ["0.57.0", "1.1.0", "2.2.0"])
  func `quantiles shown are within 0.1 % of the samples of real k6`(version: String) throws {
    let stream = "k6-\(version)/mixed.ndjson"
    let aggregator = try ingested(stream)
    for metric in ["http_req_duration", "http_req_waiting", "iteration_duration", "score", "custom_wait"] {
      let samples = try lines(recorded(stream)).compactMap { line -> Double? in
        let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        guard object?["type"] as? String == "Point", object?["metric"] as? String == metric else {
          return nil
        }
        return (object?["data"] as? [String: Any])?["value"] as? Double
      }.sorted()
      #expect(samples.count > 20)
      guard case .trend(let trend)? = aggregator.total(metric) else {
        return #expect(Bool(false), "no \(metric)")
      }
      for quantile in [0.5, 0.9, 0.95, 0.99, 1] {
        let exact = k6Percentile(samples, quantile)
        let shown = try #require(trend.displayed(quantile: quantile))
        #expect(abs(shown - exact) <= 0.001 * abs(exact), "\(metric) \(quantile)")
      }
    }
  }

  @Test func `malformed lines are counted, and the first are shown`() {
    var aggregator = SampleAggregator()
    aggregator.start(at: UTCInstant(nanoseconds: 0))
    let bad = [
      "{", "", "[]",
      #"{"metric":"mm","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":1,"tags":{}}}"#, "x", "y",
      "z",
    ]
    for line in bad { aggregator.ingest(Array(line.utf8).span) }
    #expect(aggregator.health.malformed == 7)
    #expect(aggregator.health.malformedExamples.count == 5)
    #expect(aggregator.health.malformedExamples[3].hasPrefix("a point of a metric that was never declared"))
  }

  @Test func `a line cut at the end is counted when it is whole, and told when it is not`() {
    let declaration =
      #"{"type":"Metric","data":{"name":"mm","type":"counter","contains":"default"},"metric":"mm"}"#
    let point = #"{"metric":"mm","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":1,"tags":{}}}"#
    for (rest, count, isCut) in [(point, 1, false), (String(point.dropLast(9)), 0, true)] {
      var aggregator = SampleAggregator()
      aggregator.startWithFirstSample()
      aggregator.ingest(Array(declaration.utf8).span)
      aggregator.finish(Array(rest.utf8))
      #expect(aggregator.health.points == UInt64(count))
      #expect(aggregator.health.endedInsideLine == isCut)
    }
  }

  @Test func `before the start and behind the load VUs do not count, and setup does, in whatever group`() {
    var aggregator = SampleAggregator()
    let text = [
      #"{"type":"Metric","data":{"name":"mm","type":"counter","contains":"default"},"metric":"mm"}"#,
      #"{"type":"Metric","data":{"name":"vus","type":"gauge","contains":"default"},"metric":"vus"}"#,
      #"{"metric":"mm","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":1,"tags":{"group":"::setup::login"}}}"#,
      #"{"metric":"mm","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":10,"tags":{"group":"::setup"}}}"#,
      #"{"metric":"vus","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":0,"tags":{}}}"#,
      #"{"metric":"vus","type":"Point","data":{"time":"2026-11-23T00:00:02Z","value":7,"tags":{}}}"#,
      #"{"metric":"vus","type":"Point","data":{"time":"2026-11-23T00:00:04Z","value":0,"tags":{}}}"#,
    ]
    aggregator.start(at: UTCInstant(rfc3339: Array("2026-11-23T00:00:01Z".utf8).span)!)
    aggregator.end(at: UTCInstant(rfc3339: Array("2026-11-23T00:00:03Z".utf8).span)!)
    for line in text { aggregator.ingest(Array(line.utf8).span) }
    #expect(aggregator.health.beforeStart == 1)
    guard case .counter(let counter)? = aggregator.total("mm"),
      case .gauge(let vus)? = aggregator.total("vus")
    else { return #expect(Bool(false), "no mm") }
    #expect(counter.sum.value == 11)
    #expect(vus.count == 1 && vus.min == 7)
  }
}
