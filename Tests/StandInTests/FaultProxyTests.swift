import Foundation
import TestSupport
import Testing

@testable import FaultProxy

@Suite struct FaultProxyTests {
  private func rules(_ json: String) throws -> FaultRules { try FaultRules(json: Data(json.utf8)) }

  @Test(
    arguments: [
      ("[]", "JSON object"), (#"{"rules":1}"#, "no list"), (#"{"rules":[],"seeds":1}"#, "'seeds'"),
      (#"{"rules":[{"fault":"explode"}]}"#, "expected one of slow_down, conflict"),
      (#"{"rules":[{}]}"#, "missing"),
      (#"{"rules":[{"fault":"cut","keys":"*"}]}"#, "'keys'"),
      (#"{"rules":[{"fault":"cut","occurrences":[0]}]}"#, "from 1"),
      (#"{"rules":[{"fault":"cut","probability":2}]}"#, "from 0.0 to 1.0"),
      (#"{"rules":[{"fault":"cut","method":1}]}"#, "texts"),
    ])
  func `rules that are not understood are refused`(json: String, words: String) {
    let error = #expect(throws: FaultRulesError.self) { try rules(json) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `the first rule that is due applies, and all are counted`() throws {
    var decisions = FaultDecisions(
      try rules(
        """
        {"rules": [{"method": "PUT", "key": "*/history.csv", "fault": "conflict", "occurrences": [2]},
        {"method": "PUT", "fault": "slow_down", "occurrences": [1]}, {"key": "/b/x*y", "fault": "cut"}]}
        """))
    let faults = [
      ("PUT", "/b/history.csv"), ("GET", "/b/history.csv"), ("PUT", "/b/history.csv"), ("GET", "/b/x1y"),
      ("GET", "/b/x1yz"),
    ]
    .map { decisions.decide(method: $0.0, path: $0.1)?.fault }
    #expect(faults == [.slowDown, nil, .conflict, .cut, nil])
    #expect(decisions.matched == [2, 1, 1] && decisions.applied == [1, 1, 1] && decisions.requests == 5)
  }

  @Test func `the same seed makes the same choices, about as often as asked`() throws {
    func choices(_ seed: Int) throws -> [Bool] {
      var decisions = FaultDecisions(
        try rules(#"{"seed":\#(seed),"rules":[{"fault":"cut","probability":0.2}]}"#))
      return (0..<1000).map { _ in decisions.decide(method: "GET", path: "/") != nil }
    }
    #expect(try choices(1) == choices(1) && choices(1) != choices(2))
    #expect((150...250).contains(try choices(1).filter { $0 }.count))
  }
}
