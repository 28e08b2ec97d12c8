import Shared

/// Puts the verdict on the commit under test, or on that of the last green release.
struct StatusDelivery: Sendable {
  let gitHub: GitHubClient
  let settings: AlertSettings.StatusSettings
  /// On the release's commit.
  var isRelease = false

  func send(_ facts: AlertFacts) async throws -> AlertDelivery.Sent {
    let release = isRelease ? facts.lastGreenRelease : nil
    if isRelease, facts.situation == nil || facts.supersededBy != nil {
      return AlertDelivery.Sent("no status was set: the suite's newest run speaks for a release")
    }
    if !isRelease, let newer = facts.newerOfCommit {
      return AlertDelivery.Sent("no status was set: run \(newer) of the same commit is newer")
    }
    if isRelease, release == nil {
      return AlertDelivery.Sent("no status was set: no release has passed yet")
    }
    guard let commit = isRelease ? release?.commit : facts.plan.commit, !commit.isEmpty else {
      // A run by hand. To try again would come to the same.
      return AlertDelivery.Sent("no status was set: the run does not know of which commit it is")
    }
    guard (7...64).contains(commit.utf8.count), commit.utf8.allSatisfy(Self.isHexDigit) else {
      throw StatusCommitUnknown(commit: commit)
    }
    let text = StatusText(facts: facts, release: release?.release)
    let status = GitHubStatus(
      state: text.state, description: text.line, context: context(facts),
      targetURL: facts.links.night ?? facts.links.workflowRun)
    try await gitHub.within(GitHubClient.usualPatience).set(status, on: commit)
    return AlertDelivery.Sent("\(status.state.rawValue) was set on \(commit.prefix(7)) as \(status.context)")
  }

  private func context(_ facts: AlertFacts) -> String {
    (settings.context ?? "k6-grid/\(facts.plan.suite)") + (isRelease ? "/release" : "")
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte)
  }
}

struct StatusCommitUnknown: Error, CustomStringConvertible {
  let commit: String

  var description: String {
    "the run's commit '\(PageText.outside(commit, most: 80))' is none: expected its SHA in hexadecimal, as GITHUB_SHA has it"
  }
}
