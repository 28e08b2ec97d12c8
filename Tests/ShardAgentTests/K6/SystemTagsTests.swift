import Shared
import Testing

@testable import ShardAgent

@Suite struct SystemTagsTests {
  private static let kept = "check,expected_response,group,scenario"

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var inspected: Set<String>? = SystemTags.usual
    var asked: Set<String>? = []
    var user: [String] = []
    /// `nil`: k6 is told nothing.
    var expected: String?
  }

  @Test(arguments: [
    Case(testDescription: "nobody asks for any", expected: kept),
    Case(
      testDescription: "the usual report tags", asked: Set(SampleAggregator.usualReportTags),
      expected: "check,expected_response,group,method,name,scenario,status"),
    Case(
      testDescription: "a threshold's tag", asked: ["proto"],
      expected: "check,expected_response,group,proto,scenario"),
    Case(testDescription: "tags of the script's own", asked: ["cart", "ip", "vu"], expected: kept),
    Case(
      testDescription: "the address, which is the name where there is one", asked: ["url"],
      expected: "check,expected_response,group,name,scenario,url"),
    Case(testDescription: "a plan that does not name its thresholds' tags", asked: nil),
    Case(testDescription: "a k6 that does not say which are on", inspected: nil),
    Case(
      testDescription: "the user's option", asked: ["name"], user: ["--system-tags", "ip"],
      expected: "check,group"),
    Case(
      testDescription: "the user's option, in one word", user: ["--system-tags="], expected: "check,group"),
    Case(
      testDescription: "the user's option is k6's default", user: ["--system-tags=url,name"],
      expected: "check,group"),
    Case(
      testDescription: "the script's own choice", inspected: ["status", "ip"],
      expected: "check,group,ip,status"),
    Case(testDescription: "the script's choice has what is needed", inspected: ["check", "group", "ip"]),
    Case(testDescription: "the script wants none", inspected: [], expected: "check,group"),
    Case(testDescription: "an output of the user's own", user: ["--out", "csv=x"]),
    Case(testDescription: "the same, in short", user: ["-ocsv=x"]),
    Case(
      testDescription: "an output of the user's own, and tags", inspected: ["ip"], user: ["-o", "csv=x"],
      expected: "check,group,ip"),
    Case(testDescription: "other options of the user's", user: ["--vus", "3"], expected: kept),
  ])
  func `k6 is asked for what somebody looks at`(_ it: Case) {
    let options = SystemTags.options(inspected: it.inspected, asked: it.asked, user: K6Options(it.user))
    #expect(options == (it.expected.map { ["--system-tags", $0] } ?? []))
  }

  @Test func `the tags that thresholds select by`() {
    let thresholds = ["http_reqs", "http_reqs{proto:HTTP/1.1, status:200}", "checks{ check : a }", "{"].map {
      ScriptPlan.Threshold(selector: $0, expression: "count>1")
    }
    #expect(thresholds.selectedTags == ["proto", "status", "check"])
  }

  @Test(
    arguments: [
      (#"{"systemTags":["name","url"]}"#, ["name", "url"]), (#"{"systemTags":null}"#, []), ("{}", nil),
    ] as [(String, Set<String>?)])
  func `what inspect says is on`(output: String, expected: Set<String>?) throws {
    #expect(try K6Inspection.systemTags(Array(output.utf8)) == expected)
  }
}
