import Shared

/// The labels by which an issue is found, and which says how it stands.
struct IssueLabels {
  let suite: String

  static let common = "load-test"
  /// Of which an issue has exactly one.
  static let states = ["failing", "degraded", "incomplete"]

  /// By these a list is asked for.
  var search: [String] { [Self.common, own] }

  /// `suite:checkout-api`. GitHub allows 50 characters: of a longer name the end is its hash.
  private var own: String {
    let label = "suite:\(suite)"
    if label.utf8.count <= 50 { return label }
    return "\(label.prefix(41))-\(sha256(Array(suite.utf8)).prefix(8))"
  }

  static func state(_ verdict: Verdict) -> String {
    switch verdict {
    // One that is still open: it is near its limit.
    case .fail, .pass: states[0]
    case .degraded: states[1]
    case .incomplete: states[2]
    }
  }

  /// What an issue has from now on: those that people have put on it stay.
  func labels(_ verdict: Verdict, keeping present: [String]) -> [String] {
    let own = search + [Self.state(verdict)]
    let others = present.filter { label in
      !(search + Self.states).contains { $0.lowercased() == label.lowercased() }
    }
    return own + others
  }

  /// For those of ours that the repository may not have yet.
  func definitions(_ names: [String]) -> [GitHubLabel] {
    let known = [
      GitHubLabel(name: Self.common, color: "5319e7", description: "Opened and closed by the load test"),
      GitHubLabel(name: own, color: "c5def5", description: "The load test's suite"),
      GitHubLabel(name: Self.states[0], color: "b60205", description: "A limit of the load test is crossed"),
      GitHubLabel(
        name: Self.states[1], color: "fbca04", description: "Within its limits, but slower than usual"),
      GitHubLabel(name: Self.states[2], color: "bfd4f2", description: "The load test could not be judged"),
    ]
    return known.filter { names.contains($0.name) }
  }
}
