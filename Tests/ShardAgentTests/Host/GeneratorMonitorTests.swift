import Shared
import Testing

@testable import ShardAgent

@Suite struct GeneratorMonitorTests {
  private let machine = TestHost()

  /// The machine as it is some seconds into the load: k6 uses half a CPU and waits 0.1 s a second, the agent uses a
  /// tenth, and the limit of one CPU holds them up for 20 ms a second.
  private func load(_ seconds: Double, memory: Int = 1000) {
    machine.setProcess(
      42, ticks: 300 + Int(seconds * 50), pages: 100 + Int(seconds),
      waited: [42: 1_000_000, 43: UInt64(seconds * 1e8)], turns: 10 + Int(seconds * 40))
    machine.setProcess(7, ticks: 90 + Int(seconds * 10), pages: 50)
    machine["/sys/fs/cgroup/cpu.stat"] =
      "nr_periods \(10 + Int(seconds * 10))\nthrottled_usec \(5000 + Int(seconds * 20_000))\n"
    machine["/sys/fs/cgroup/memory.current"] = "\(memory)\n"
  }

  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { abs($0 - expected) < 1e-9 } ?? false
  }

  private let limits = ["cpu.max": "100000 100000\n", "memory.max": "4000\n"]

  private func monitored(_ limits: [String: String], seconds: Int = 10) -> GeneratorMonitor {
    let monitor = GeneratorMonitor(host: machine.host(limits: limits))
    load(0)
    monitor.loadStarts(k6: 42)
    for second in 1...seconds {
      machine.advance(1)
      load(Double(second), memory: second == 4 ? 3000 : 1000)
      monitor.look()
    }
    return monitor
  }

  @Test func `what setup() used is not the load's`() {
    let monitor = GeneratorMonitor(host: machine.host(limits: limits))
    load(0)
    monitor.loadStarts(k6: 42)
    machine.advance(6)  // setup() sleeps
    monitor.setupIsOver()
    for second in 1...4 {
      machine.advance(1)
      load(Double(second))
      monitor.look()
    }
    #expect(isNear(monitor.health.cpuShare, 0.5), "of four seconds, not of ten")
  }

  @Test func `of the load it says what k6 and the agent used, and what held them up`() {
    let health = monitored(limits).health
    #expect(isNear(health.k6CPUSeconds, 5) && isNear(health.cpuShare, 0.5) && health.cpuLimit == 1)
    #expect(isNear(health.agentCPUSeconds, 1) && isNear(health.agentCPUShare, 0.1))
    #expect(isNear(health.throttledSeconds, 0.2))
    #expect(isNear(health.throttledShare, 0.02))
    #expect(isNear(health.k6RunDelaySeconds, 1) && isNear(health.k6RunDelayShare, 0.1))
    #expect(isNear(health.k6RunDelayPerTurnSeconds, 1 / 400.0) && isNear(health.cpuSharePeak, 0.6))
    #expect(health.peakMemoryBytes == 3000 && health.memoryLimitBytes == 4000)
    #expect(health.k6PeakResidentBytes == 110 * 4096 && health.agentPeakResidentBytes == 50 * 4096)
    #expect(health.greatestStreamLagSeconds == nil, "nothing was read")
    #expect(health.machine == "machine" && health.machineCPUs == 2)
  }

  @Test func `without limits the machine is the limit, and the memory is that of the two`() {
    let health = monitored([:]).health
    #expect(health.cpuLimit == 2 && isNear(health.cpuShare, 0.25))
    #expect(health.memoryLimitBytes == nil && health.peakMemoryBytes == (110 + 50) * 4096)
  }

  @Test func `what cannot be read is left out, never 0`() {
    let monitor = GeneratorMonitor(host: machine.host())
    machine.setProcess(42, ticks: 300, pages: 100)
    monitor.loadStarts(k6: 42)
    machine.advance(2)
    machine.setProcess(42, ticks: 400, pages: 100)
    monitor.look()
    let health = monitor.health
    #expect(health.k6CPUSeconds == 1)
    #expect(health.agentCPUSeconds == nil && health.throttledSeconds == nil && health.throttledShare == nil)
    #expect(health.k6RunDelaySeconds == nil && health.peakMemoryBytes == nil)
  }

  /// 60 s, in the last of them k6 uses all of its CPU for `seconds`.
  private func peak(atTheEnd seconds: Int) -> Double? {
    let monitor = GeneratorMonitor(host: machine.host(limits: limits))
    machine.setProcess(42, ticks: 0, pages: 1)
    monitor.loadStarts(k6: 42)
    for second in 1...60 {
      machine.advance(1)
      machine.setProcess(42, ticks: second * 50 + max(0, second - 60 + seconds) * 50, pages: 1)
      monitor.look()
    }
    return monitor.health.cpuSharePeak
  }

  @Test func `the worst ten seconds are those of the end of a ramp, and a peak of a second is none`() {
    #expect(isNear(peak(atTheEnd: 20), 1) && isNear(peak(atTheEnd: 10), 1))
    #expect(isNear(peak(atTheEnd: 1), 0.55) && isNear(peak(atTheEnd: 0), 0.5))
  }

  @Test func `a load of less than ten seconds has no worst ten seconds, and setup() does not count`() {
    #expect(monitored(limits, seconds: 9).health.cpuSharePeak == nil)
    let monitor = monitored(limits, seconds: 12)
    #expect(monitor.health.cpuSharePeak != nil)
    monitor.setupIsOver()
    #expect(monitor.health.cpuSharePeak == nil)
  }

  @Test func `a load of less than a second says nothing`() {
    let monitor = GeneratorMonitor(host: machine.host(limits: limits))
    #expect(monitor.health.cpuShare == nil && monitor.health.cpuLimit == 1, "k6 was never let go")
    #expect(monitor.takeInterval() == nil)
    load(0)
    monitor.loadStarts(k6: 42)
    machine.advance(0.9)
    load(0.9)
    monitor.look()
    #expect(monitor.health.k6CPUSeconds == nil && monitor.health.agentCPUShare == nil)
  }

  @Test func `the teardown is not the load`() {
    let monitor = monitored(limits)
    monitor.loadEnded()
    machine.advance(10)
    load(20, memory: 3999)
    monitor.look()
    #expect(monitor.health.k6CPUSeconds == 5 && monitor.health.peakMemoryBytes == 3000)
    #expect(monitor.takeInterval()?.use.k6CPUSeconds == 10, "the live metrics go on")
  }

  @Test func `when k6 is gone the last look at it counts`() {
    let monitor = monitored(limits)
    machine.advance(5)
    machine.endProcess(42)
    let interval = monitor.takeInterval()
    #expect(interval?.use.k6CPUShare == nil && interval?.use.k6RunDelayShare == nil)
    #expect(isNear(interval?.use.agentCPUSeconds, 1))
    #expect(monitor.health.cpuShare == 0.5)
  }

  @Test func `there are at most four looks a second`() {
    let monitor = monitored(limits)
    machine.advance(0.2)
    load(15)
    monitor.look()
    #expect(monitor.health.k6CPUSeconds == 5)
    machine.advance(0.1)
    monitor.look()
    #expect(monitor.health.k6CPUSeconds == 7.5)
  }

  @Test func `an interval has its own use and its own lag`() {
    let monitor = monitored(limits, seconds: 3)
    monitor.read(at: UTCInstant(nanoseconds: 900_000_000), newest: UTCInstant(nanoseconds: 700_000_000))
    monitor.read(at: UTCInstant(nanoseconds: 950_000_000), newest: UTCInstant(nanoseconds: 900_000_000))
    monitor.read(at: UTCInstant(nanoseconds: 980_000_000), newest: nil)
    let first = monitor.takeInterval()
    #expect(
      first?.use.seconds == 3 && isNear(first?.use.k6CPUSeconds, 1.5) && isNear(first?.streamLagSeconds, 0.2))
    machine.advance(1)
    load(4)
    monitor.read(at: UTCInstant(nanoseconds: 10), newest: UTCInstant(nanoseconds: 20))
    let second = monitor.takeInterval()
    #expect(second?.use.seconds == 1 && isNear(second?.use.k6CPUShare, 0.5))
    #expect(second?.streamLagSeconds == 0, "a sample's time is never ahead of its reading")
    #expect(monitor.takeInterval()?.streamLagSeconds == nil)
    #expect(monitor.health.greatestStreamLagSeconds == 0.2)
  }
}
