/// How far a generator may go before its latencies are called its own. `nil`: that sign is not looked at. Each is a
/// share from 0 to 1.
package struct GeneratorLimits: Sendable, Hashable, Codable {
  /// Of the CPU that k6 and its agent may use. k6 needs spare CPU to measure with.
  package var cpu: Double?
  /// Of the load's time, in which the container's CPU limit held its CPUs up. From 5 % on, what a p95 looks at may
  /// have stood still.
  package var throttled: Double?
  /// Of the time in which k6's threads wanted a CPU, how much of it they waited for one.
  package var runDelay: Double?
  /// Of the iterations that were due. Off by itself: a slow target uses up all VUs as well.
  package var droppedIterations: Double?

  package init(cpu: Double?, throttled: Double?, runDelay: Double?, droppedIterations: Double?) {
    (self.cpu, self.throttled) = (cpu, throttled)
    (self.runDelay, self.droppedIterations) = (runDelay, droppedIterations)
  }

  package static let usual = GeneratorLimits(
    cpu: 0.8, throttled: 0.05, runDelay: 0.4, droppedIterations: nil)

  private enum CodingKeys: String, CodingKey {
    case cpu, throttled
    case runDelay = "run_delay"
    case droppedIterations = "dropped_iterations"
  }
}
