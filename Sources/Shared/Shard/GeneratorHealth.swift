/// How the machine that made the load fared, from the end of setup() to the end of the load. What could not be read is `nil`,
/// never 0.
package struct GeneratorHealth: Sendable, Codable, Equatable {
  /// CPU seconds of k6.
  package let k6CPUSeconds: Double?
  /// How many CPUs the container (or the machine) has.
  package let cpuLimit: Double
  /// `k6CPUSeconds` over the time and the limit, 0 to 1.
  package let cpuShare: Double?
  /// The same of the agent, which reads what k6 writes.
  package var agentCPUSeconds: Double?
  package var agentCPUShare: Double?
  /// How long the container's CPUs stood still because its limit was used up, all CPUs added, and that over the time,
  /// at most 1. `nil` without a limit.
  package var throttledSeconds: Double?
  package var throttledShare: Double?
  /// How long k6's threads were ready to run and waited for a CPU, all threads added, and that over the time and the
  /// limit, as `cpuShare`: more than 1 when many waited.
  package var k6RunDelaySeconds: Double?
  package var k6RunDelayShare: Double?
  /// What a thread of k6's that was ready waited on the average before it ran.
  package var k6RunDelayPerTurnSeconds: Double?
  /// Of k6 and the agent together, in the worst ten seconds; `nil` for a shorter load.
  package var cpuSharePeak: Double?
  /// The most memory that was in use: the container's without its file cache, or k6's and the agent's where there is
  /// no limit.
  package var peakMemoryBytes: Int64?
  package var memoryLimitBytes: Int64?
  /// The most resident memory of each.
  package var k6PeakResidentBytes: Int64?
  package var agentPeakResidentBytes: Int64?
  /// The longest from the newest sample of a piece of k6's stream to its reading. k6 writes five times a second.
  package var greatestStreamLagSeconds: Double?
  /// Which machine it is (the kernel's boot id), and how many CPUs that has: shards of a local run share one.
  package let machine: String?
  package let machineCPUs: Double?

  package init(
    k6CPUSeconds: Double?, cpuLimit: Double, cpuShare: Double?, machine: String? = nil,
    machineCPUs: Double? = nil
  ) {
    (self.k6CPUSeconds, self.cpuLimit, self.cpuShare) = (k6CPUSeconds, cpuLimit, cpuShare)
    (self.machine, self.machineCPUs) = (machine, machineCPUs)
  }

  private enum CodingKeys: String, CodingKey {
    case machine
    case machineCPUs = "machine_cpus"
    case k6CPUSeconds = "k6_cpu_seconds"
    case cpuLimit = "cpu_limit"
    case cpuShare = "cpu_share"
    case agentCPUSeconds = "agent_cpu_seconds"
    case agentCPUShare = "agent_cpu_share"
    case throttledSeconds = "throttled_seconds"
    case throttledShare = "throttled_share"
    case k6RunDelaySeconds = "k6_run_delay_seconds"
    case k6RunDelayShare = "k6_run_delay_share"
    case k6RunDelayPerTurnSeconds = "k6_run_delay_per_turn_seconds"
    case cpuSharePeak = "cpu_share_peak"
    case peakMemoryBytes = "peak_memory_bytes"
    case memoryLimitBytes = "memory_limit_bytes"
    case k6PeakResidentBytes = "k6_peak_resident_bytes"
    case agentPeakResidentBytes = "agent_peak_resident_bytes"
    case greatestStreamLagSeconds = "greatest_stream_lag_seconds"
  }
}
