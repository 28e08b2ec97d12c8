import Shared
import Yams

/// `alert:` in `grid.yml`: who is told what of a run. What is not named is not done.
struct AlertSettings: Sendable, Equatable {
  /// How often people are told of a trouble that goes on.
  enum Notify: String, Sendable, CaseIterable { case change, always }

  struct IssueSettings: Sendable, Equatable {
    /// Besides `load-test` and the suite's own.
    var labels: [String] = []
    var assignees: [String] = []
    /// A degraded night opens one, too.
    var opensOnDegraded = false
  }

  struct StatusSettings: Sendable, Equatable {
    /// On which commits a status is set.
    enum Target: String, Sendable, CaseIterable { case commit, release, both }

    /// `nil` for `k6-grid/SUITE`.
    var context: String?
    var target = Target.commit
  }

  /// When a pull request gets its first comment.
  enum Comment: String, Sendable, CaseIterable { case problem, always }

  struct TopicSettings: Sendable, Equatable {
    /// ARNs. Who looks after the load test itself may have a topic of their own.
    var service: String
    var harness: String?
  }

  /// `owner/name`; `nil` for the repository in whose workflow this runs.
  var repository: String?
  /// Whose the token is on GitHub; `nil` for a workflow's own, and for a person's. A GitHub App's token does not say it.
  var login: String?
  /// Addresses of the web, for links.
  var runbook: String?
  var dashboard: String?
  var notify = Notify.change
  var issue: IssueSettings?
  var status: StatusSettings?
  var comment: Comment?
  var topics: TopicSettings?
  /// Events go to PagerDuty; its keys are secrets, and come from the environment.
  var usesPagerDuty = false
  /// CloudWatch's namespace for a run's metrics.
  var metrics: String?

  init() {}

  static let needsSuite =
    "'alert' needs a name: expected 'suite: NAME' in the configuration, by which an issue and an incident are told from those of other load tests"

  /// Whether anybody is told anything.
  var isActive: Bool {
    issue != nil || status != nil || comment != nil || topics != nil || usesPagerDuty || metrics != nil
  }
}

extension AlertSettings {
  /// CloudWatch's, where the agents' live metrics go as well.
  static let usualNamespace = "k6-grid"

  init(_ node: Node, _ reader: NodeReader) throws {
    for (key, value) in try reader.mapping(node, "alert") {
      switch key {
      case "repository": repository = try reader.repository(value)
      case "login": login = try reader.text(value, "alert.login")
      case "runbook": runbook = try reader.address(value, "alert.runbook")
      case "dashboard": dashboard = try reader.address(value, "alert.dashboard")
      case "notify": notify = try reader.word(value, "alert.notify")
      case "issue": issue = try reader.enabled(value, "alert.issue") { try reader.issue($0) }
      case "status": status = try reader.enabled(value, "alert.status") { try reader.status($0) }
      case "comment": comment = try reader.word(value, "alert.comment")
      case "sns": topics = try reader.topics(value)
      case "pagerduty": usesPagerDuty = try reader.truth(value, "alert.pagerduty")
      case "metrics": metrics = try reader.metrics(value)
      default:
        throw reader.error(
          key: key, of: node,
          "'alert.\(key)' is not known: expected repository, login, runbook, dashboard, notify, issue, status, comment, sns, pagerduty or metrics"
        )
      }
    }
  }
}

extension NodeReader {
  /// `true`, `false`, or names with values.
  fileprivate func enabled<Settings>(
    _ node: Node, _ what: String, _ read: (Node?) throws -> Settings
  ) throws -> Settings? {
    if node.mapping != nil { return try read(node) }
    guard node.scalar != nil, Bool(try text(node, what)) != nil else {
      throw error(node, "\(what): expected true, false, or names with values")
    }
    return try truth(node, what) ? read(nil) : nil
  }

  fileprivate func word<Word: RawRepresentable & CaseIterable>(_ node: Node, _ what: String) throws -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: try text(node, what)) else {
      let words = Word.allCases.map(\.rawValue)
      throw error(
        node, "\(what): expected \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")")
    }
    return word
  }

  fileprivate func address(_ node: Node, _ what: String) throws -> String {
    guard let address = PageText.webAddress(try text(node, what)) else {
      throw error(node, "\(what): expected an address, as https://acme.example/runbook")
    }
    return address
  }

  fileprivate func repository(_ node: Node) throws -> String {
    let text = try text(node, "alert.repository")
    guard isRepositoryName(text) else {
      throw error(node, "alert.repository: expected owner/name, as acme/checkout")
    }
    return text
  }

  fileprivate func issue(_ node: Node?) throws -> AlertSettings.IssueSettings {
    var settings = AlertSettings.IssueSettings()
    for (key, value) in try node.map({ try mapping($0, "alert.issue") }) ?? [] {
      switch key {
      case "labels":
        settings.labels = try list(value, "alert.issue.labels").map { label in
          let text = try text(label, "alert.issue.labels")
          guard (1...50).contains(text.count), !text.contains(",") else {
            throw error(label, "alert.issue.labels: expected 1 to 50 characters, without a comma")
          }
          return text
        }
      case "assignees":
        settings.assignees = try list(value, "alert.issue.assignees").map {
          try text($0, "alert.issue.assignees")
        }
        guard settings.assignees.count <= 10 else {
          throw error(value, "alert.issue.assignees: expected at most 10")
        }
      case "open_on_degraded": settings.opensOnDegraded = try truth(value, "alert.issue.\(key)")
      default:
        throw error(
          key: key, of: node,
          "'alert.issue.\(key)' is not known: expected labels, assignees or open_on_degraded")
      }
    }
    return settings
  }

  fileprivate func status(_ node: Node?) throws -> AlertSettings.StatusSettings {
    var settings = AlertSettings.StatusSettings()
    for (key, value) in try node.map({ try mapping($0, "alert.status") }) ?? [] {
      switch key {
      case "context":
        let text = try text(value, "alert.status.context")
        guard (1...100).contains(text.count) else {
          throw error(value, "alert.status.context: expected 1 to 100 characters")
        }
        settings.context = text
      case "target": settings.target = try word(value, "alert.status.target")
      default:
        throw error(key: key, of: node, "'alert.status.\(key)' is not known: expected context or target")
      }
    }
    return settings
  }

  /// A topic's ARN alone, or one each for the service and for the load test itself.
  fileprivate func topics(_ node: Node) throws -> AlertSettings.TopicSettings {
    if node.scalar != nil { return AlertSettings.TopicSettings(service: try topic(node, "alert.sns")) }
    var (service, harness): (String?, String?) = (nil, nil)
    for (key, value) in try mapping(node, "alert.sns") {
      switch key {
      case "topic": service = try topic(value, "alert.sns.topic")
      case "harness_topic": harness = try topic(value, "alert.sns.harness_topic")
      default:
        throw error(key: key, of: node, "'alert.sns.\(key)' is not known: expected topic or harness_topic")
      }
    }
    guard let service else { throw error(node, "alert.sns: 'topic' is missing") }
    return AlertSettings.TopicSettings(service: service, harness: harness)
  }

  private func topic(_ node: Node, _ what: String) throws -> String {
    let text = try text(node, what)
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "sns", !parts[3].isEmpty, !parts[5].isEmpty else {
      throw error(
        node, "\(what): expected a topic's ARN, as arn:aws:sns:eu-west-1:123456789012:load-test")
    }
    guard !text.hasSuffix(".fifo") else {
      throw error(node, "\(what): a FIFO topic reaches neither e-mail nor PagerDuty: expected a standard one")
    }
    return text
  }

  fileprivate func metrics(_ node: Node) throws -> String? {
    let text = try text(node, "alert.metrics")
    if let isOn = Bool(text) { return isOn ? AlertSettings.usualNamespace : nil }
    guard (1...255).contains(text.utf8.count), !text.hasPrefix(":"), !text.hasPrefix("AWS/"),
      text.utf8.allSatisfy({ (33...126).contains($0) })
    else {
      throw error(
        node,
        "alert.metrics: expected true, false, or a namespace of 1 to 255 ASCII characters, not beginning with : or AWS/"
      )
    }
    return text
  }
}

/// `owner/name`, as GitHub writes it.
func isRepositoryName(_ text: String) -> Bool {
  let parts = text.split(separator: "/", omittingEmptySubsequences: false)
  return parts.count == 2
    && parts.allSatisfy { part in
      (1...100).contains(part.utf8.count) && part != "." && part != ".."
        && part.utf8.allSatisfy { byte in
          (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || [45, 46, 95].contains(byte)
        }
    }
}
