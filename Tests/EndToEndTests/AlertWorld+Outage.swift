import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator
@testable import PagerDutyStandIn

/// What can be down, and what is read of it then.
enum AlertOutage: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case issuesDisabled, issuesForbidden, statuses, comments, topic, pagerDuty, gitHub, everything
  var testDescription: String { rawValue }

  /// In whose names it is said, and what a person reads of it.
  var sentences: [(name: String, part: String)] {
    switch self {
    case .issuesDisabled: [("issue", "disabled")]
    case .issuesForbidden: [("issue", "issues: write")]
    case .statuses: [("status", "statuses: write")]
    case .comments: [("comment", "pull-requests: write")]
    case .topic: [("sns/service", "no such topic")]
    case .pagerDuty: [("pagerduty/service", "PagerDuty refused the event")]
    case .gitHub: [("issue", "401"), ("status", "401"), ("comment", "401")]
    case .everything:
      Self.gitHub.sentences + Self.topic.sentences + Self.pagerDuty.sentences
    }
  }

  var isOfGitHub: Bool { [.gitHub, .everything].contains(self) }
  var isOfTopic: Bool { [.topic, .everything].contains(self) }
  var isOfPagerDuty: Bool { [.pagerDuty, .everything].contains(self) }
}

extension AlertWorld {
  /// What everybody has heard.
  struct Heard: Equatable, CustomStringConvertible {
    var issues = 0
    var statuses = 0
    var comments = 0
    var mails = 0
    var events = 0

    var description: String {
      "\(issues) issues, \(statuses) statuses, \(comments) comments, \(mails) mails, \(events) events"
    }
  }

  func bring(_ outage: AlertOutage) async throws {
    switch outage {
    case .issuesDisabled: await gitHub.setIssues(enabled: false)
    case .issuesForbidden: await gitHub.permit(["issues": "read"])
    case .statuses: await gitHub.permit(["statuses": "read"])
    case .comments:
      try await gitHub.addFaults([["fault": "forbidden", "method": "POST", "path": "*/comments"]])
    default: break
    }
    if outage.isOfGitHub { replace("GITHUB_TOKEN", with: "ghs_of_yesterday") }
    if outage.isOfTopic { try await removeTopic() }
    if outage == .everything { replace("AWS_ENDPOINT_URL_CLOUDWATCH", with: "http://127.0.0.1:1") }
    if outage.isOfPagerDuty {
      replace("PAGERDUTY_ROUTING_KEY", with: String(repeating: "x", count: 32))
    }
  }

  func mend() async throws {
    await gitHub.setIssues(enabled: true)
    await gitHub.clearFaults()
    await gitHub.permit(["statuses": "write", "pull_requests": "write", "issues": "write"])
    restore()
    try await makeTopic()
  }

  /// - Parameter comment: what is said besides when it is not so.
  func expectHeard(_ expected: Heard, _ comment: String = "", at place: SourceLocation = #_sourceLocation)
    async throws
  {
    let heard = try await heard()
    #expect(heard == expected, "\(comment)", sourceLocation: place)
  }

  func heard() async throws -> Heard {
    let issues = await gitHub.issues()
    return Heard(
      issues: issues.count { $0["pull_request"] == nil }, statuses: await gitHub.statuses().count,
      comments: issues.reduce(0) { $0 + ($1["comments"]?.array?.count ?? 0) },
      mails: try await mailCount(),
      events: await pagerDuty.state.events.count { $0.status == 202 })
  }
}
