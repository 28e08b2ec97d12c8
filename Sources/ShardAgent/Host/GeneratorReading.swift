import Shared

/// One look at k6, the agent and their container. Times are counted since each of them began; what cannot be read is
/// `nil`.
struct GeneratorReading: Sendable {
  let at: UTCInstant
  let k6CPUSeconds: Double?
  let agentCPUSeconds: Double?
  let throttledSeconds: Double?
  let k6RunDelaySeconds: Double?
  /// How often k6's threads got a CPU.
  var k6Turns: Double?
  let k6ResidentBytes: Int64?
  let agentResidentBytes: Int64?
  /// The container's where it has a limit, else k6's and the agent's together.
  let memoryBytes: Int64?
}

extension GeneratorReading {
  /// - Parameter delays: what k6's threads had waited until now; goes on from there.
  init(k6: Int32, host: Host, delays: inout ThreadDelays) {
    let group = ControlGroup { host.text("/sys/fs/cgroup/\($0)") }
    at = host.now()
    k6CPUSeconds = host.cpuSeconds(k6)
    agentCPUSeconds = host.cpuSeconds(host.processID)
    throttledSeconds = group.throttledSeconds
    delays.note(host.threadDelays(k6))
    let isThere = k6CPUSeconds != nil
    (k6RunDelaySeconds, k6Turns) = isThere ? (delays.seconds, delays.turns) : (nil, nil)
    let (k6Bytes, agentBytes) = (host.residentBytes(k6), host.residentBytes(host.processID))
    (k6ResidentBytes, agentResidentBytes) = (k6Bytes, agentBytes)
    if host.limits.memoryBytes != nil {
      memoryBytes = group.memoryBytes
    } else if let k6Bytes, let agentBytes {
      memoryBytes = k6Bytes + agentBytes
    } else {
      memoryBytes = nil
    }
  }
}

extension Host {
  fileprivate func cpuSeconds(_ process: Int32) -> Double? {
    text("/proc/\(process)/stat").flatMap { cpuSecondsUsed(stat: $0, ticksPerSecond: ticksPerSecond) }
  }

  fileprivate func residentBytes(_ process: Int32) -> Int64? {
    text("/proc/\(process)/statm").flatMap { ShardAgent.residentBytes(statm: $0, pageBytes: pageBytes) }
  }

  fileprivate func threadDelays(_ process: Int32) -> [Int32: String] {
    var threads: [Int32: String] = [:]
    for thread in names("/proc/\(process)/task").compactMap(Int32.init) {
      threads[thread] = text("/proc/\(process)/task/\(thread)/schedstat")
    }
    return threads
  }
}

/// What was used between two looks.
struct GeneratorUse: Sendable {
  let seconds: Double
  let cpus: Double
  let k6CPUSeconds: Double?
  let agentCPUSeconds: Double?
  let throttledSeconds: Double?
  let k6RunDelaySeconds: Double?
  let k6Turns: Double?

  init(from first: GeneratorReading, to last: GeneratorReading, cpus: Double) {
    func difference(_ member: (GeneratorReading) -> Double?) -> Double? {
      guard let before = member(first), let after = member(last), after >= before else { return nil }
      return after - before
    }
    (seconds, self.cpus) = (last.at.seconds(since: first.at), cpus)
    k6CPUSeconds = difference(\.k6CPUSeconds)
    agentCPUSeconds = difference(\.agentCPUSeconds)
    throttledSeconds = difference(\.throttledSeconds)
    k6RunDelaySeconds = difference(\.k6RunDelaySeconds)
    k6Turns = difference(\.k6Turns)
  }

  var k6CPUShare: Double? { share(k6CPUSeconds, of: cpus) }
  var agentCPUShare: Double? { share(agentCPUSeconds, of: cpus) }
  var k6RunDelayShare: Double? { share(k6RunDelaySeconds, of: cpus) }
  /// What a thread that was ready waited on the average before it ran.
  var k6RunDelayPerTurnSeconds: Double? {
    guard let k6RunDelaySeconds, let k6Turns, k6Turns > 0 else { return nil }
    return k6RunDelaySeconds / k6Turns
  }
  /// Of k6 and its agent together.
  var cpuShare: Double? { k6CPUShare.map { $0 + (agentCPUShare ?? 0) } }
  /// Of the time of all CPUs that may stand still at once: the kernel counts each.
  var throttledShare: Double? { share(throttledSeconds, of: cpus.rounded(.up)).map { min($0, 1) } }

  private func share(_ used: Double?, of cpus: Double) -> Double? {
    // CPU time is counted in hundredths of a second: of less than half a one they say nothing.
    guard let used, seconds >= 0.5, cpus > 0 else { return nil }
    return used / (seconds * cpus)
  }
}
