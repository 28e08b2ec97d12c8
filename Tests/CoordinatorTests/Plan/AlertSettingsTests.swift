import Shared
import Testing

@testable import Coordinator

@Suite struct AlertSettingsTests {
  private func settings(_ yaml: String) throws -> AlertSettings {
    try GridConfiguration(yaml: "alert:\n" + yaml, name: "grid.yml").alert
  }

  @Test func `what is not named is not done`() throws {
    #expect(try !GridConfiguration(yaml: "suite: x", name: "grid.yml").alert.isActive)
    #expect(try !settings("  runbook: https://acme.example/x\n  notify: always\n").isActive)
    #expect(try !settings("  issue: false\n  status: false\n  pagerduty: false\n  metrics: false\n").isActive)
  }

  @Test func `each is named by itself`() throws {
    #expect(try settings("  issue: true\n").issue == .init())
    #expect(try settings("  status: true\n").status == .init())
    #expect(try settings("  comment: always\n").comment == .always)
    #expect(try settings("  pagerduty: true\n").usesPagerDuty)
    #expect(try settings("  metrics: true\n").metrics == "k6-grid")
    #expect(try settings("  metrics: Load/Gate\n").metrics == "Load/Gate")
    #expect(
      try settings("  sns: arn:aws:sns:eu-west-1:123456789012:load\n").topics
        == .init(service: "arn:aws:sns:eu-west-1:123456789012:load"))
  }

  @Test func `everything at once`() throws {
    let yaml = """
        repository: acme/checkout
        runbook: https://acme.example/runbook
        dashboard: https://acme.example/dashboard
        notify: always
        issue: {labels: [performance], assignees: ada, open_on_degraded: true}
        status: {context: nightly, target: both}
        comment: problem
        sns:
          topic: arn:aws:sns:eu-west-1:123456789012:load
          harness_topic: arn:aws-cn:sns:cn-north-1:123456789012:harness
      """
    let settings = try settings(yaml)
    #expect(settings.repository == "acme/checkout")
    #expect(settings.notify == .always)
    #expect(
      settings.issue == .init(labels: ["performance"], assignees: ["ada"], opensOnDegraded: true))
    #expect(settings.status == .init(context: "nightly", target: .both))
    #expect(settings.topics?.harness == "arn:aws-cn:sns:cn-north-1:123456789012:harness")
  }

  @Test(
    arguments: [
      ("  issues: true\n", "'alert.issues' is not known"),
      ("  issue: perhaps\n", "alert.issue: expected true, false, or names with values"),
      ("  issue: [a]\n", "alert.issue: expected true, false"),
      ("  issue: {label: x}\n", "'alert.issue.label' is not known"),
      ("  issue: {labels: ['a,b']}\n", "alert.issue.labels: expected 1 to 50 characters"),
      ("  status: {target: everywhere}\n", "alert.status.target: expected commit, release or both"),
      ("  comment: never\n", "alert.comment: expected problem or always"),
      ("  notify: daily\n", "alert.notify: expected change or always"),
      ("  repository: checkout\n", "alert.repository: expected owner/name"),
      ("  repository: acme/../x\n", "alert.repository: expected owner/name"),
      ("  runbook: javascript:alert(1)\n", "alert.runbook: expected an address"),
      ("  sns: load-test\n", "alert.sns: expected a topic's ARN"),
      ("  sns: arn:aws:sns:eu-west-1:1:x.fifo\n", "alert.sns: a FIFO topic"),
      ("  sns: {harness_topic: 'arn:aws:sns:eu-west-1:1:x'}\n", "alert.sns: 'topic' is missing"),
      ("  metrics: AWS/ECS\n", "alert.metrics: expected true, false, or a namespace"),
      ("  pagerduty: R0123\n", "alert.pagerduty: expected true or false"),
    ])
  func `what is not understood is refused with its line`(yaml: String, sentence: String) throws {
    let error = try #require(throws: UsageError.self) { try settings(yaml) }
    #expect(error.description.hasPrefix("grid.yml line 2, column "), "\(error.description)")
    #expect(error.description.contains(": \(sentence)"), "\(error.description)")
  }
}
