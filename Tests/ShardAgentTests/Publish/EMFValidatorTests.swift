import TestSupport
import Testing

/// The validator that the other tests rely on.
@Suite struct EMFValidatorTests {
  private static let now = 1_795_565_576_000.0
  private static let good =
    #"{"_aws":{"CloudWatchMetrics":[{"Dimensions":[["Suite"],[]],"Metrics":[{"Name":"http_req_duration","StorageResolution":60,"Unit":"Milliseconds"},{"Name":"n","Unit":"Count"}],"Namespace":"k6-grid"}],"Timestamp":1795565576536},"Suite":"s","http_req_duration":{"Counts":[1,2],"Values":[0,3.5]},"n":7}"#

  private func violations(_ line: String) -> [String] {
    EMFValidator.violations(Array("\(line)\n".utf8), now: Self.now)
  }

  @Test func `a good line is good`() { #expect(violations(Self.good) == []) }

  @Test func `plain lists of numbers are good as well`() {
    #expect(violations(Self.good.replacing(#""n":7"#, with: #""n":[7,8]"#)) == [])
  }

  private static let list: @Sendable (Int, String) -> String = { (count: Int, item: String) in
    "[" + [String](repeating: item, count: count).joined(separator: ",") + "]"
  }

  @Test(
    arguments: [
      (#""_aws""#, #""aws""#, "_aws is missing"),
      ("1795565576536", "1795565576.5", "Timestamp is no whole number"),
      ("1795565576536", "\"1795565576536\"", "Timestamp is no whole number"),
      ("1795565576536", "1794355975999", "14 days"), ("1795565576536", "1795572776001", "2 hours"),
      (#"["Suite"]"#, #"["Run"]"#, "the dimension Run is not in the root"),
      (#"[["Suite"],[]]"#, "[]", "Dimensions is no list"),
      (#"["Suite"]"#, list(31, #""Suite""#), "0 to 30"),
      (#"["Suite"]"#, #"[":x"]"#, "a dimension has no name"),
      (#""s""#, "3", "the dimension Suite is no text"), (#""s""#, #"" ""#, "the dimension Suite is ' '"),
      (#""s""#, #""é""#, "the dimension Suite is"),
      (#""s""#, "\"\(String(repeating: "x", count: 1025))\"", "the dimension Suite is"),
      ("k6-grid", "", "the namespace"), ("k6-grid", "AWS/x", "the namespace"),
      ("k6-grid", ":x", "the namespace"), ("k6-grid", "é", "the namespace"),
      ("k6-grid", String(repeating: "x", count: 256), "the namespace"),
      ("\"n\":7", "\"m\":7", "the metric n is not in the root"),
      ("\"n\":7", "\"n\":1e109", "does not take"), ("\"n\":7", "\"n\":\"7\"", "does not take"),
      ("\"n\":7", "\"n\":true", "does not take"), ("\"n\":7", "\"n\":null", "does not take"),
      ("\"n\":7", "\"n\":NaN", "no JSON object"), ("\"n\":7", "\"n\":[]", "n has 0 values"),
      ("\"n\":7", "\"n\":\(list(101, "1"))", "n has 101 values"),
      ("\"Unit\":\"Count\"", "\"Unit\":\"Requests\"", "unknown unit"),
      ("\"StorageResolution\":60", "\"StorageResolution\":10", "unknown StorageResolution"),
      ("\"Name\":\"n\"", "\"Name\":\"\"", "a metric has no name"),
      ("\"Name\":\"n\"", "\"Name\":\"http_req_duration\"", "twice"),
      ("[1,2]", "[1]", "2 Values and 1 Counts"), ("[1,2]", "[1,0]", "not positive"),
      ("\"Counts\":[1,2],", "", "no Counts"), ("[0,3.5]", "[-1,3.5]", "negative"),
      ("\"n\":7", "\"n\":7,\"pad\":\"\(String(repeating: "x", count: 15_700))\"", "16 KB"),
      ("\"n\":7", "\"n\":\n7", "not one line"), (good, "[]", "no JSON object"),
      (good, good + good, "no JSON object"),
    ])
  func `each violation is found`(part: String, other: String, expected: String) {
    let line = Self.good.replacing(part, with: other)
    #expect(line != Self.good)
    let found = violations(line)
    #expect(found.contains { $0.contains(expected) }, "\(found)")
  }

  @Test func `more than a hundred metrics are found`() {
    let metrics = (0..<101).map { #"{"Name":"m\#($0)"}"# }.joined(separator: ",")
    let line = Self.good.replacing(#"{"Name":"n","Unit":"Count"}"#, with: metrics)
    #expect(violations(line).contains("there are 102 metrics"))
  }

  @Test func `a pooled quantile counts every value as often as it was there`() {
    let values = [(10.0, 1.0), (1, 90), (5, 9)].map { (value: $0.0, count: $0.1) }
    #expect(pooledQuantile(values, 0.9) == 1)
    #expect(pooledQuantile(values, 0.91) == 5)
    #expect(pooledQuantile(values, 1) == 10)
    #expect(pooledQuantile([], 0.5) == nil)
  }
}
