/// What `k6 inspect --execution-requirements` says of a script under the run's own environment: what the
/// coordinator needs, and none of the options that may hold secrets.
package struct ScriptPlan: Sendable, Hashable, Codable {
  package struct Scenario: Sendable, Hashable, Codable {
    package let name: String
    package let executor: String
    /// Seconds from the start to the end of its load, start time included, graceful stop and ramp-down not;
    /// `nil` for scenarios that end when their iterations are done.
    package let plannedSeconds: Double?
    /// The number of VUs that it splits over the shards, where it has one.
    package let vus: Int?
    /// What it asks of k6 (VUs, rates, stages), in one line; `nil` in documents from before there was such a member.
    package var load: String?

    package init(name: String, executor: String, plannedSeconds: Double?, vus: Int?) {
      (self.name, self.executor, self.plannedSeconds, self.vus) = (name, executor, plannedSeconds, vus)
    }

    private enum CodingKeys: String, CodingKey {
      case name, executor, vus, load
      case plannedSeconds = "planned_seconds"
    }
  }

  package struct Threshold: Sendable, Hashable, Codable {
    package let selector: String
    package let expression: String
    package var abortOnFail: Bool
    /// Seconds after the start before which it cannot abort.
    package var delayAbortEval: Double?

    package init(
      selector: String, expression: String, abortOnFail: Bool = false, delayAbortEval: Double? = nil
    ) {
      (self.selector, self.expression) = (selector, expression)
      (self.abortOnFail, self.delayAbortEval) = (abortOnFail, delayAbortEval)
    }

    private enum CodingKeys: String, CodingKey {
      case selector, expression
      case abortOnFail = "abort_on_fail"
      case delayAbortEval = "delay_abort_eval_seconds"
    }
  }

  package let thresholds: [Threshold]
  package let scenarios: [Scenario]
  package let maxVUs: Int
  /// How long k6 may take at the most, graceful stops, setup() and teardown() included; seconds.
  package let totalSeconds: Double

  package var setup = Hook()
  package var teardown = Hook()

  /// setup() or teardown(). `k6 inspect` does not tell whether the script has one.
  package struct Hook: Sendable, Hashable, Codable {
    /// `--no-setup`, `--no-teardown` and the script's own options of that kind.
    package var isOff = false
    /// k6's limit for it, in seconds.
    package var timeout = 60.0

    package init(isOff: Bool = false, timeout: Double = 60) { (self.isOff, self.timeout) = (isOff, timeout) }

    private enum CodingKeys: String, CodingKey {
      case isOff = "is_off"
      case timeout = "timeout_seconds"
    }
  }

  package init(thresholds: [Threshold], scenarios: [Scenario], maxVUs: Int, totalSeconds: Double) {
    (self.thresholds, self.scenarios) = (thresholds, scenarios)
    (self.maxVUs, self.totalSeconds) = (maxVUs, totalSeconds)
  }

  private enum CodingKeys: String, CodingKey {
    case thresholds, scenarios, setup, teardown
    case totalSeconds = "total_seconds"
    case maxVUs = "max_vus"
  }

  /// The scenario with the fewest VUs: more shards than these would leave it without a VU on some of them. `nil` where
  /// no scenario says how many it has. One that has none at all has none on any number of shards.
  package var smallestScenario: (name: String, vus: Int)? {
    scenarios.compactMap { scenario in scenario.vus.map { (scenario.name, $0) } }.filter { $0.1 > 0 }
      .min { $0.1 < $1.1 }
  }

  /// How many shards can share the load so that each has a VU in every scenario; `nil` when nothing is known of it.
  ///
  /// Measured with k6 0.57.0 and 1.1.0, for every executor that `K6Inspection` knows: with as many shards as the
  /// scenario has VUs all of them worked, with one more k6 said of one "disabled for segment due to lack of work".
  package var maxShards: Int? { smallestScenario?.vus }

  /// The longest scenario's planned length in seconds; `nil` when one of them ends by its iterations: then k6's
  /// own normal end is what completeness means.
  package var plannedSeconds: Double? {
    let lengths = scenarios.map(\.plannedSeconds)
    // From a document: bounded, whatever stands there.
    return lengths.contains(nil) ? nil : lengths.compactMap(\.self).max().map { min(max($0, 0), 1e9) }
  }
}
