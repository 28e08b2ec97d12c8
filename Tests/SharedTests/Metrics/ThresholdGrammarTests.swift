import Shared
import Testing

@Suite struct ThresholdGrammarTests {
  @Test(
    arguments: [
      ("p(95)<800", "percentile(95.0)", "<", 800.0), (" p( 95 ) < 800 ", "", "", 0),
      ("\tavg  <=\t1_000 ", "avg", "<=", 1000), ("rate<0.01", "rate", "<", 0.01),
      ("count>=1e6", "count", ">=", 1e6),
      ("med!=.5e2", "med", "!=", 50), ("min===3", "min", "===", 3), ("max==0x1p6", "max", "==", 64),
      ("value>-3", "value", ">", -3), ("p(.5)<1", "percentile(0.5)", "<", 1),
      ("p(1e1)<1", "percentile(10.0)", "<", 1),
      ("p >= 0", "percentile(0.0)", ">=", 0),
      ("p(+95)<1", "percentile(95.0)", "<", 1),
      ("p(0x5Fp0)<1", "percentile(95.0)", "<", 1),
      ("avg<inf", "avg", "<", .infinity), ("avg>-Infinity", "avg", ">", -.infinity),
    ] as [(String, String, String, Double)])
  func `expressions that k6 reads`(text: String, method: String, comparison: String, limit: Double) throws {
    if method.isEmpty {
      #expect(throws: ThresholdError.self, "\(text)") { try ThresholdExpression(text) }
      return
    }
    let expression = try ThresholdExpression(text)
    #expect("\(expression.method)" == method)
    #expect(expression.comparison.rawValue == comparison)
    #expect(expression.limit == limit)
  }

  @Test(arguments: [
    "", "avg", "avg<", "<5", "avg=25", "avg=<25", "avg<>25", "avg<==25", "avg!==25", "25<avg", "avg<40ms",
    "rate<70%", "avg<1e400", "avg<0x28", "p95<800", "p()<1", "p(101)<1", "p(-5)<1", "p(nan)<1", "P(95)<1",
    "avg<1,5",
    "avg<5&&max<6", "avg<1__0", "avg<_1", "avg<1_", "sum<5",
  ])
  func `expressions that k6 refuses`(text: String) {
    #expect(throws: ThresholdError.self) { try ThresholdExpression(text) }
  }

  @Test func `not a number compares as in Go`() throws {
    let expression = try ThresholdExpression("avg<nan")
    #expect(expression.limit.isNaN)
    #expect(!expression.comparison.holds(1, expression.limit))
    #expect(ThresholdExpression.Comparison.unequal.holds(1, .nan))
  }

  @Test(
    arguments: [
      ("http_reqs", "http_reqs", [:], "http_reqs"),
      ("m{k:v}", "m", ["k": "v"], "m{k:v}"),
      ("mm{ k : v , k2:\"v2\" }", "mm", ["k": "v", "k2": "v2"], "mm{k : v , k2:\"v2\"}"),
      (
        "group_duration{group:::outer}", "group_duration", ["group": "::outer"],
        "group_duration{group:::outer}"
      ),
      ("mm{url:http://x/{id}}", "mm", ["url": "http://x/{id}"], "mm{url:http://x/{id}}"),
      ("mm{k:a,k:b}", "mm", ["k": "b"], "mm{k:a,k:b}"),
      ("mm{k: }", "mm", ["k": ""], "mm{k:}"),
    ] as [(String, String, [String: String], String)])
  func `selectors`(source: String, metric: String, tags: [String: String], text: String) throws {
    if metric == "m" || source == "mm{k: }" {
      #expect(throws: ThresholdError.self) { try MetricSelector(source) }
      return
    }
    let selector = try MetricSelector(source)
    #expect(selector.metric == metric)
    #expect(selector.tags == tags)
    #expect(selector.text == text)
  }

  @Test(arguments: [
    "", "m", "1abc", "a b", "mm{}", "mm{k:}", "mm{k}", "mm{k:v,}", "mm{k:v", "mm{k:v}x", "mm{:v}", "мm",
  ])
  func `selectors that k6 refuses`(source: String) {
    #expect(throws: ThresholdError.self) { try MetricSelector(source) }
  }

  @Test func `which methods a type has`() throws {
    let rate = try ThresholdExpression("rate<1")
    #expect(rate.applies(to: .rate) && rate.applies(to: .counter))
    #expect(!rate.applies(to: .trend) && !rate.applies(to: .gauge))
    #expect(try !ThresholdExpression("p(95)<1").applies(to: .rate))
  }

  @Test(
    arguments: [
      ("1m30s", 90), ("200ms", 0.2), ("1h0m0.5s", 3600.5), ("10", 0.01), ("1d", 86_400), ("", nil),
      ("5x", nil), ("s", nil),
    ] as [(String, Double?)])
  func `durations as Go writes them`(text: String, seconds: Double?) {
    #expect(parseGoDuration(text) == seconds)
  }
}
