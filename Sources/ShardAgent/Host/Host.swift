import Shared

/// What the agent asks of the machine it runs on.
struct Host: Sendable {
  let now: @Sendable () -> UTCInstant
  let sleep: @Sendable (Duration) async throws -> Void
  let environment: [String: String]
  let limits: ContainerLimits
  let processorCount: Int
  /// What tells this machine, as it is booted now, from others; `nil` when it cannot be read.
  let machine: String?
  /// CPU seconds that a process has used; `nil` when it is gone.
  let cpuSeconds: @Sendable (_ processID: Int32) -> Double?
  let processID: Int32
  let randomText: @Sendable () -> String
}

/// utime + stime of `/proc/<pid>/stat`: fields 14 and 15, counted behind the name, which may hold spaces.
func cpuSecondsUsed(stat: String, ticksPerSecond: Double) -> Double? {
  guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
  let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")
  guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
  return (user + system) / ticksPerSecond
}
