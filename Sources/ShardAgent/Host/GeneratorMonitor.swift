import Shared
import Synchronization

/// Looks at k6, the agent and their container while the load runs.
final class GeneratorMonitor: Sendable {
  /// What one interval of the live metrics says.
  struct Interval: Sendable {
    let use: GeneratorUse
    let memoryBytes: Int64?
    let memoryLimitBytes: Int64?
    /// The longest of this interval; `nil` when nothing was read.
    let streamLagSeconds: Double?
  }

  private struct State {
    var k6: Int32?
    var delays = ThreadDelays()
    /// At the un-pause or the end of setup(), and the last one at which k6 was there and its load was not over.
    var first, last: GeneratorReading?
    var isLoadOver = false
    var intervalStart: GeneratorReading?
    var peakMemory, k6Peak, agentPeak: Int64?
    /// At least a second apart, from ten seconds ago on.
    var recent: [GeneratorReading] = []
    var peakCPUShare: Double?
  }

  private let host: Host
  private let state = Mutex(State())
  private let lag = Mutex<(greatest: Double?, ofInterval: Double?)>((nil, nil))

  init(host: Host) { self.host = host }

  /// k6 is about to be let go.
  func loadStarts(k6: Int32) {
    state.withLock { state in
      state.k6 = k6
      guard let reading = look(&state) else { return }
      (state.first, state.intervalStart, state.recent) = (reading, reading, [reading])
    }
  }

  /// What was used until now was not used for the load.
  func setupIsOver() {
    state.withLock { state in
      if let reading = look(&state) {
        (state.first, state.recent, state.peakCPUShare) = (reading, [reading], nil)
      }
    }
  }

  /// May be called as often as one likes: there are at most four looks a second.
  func look() {
    state.withLock { state in
      if let last = state.last, abs(host.now().seconds(since: last.at)) < 0.25 { return }
      _ = look(&state)
    }
  }

  func loadEnded() {
    state.withLock { state in
      _ = look(&state)
      state.isLoadOver = true
    }
  }

  /// What was read of k6's stream at an instant, and the time of its newest sample.
  func read(at: UTCInstant, newest: UTCInstant?) {
    guard let newest else { return }
    let seconds = max(0, at.seconds(since: newest))
    let isLoadOver = state.withLock(\.isLoadOver)
    lag.withLock { lag in
      if !isLoadOver { lag.greatest = max(lag.greatest ?? 0, seconds) }
      lag.ofInterval = max(lag.ofInterval ?? 0, seconds)
    }
  }

  /// Since the one before, or since the start; `nil` when k6 was never let go.
  func takeInterval() -> Interval? {
    let lag = lag.withLock { lag in
      defer { lag.ofInterval = nil }
      return lag.ofInterval
    }
    return state.withLock { state in
      guard let start = state.intervalStart, let reading = look(&state) else { return nil }
      state.intervalStart = reading
      return Interval(
        use: GeneratorUse(from: start, to: reading, cpus: host.cpus), memoryBytes: reading.memoryBytes,
        memoryLimitBytes: host.limits.memoryBytes, streamLagSeconds: lag)
    }
  }

  /// Of the load until now. One of less than a second says nothing: most of it is k6's own beginning.
  var health: GeneratorHealth {
    state.withLock { state in
      guard let first = state.first, let last = state.last,
        case let use = GeneratorUse(from: first, to: last, cpus: host.cpus), use.seconds >= 1
      else { return GeneratorHealth(k6CPUSeconds: nil, cpuLimit: host.cpus, cpuShare: nil) }
      var health = GeneratorHealth(
        k6CPUSeconds: use.k6CPUSeconds, cpuLimit: host.cpus, cpuShare: use.k6CPUShare, machine: host.machine,
        machineCPUs: Double(host.processorCount))
      (health.agentCPUSeconds, health.agentCPUShare) = (use.agentCPUSeconds, use.agentCPUShare)
      (health.throttledSeconds, health.throttledShare) = (use.throttledSeconds, use.throttledShare)
      (health.k6RunDelaySeconds, health.k6RunDelayShare) = (use.k6RunDelaySeconds, use.k6RunDelayShare)
      health.k6RunDelayPerTurnSeconds = use.k6RunDelayPerTurnSeconds
      health.cpuSharePeak = state.peakCPUShare
      (health.peakMemoryBytes, health.memoryLimitBytes) = (state.peakMemory, host.limits.memoryBytes)
      (health.k6PeakResidentBytes, health.agentPeakResidentBytes) = (state.k6Peak, state.agentPeak)
      health.greatestStreamLagSeconds = lag.withLock(\.greatest)
      return health
    }
  }

  private func look(_ state: inout State) -> GeneratorReading? {
    guard let k6 = state.k6 else { return nil }
    let reading = GeneratorReading(k6: k6, host: host, delays: &state.delays)
    guard !state.isLoadOver, reading.k6CPUSeconds != nil else { return reading }
    state.last = reading
    state.peakMemory = [state.peakMemory, reading.memoryBytes].compactMap(\.self).max()
    state.k6Peak = [state.k6Peak, reading.k6ResidentBytes].compactMap(\.self).max()
    state.agentPeak = [state.agentPeak, reading.agentResidentBytes].compactMap(\.self).max()
    notePeak(&state, reading)
    return reading
  }

  /// The last ten seconds, or a little more, at every second: a mean over the load hides the saturated end of a ramp.
  private func notePeak(_ state: inout State, _ reading: GeneratorReading) {
    guard let latest = state.recent.last, reading.at.seconds(since: latest.at) >= 1 else { return }
    state.recent.append(reading)
    while state.recent.count > 2, reading.at.seconds(since: state.recent[1].at) >= 10 {
      state.recent.removeFirst()
    }
    guard reading.at.seconds(since: state.recent[0].at) >= 10 else { return }
    let use = GeneratorUse(from: state.recent[0], to: reading, cpus: host.cpus)
    state.peakCPUShare = [state.peakCPUShare, use.cpuShare].compactMap(\.self).max()
  }
}
