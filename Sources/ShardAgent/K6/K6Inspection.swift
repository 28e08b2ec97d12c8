import Shared

/// Reads what `k6 inspect --execution-requirements` prints (k6 0.57 to 2.2). Everything that is not needed, secrets
/// in `env` or `headers` included, is never looked at.
struct K6Inspection: Decodable {
  private struct Scenario: Decodable {
    let executor: String
    let startTime: String?
    let duration: String?
    let stages: [Stage]?
    let vus: Int?
    let maxVUs: Int?
    let preAllocatedVUs: Int?
    let startVUs: Int?
    let rate: Int?
    let startRate: Int?
    let timeUnit: String?
    let iterations: Int?

    /// What it asks of k6, in one line; the same of the same load.
    var load: String {
      let numbers = [
        ("vus", vus), ("startVUs", startVUs), ("preAllocatedVUs", preAllocatedVUs), ("maxVUs", maxVUs),
        ("rate", rate), ("startRate", startRate), ("iterations", iterations),
      ].compactMap { name, value in value.map { "\(name)=\($0)" } }
      let texts = [("timeUnit", timeUnit), ("startTime", startTime), ("duration", duration)].compactMap {
        name, value in value.map { "\(name)=\($0)" }
      }
      let stages = (stages ?? []).map { "\($0.duration ?? "-"):\($0.target.map(String.init) ?? "-")" }
      return (numbers + texts + (stages.isEmpty ? [] : ["stages=\(stages.joined(separator: ","))"]))
        .joined(separator: " ")
    }

    /// The VUs that k6 splits over the shards: those that exist at the most. Where the script says nothing, k6 takes
    /// one. `nil` for an executor that is not known.
    var splitVUs: Int? {
      switch executor {
      case "constant-vus", "shared-iterations", "per-vu-iterations": vus ?? 1
      case "ramping-vus": max(startVUs ?? 1, stages?.compactMap(\.target).max() ?? 0)
      case "constant-arrival-rate", "ramping-arrival-rate": maxVUs ?? preAllocatedVUs
      case "externally-controlled": maxVUs ?? vus
      default: nil
      }
    }
  }

  private struct Stage: Decodable {
    let duration: String?
    let target: Int?
  }

  private enum Threshold: Decodable {
    case text(String)
    case object(expression: String, abortOnFail: Bool, delay: String?)

    private enum CodingKeys: String, CodingKey { case threshold, abortOnFail, delayAbortEval }

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        self = .text(text)
        return
      }
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self = .object(
        expression: try container.decode(String.self, forKey: .threshold),
        abortOnFail: try container.decodeIfPresent(Bool.self, forKey: .abortOnFail) ?? false,
        delay: try container.decodeIfPresent(String.self, forKey: .delayAbortEval))
    }
  }

  /// What is on by the script, a configuration file or the environment; k6 says `null` where nothing is.
  private struct SystemTagsMember: Decodable {
    let tags: Set<String>?

    private enum CodingKeys: String, CodingKey { case systemTags }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      let listed = try container.decodeIfPresent(Set<String>.self, forKey: .systemTags)
      tags = container.contains(.systemTags) ? listed ?? [] : nil
    }
  }

  private let scenarios: [String: Scenario]?
  private let thresholds: [String: [Threshold]]?
  private let maxVUs: Int?
  private let totalDuration: String?
  private let setupTimeout: String?
  private let teardownTimeout: String?
  private let noSetup: Bool?
  private let noTeardown: Bool?
  private let summaryTrendStats: [String]?

  /// k6's own, where the script says nothing.
  private static let usualTimeout = 60.0

  /// Of what a trend's part of k6's summary consists, as `["avg", "p(95)"]`: the script's, or k6's own.
  /// - Throws: ``UnreadableDocument``.
  static func trendStats(_ output: [UInt8]) throws -> [String] {
    try decoded(K6Inspection.self, from: output, name: "the output of k6 inspect").summaryTrendStats
      ?? usualTrendStats
  }

  static let usualTrendStats = ["avg", "min", "med", "max", "p(90)", "p(95)"]

  /// - Throws: ``UnreadableDocument``.
  static func plan(_ output: [UInt8]) throws -> ScriptPlan {
    let inspection = try decoded(K6Inspection.self, from: output, name: "the output of k6 inspect")
    let setup = try seconds(inspection.setupTimeout, "setupTimeout") ?? usualTimeout
    let teardown = try seconds(inspection.teardownTimeout, "teardownTimeout") ?? usualTimeout
    var plan = ScriptPlan(
      thresholds: try inspection.planThresholds(),
      scenarios: try (inspection.scenarios ?? [:]).map(planScenario).sorted { $0.name < $1.name },
      maxVUs: inspection.maxVUs ?? 1,
      totalSeconds: setup + (try seconds(inspection.totalDuration, "totalDuration") ?? 0) + teardown)
    plan.setup = ScriptPlan.Hook(isOff: inspection.noSetup ?? false, timeout: setup)
    plan.teardown = ScriptPlan.Hook(isOff: inspection.noTeardown ?? false, timeout: teardown)
    return plan
  }

  /// The system tags that are on; `nil` when nothing is said about them.
  /// - Throws: ``UnreadableDocument``.
  static func systemTags(_ output: [UInt8]) throws -> Set<String>? {
    try decoded(SystemTagsMember.self, from: output, name: "the output of k6 inspect").tags
  }

  /// - Throws: ``UnreadableDocument`` for a text that is no duration; `nil` stays `nil`.
  private static func seconds(_ text: String?, _ what: String) throws -> Double? {
    guard let text else { return nil }
    guard let seconds = parseGoDuration(text) else {
      throw UnreadableDocument(
        name: "the output of k6 inspect", reason: "\(what) is '\(text)': expected a duration, as 1m30s")
    }
    return seconds
  }

  private func planThresholds() throws -> [ScriptPlan.Threshold] {
    try (thresholds ?? [:]).sorted { $0.key < $1.key }.flatMap { selector, list in
      try list.map { threshold in
        switch threshold {
        case .text(let expression): ScriptPlan.Threshold(selector: selector, expression: expression)
        case .object(let expression, let abortOnFail, let delay):
          ScriptPlan.Threshold(
            selector: selector, expression: expression, abortOnFail: abortOnFail,
            delayAbortEval: try Self.seconds(delay, "delayAbortEval"))
        }
      }
    }
  }

  private static func planScenario(_ name: String, _ scenario: Scenario) throws -> ScriptPlan.Scenario {
    let start = try seconds(scenario.startTime, "startTime of \(name)") ?? 0
    let stages = try scenario.stages?.reduce(0.0) {
      $0 + (try seconds($1.duration, "a stage of \(name)") ?? 0)
    }
    let length = try seconds(scenario.duration, "duration of \(name)") ?? stages
    let isByIterations = scenario.executor == "shared-iterations" || scenario.executor == "per-vu-iterations"
    var planned = ScriptPlan.Scenario(
      name: name, executor: scenario.executor,
      plannedSeconds: isByIterations ? nil : length.map { start + $0 }, vus: scenario.splitVUs)
    planned.load = scenario.load
    return planned
  }
}
