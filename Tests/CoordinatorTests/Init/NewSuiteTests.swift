import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct NewSuiteTests {
  @Test func `only what was not given is asked, and an empty answer is the usual`() throws {
    var asked: [String] = []
    let answers = NewSuiteAnswers(suite: "checkout")
    let suite = try answers.completed(in: "/home/ada/shop") { question, usual in
      asked.append(question)
      return question.contains("address") ? "https://a.example/" : usual == "3" ? "" : nil
    }
    #expect(asked.count == 3 && !asked.contains { $0.contains("called") })
    #expect(suite == NewSuite(name: "checkout", address: "https://a.example/"))
  }

  @Test func `where nobody is there nothing is asked`() throws {
    let error = #expect(throws: UsageError.self) {
      try NewSuiteAnswers().completed(in: "/home/ada/shop", ask: nil)
    }
    #expect(error?.description.contains("--base-url") == true)
    let suite = try NewSuiteAnswers(address: "http://a.example").completed(in: "/home/ada/my shop!", ask: nil)
    #expect(suite.name == "myshop" && suite.script == "load/myshop.js")
  }

  @Test(
    arguments: [
      (NewSuite(name: "a b", address: "http://a"), "--suite"),
      (NewSuite(name: "a", address: "a"), "--base-url"),
      (NewSuite(name: "a", address: "http://a", shards: "0"), "--shards"),
      (NewSuite(name: "a", address: "http://a", store: "bucket"), "--store"),
      (NewSuite(name: "a", address: "http://a", length: "long"), "--duration"),
      (NewSuite(name: "a", address: "http://a", ecs: cluster), "no task definition"),
    ])
  func `what makes no suite is refused in a sentence`(suite: NewSuite, expected: String) {
    let error = #expect(throws: UsageError.self) { try suite.checked() }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  private static let cluster: ECSSettings = {
    var settings = ECSSettings()
    settings.cluster = "load"
    return settings
  }()

  /// Those are run by LoadTestWorkflowTests; only the page for actions/deploy-pages is left out.
  @Test func `the steps of the workflow that it writes are those of load-test yml`() throws {
    let called = try String(
      contentsOf: repositoryRoot().appending(path: ".github/workflows/load-test.yml"), encoding: .utf8)
    let steps = try [called, NewSuiteText.workflow(suite: "shop")].map {
      try #require(
        $0.components(separatedBy: "\n    steps:\n").last?.components(separatedBy: "      - name: Hand the")
      )[0]
    }
    #expect(steps[0] == steps[1] && steps[0].contains("exec coordinator stop"))
  }
}
