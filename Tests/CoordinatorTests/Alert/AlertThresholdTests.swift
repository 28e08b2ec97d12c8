import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct AlertThresholdTests {
  private struct Row {
    let selector, expression: String
    var actual: Double?
    var outcome = "crossed"
  }

  /// A made-up run with these thresholds in place of its own.
  private func result(_ rows: [Row]) throws -> ResultDocument {
    let run = try #require(try MadeUpStore.results.get().last)
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(try encoded(run))) as? [String: Any])
    object["thresholds"] = rows.map { row -> [String: Any] in
      var threshold: [String: Any] = [
        "selector": row.selector, "expression": row.expression, "source": "script", "outcome": row.outcome,
        "actual_is_exact": true, "text": "",
      ]
      threshold["limit"] = (try? ThresholdExpression(row.expression))?.limit
      threshold["actual"] = row.actual
      return threshold
    }
    return try JSONDecoder().decode(
      ResultDocument.self, from: JSONSerialization.data(withJSONObject: object))
  }

  private func rows(_ rows: [Row], green: [Row] = [], usual: AlertThreshold.Usual = .init()) throws
    -> [AlertThreshold]
  {
    AlertThreshold.all(try result(rows), lastGreen: try result(green), usual: usual)
  }

  @Test func `the three figures are beside what was usual and what was green`() throws {
    let rows = try rows(
      [
        Row(selector: "http_req_duration", expression: "p(95)<800", actual: 843.2),
        Row(selector: "http_req_failed", expression: "rate<0.01", actual: 0.0031, outcome: "holds"),
        Row(selector: "http_reqs", expression: "rate>=2000", actual: 2013.4, outcome: "holds"),
      ], green: [Row(selector: "http_req_duration", expression: "p(95)<900", actual: 748)],
      usual: .init(p95: 640, errorRate: 0.0014, requestRate: 2050))
    #expect(rows.map(\.measure) == ["p95", "rate", "rate"])
    #expect(rows.map(\.limit) == ["< 800 ms", "< 1 %", "≥ 2000/s"])
    #expect(rows.map(\.actual) == ["843 ms", "0.31 %", "2013/s"])
    #expect(rows.map(\.usual) == ["640 ms", "0.14 %", "2050/s"])
    #expect(rows.map(\.change) == ["▲ 32 %", "▲ 0.17 pp", "▼ 1.8 %"])
    #expect(rows.map(\.lastGreen) == ["748 ms", nil, nil], "another limit is the same threshold")
    #expect(abs(try #require(rows[0].breach) - 0.054) < 1e-9)
  }

  @Test func `the worst comes first, then what was not judged, then what holds`() throws {
    let rows = try rows([
      Row(selector: "checks", expression: "rate>0.9", actual: 0.95, outcome: "holds"),
      Row(selector: "http_req_duration", expression: "p(95)<800", actual: 808),
      Row(selector: "http_req_duration{name:cart}", expression: "p(99)<100", actual: 200),
      Row(selector: "orders", expression: "count>0", outcome: "no_samples"),
      Row(selector: "http_req_failed", expression: "rate<=0", actual: 0.1),
    ])
    #expect(
      rows.map(\.selector) == [
        "http_req_failed", "http_req_duration{name:cart}", "http_req_duration", "orders", "checks",
      ], "a breach of a limit of 0 has no share, and may be any")
    #expect(rows[0].breach == nil)
    #expect(rows[3].actual == nil)
  }

  @Test(
    arguments: [
      (800.4, "800.4 ms"), (800.004, "800.004 ms"), (843.0, "843 ms"), (99.94, "99.94 ms"),
      (1e9, "1000000000 ms"),
    ])
  func `a value is never shown as the limit that it crossed`(actual: Double, text: String) throws {
    let limit = actual > 700 ? "800" : "99.9"
    let rows = try rows([
      Row(selector: "http_req_duration", expression: "p(95)<\(limit)", actual: actual)
    ])
    #expect(rows.first?.actual == text)
  }

  @Test func `what the limit is about decides its unit`() throws {
    let rows = try rows([
      Row(selector: "http_reqs", expression: "count>10", actual: 12, outcome: "holds"),
      Row(selector: "vus", expression: "value>10", actual: 12, outcome: "holds"),
      Row(selector: "unheard_of", expression: "med<=1.5", actual: 1.25, outcome: "holds"),
      Row(selector: "http_req_duration", expression: "something new", actual: 3, outcome: "holds"),
    ])
    #expect(rows.map(\.actual) == ["12", "12", "1.25", "3"])
    #expect(rows.map(\.measure) == ["count", "value", "median", "something new"])
  }

  @Test func `without what is usual the change is on the last green run, and from nothing there is none`()
    throws
  {
    let green = [
      Row(selector: "http_req_duration", expression: "p(95)<1", actual: 50),
      Row(selector: "http_reqs", expression: "rate>1", actual: 0),
    ]
    let rows = try rows(
      [
        Row(selector: "http_req_duration", expression: "p(95)<1", actual: 75, outcome: "holds"),
        Row(selector: "http_reqs", expression: "rate>1", actual: 5, outcome: "holds"),
        Row(selector: "http_req_failed", expression: "rate<1", actual: 0, outcome: "holds"),
      ], green: green)
    #expect(rows.map(\.change) == ["▲ 50 %", nil, nil])
  }
}
