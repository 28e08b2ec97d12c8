import Foundation
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct LeanSummaryTests {
  private func written(
    _ stream: [UInt8], stats: [String] = K6Inspection.usualTrendStats, seconds: Double = 2,
    version: String = "1.1.0", submetrics: [MetricSelector] = [],
    _ aggregator: SampleAggregator = SampleAggregator(countsChecks: true)
  ) throws -> JSON {
    var aggregator = aggregator
    aggregator.select(submetrics.map { ($0, []) })
    aggregator.startWithFirstSample()
    for line in lines(stream) { aggregator.ingest(line.span) }
    aggregator.finish([])
    let members = LeanSummary(trendStats: stats, seconds: seconds, k6: K6Version(version)).members(
      metrics: aggregator.exportedMetrics(submetrics), checks: aggregator.routes.checks)
    return try JSON(encoded(JSONValue.object(members)))
  }

  /// What real k6 wrote beside the stream, without thresholds and what they alone bring: metrics without samples.
  private func recordedSummary(_ version: String) throws -> JSON {
    let document = try JSON(recorded("k6-\(version)/mixed-summary.json"))
    var metrics = try #require(document["metrics"]?.object)
    metrics["never_used"] = nil
    metrics["http_req_duration{status:418}"] = nil
    for (name, metric) in metrics {
      metrics[name] = .object(try #require(metric.object).filter { $0.key != "thresholds" })
    }
    return .object(["metrics": .object(metrics), "root_group": try #require(document["root_group"])])
  }

  @Test(arguments: ["0.57.0", "1.1.0", "2.2.0"], [500, 3])
  func `it says what k6 itself says of the same stream, however few series are kept apart`(
    version: String, cap: Int
  ) throws {
    let own = try recordedSummary(version)
    let iterations = try #require(own["metrics"]?["iterations"])
    let mine = try written(
      recorded("k6-\(version)/mixed.ndjson"),
      stats: ["count", "avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"],
      seconds: try #require(iterations["count"]?.number) / #require(iterations["rate"]?.number),
      version: version,
      submetrics: try #require(own["metrics"]?.object).keys.filter { $0.contains("{") }.map {
        try MetricSelector($0)
      },
      SampleAggregator(reportTags: ["status"], seriesCap: cap, countsChecks: true))
    #expect(SummaryComparison(seconds: 1e-6).differences(mine, own) == [])
  }

  @Test func `a field more or less, a check, a count: the comparison sees it`() throws {
    let own = try recordedSummary("1.1.0")
    let comparison = SummaryComparison(seconds: 0.1)
    #expect(comparison.differences(own, own) == [])
    for (metric, field, value) in [
      ("iterations", "count", 35.0), ("iterations", "rate", 100), ("checks", "passes", 1),
      ("vus", "value", 9),
      ("http_req_duration", "p(95)", 45), ("http_req_duration", "avg", 9.26), ("score", "new", 1),
    ] {
      var metrics = try #require(own["metrics"]?.object)
      var members = try #require(metrics[metric]?.object)
      members[field] = .number(value)
      metrics[metric] = .object(members)
      let other = JSON.object(["metrics": .object(metrics), "root_group": own["root_group"] ?? .null])
      #expect(comparison.differences(other, own).count == 1, "\(metric).\(field)")
    }
    #expect(comparison.differences(.object(["metrics": own["metrics"] ?? .null]), own).count == 1)
  }

  private func stream(_ points: [(metric: String, type: String, value: Double, tags: String)]) -> [UInt8] {
    var text = ""
    var declared: Set<String> = []
    for point in points {
      if declared.insert(point.metric).inserted {
        text +=
          #"{"type":"Metric","data":{"name":"\#(point.metric)","type":"\#(point.type)","contains":"default"},"metric":"\#(point.metric)"}"#
          + "\n"
      }
      text +=
        #"{"metric":"\#(point.metric)","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":\#(point.value),"tags":{\#(point.tags)}}}"#
        + "\n"
    }
    return Array(text.utf8)
  }

  @Test func `a gauge that was never above zero has k6's own maximum`() throws {
    let points = stream([("gg", "gauge", -5, ""), ("gg", "gauge", -7, "")])
    #expect(
      try written(points, version: "1.1.0")["metrics"]?["gg"]?.object
        == ["value": .number(-7), "min": .number(-7), "max": .number(0)])
    #expect(try written(points, version: "2.2.0")["metrics"]?["gg"]?["max"] == .number(-5))
  }

  @Test func `trends have the statistics that were asked for, and the ends are exact`() throws {
    let points = stream((0..<4).map { ("tt", "trend", Double($0 * 10 + 10), "") })
    let trend = try written(
      points, stats: ["p(0)", "p(100)", "p(95)", "med", "count", "p(x)"])["metrics"]?["tt"]?.object
    #expect(trend?["p(0)"] == .number(10) && trend?["p(100)"] == .number(40) && trend?["count"] == .number(4))
    #expect(trend?["p(95)"]?.number.map { abs($0 - 38.5) < 0.0385 } == true, "between 30 and 40, as k6 does")
    #expect(trend?["med"]?.number.map { abs($0 - 25) < 0.025 } == true)
    #expect(trend?["p(x)"] == .null && trend?.count == 6)
    #expect(try written(points, stats: [])["metrics"]?["tt"] == .object([:]))
  }

  @Test func `numbers that JSON does not have are null, as in k6's own`() throws {
    let points = stream([("cc", "counter", 1e308, ""), ("cc", "counter", 1e308, "")])
    #expect(try written(points)["metrics"]?["cc"] == .object(["count": .null, "rate": .null]))
    #expect(try written(points, seconds: 0)["metrics"]?["cc"]?["rate"] == .null)
  }

  @Test func `nothing measured is an empty tree and no metrics`() throws {
    #expect(
      try written([])
        == .object([
          "metrics": .object([:]),
          "root_group": .object([
            "name": .string(""), "path": .string(""), "id": .string("d41d8cd98f00b204e9800998ecf8427e"),
            "groups": .object([:]), "checks": .object([:]),
          ]),
        ]))
  }

  /// Each as k6 1.1.0 does it.
  @Test func `groups are made by their paths, checks by their names`() throws {
    let root = try #require(
      written(
        stream([
          ("checks", "rate", 1, #""group":"","check":"a""#),
          ("checks", "rate", 0, #""group":"","check":"a""#),
          ("checks", "rate", 2, #""group":"no colons","check":"a""#),
          ("checks", "rate", 1, #""group":"::x::y","check":"""#),
          ("group_duration", "trend", 3, #""group":"::x::empty","check":"not here""#),
          ("checks", "rate", 1, #""group":"::only group""#),
          ("checks", "rate", 1, #""group":"::g","check":"x::y""#), ("checks", "rate", 1, #""check":"lost""#),
          ("http_reqs", "counter", 1, #""group":"::never""#),
        ]))["root_group"])
    #expect(root["checks"]?.object?.keys.sorted() == ["a"])
    #expect(root["checks"]?["a"]?["passes"] == .number(2) && root["checks"]?["a"]?["fails"] == .number(1))
    #expect(root["groups"]?.object?.keys.sorted() == ["g", "only group", "x"])
    let x = try #require(root["groups"]?["x"])
    #expect(x["groups"]?.object?.keys.sorted() == ["empty", "y"] && x["checks"] == .object([:]))
    #expect(x["groups"]?["empty"]?["checks"] == .object([:]))
    #expect(
      x["groups"]?["y"]?["checks"]?[""]
        == .object([
          "name": .string(""), "path": .string("::x::y::"), "id": .string(md5("::x::y::")),
          "passes": .number(1), "fails": .number(0),
        ]))
    #expect(root["groups"]?["g"]?["checks"] == .object([:]), "k6 has no check with :: in its name")
  }

  @Test func `k6 counts apart what the script's thresholds select, and expected responses`() {
    let plan = ScriptPlan(
      thresholds: [
        .init(selector: "http_req_duration{ expected_response:true }", expression: "avg<1"),
        .init(selector: "checks{check:a}", expression: "rate>0"),
        .init(selector: "checks{check:\"a\"}", expression: "rate>0"),
        .init(selector: "checks", expression: "rate>0"),
      ], scenarios: [], maxVUs: 1, totalSeconds: 1)
    #expect(
      plan.k6Submetrics.map(\.text) == ["http_req_duration{expected_response:true}", "checks{check:a}"])
  }
}
