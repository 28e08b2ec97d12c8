import Testing

@testable import ShardAgent

@Suite struct ProcTextsTests {
  @Test func `CPU seconds of a process whose name holds spaces and brackets`() {
    let stat = "12 (a) b) S 1 12 12 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 1 0 100 0 0"
    #expect(cpuSecondsUsed(stat: stat, ticksPerSecond: 100) == 2)
    #expect(cpuSecondsUsed(stat: "nonsense", ticksPerSecond: 100) == nil)
  }

  @Test func `resident memory is the second number of statm, in pages`() {
    #expect(residentBytes(statm: "312345 11688 4000 3000 0 20000 0\n", pageBytes: 4096) == 47_874_048)
    for text in ["", "0 0 0 0 0 0 0\n", "x y", "1 99999999999999999"] {
      #expect(residentBytes(statm: text, pageBytes: 4096) == nil, "a dead process has none")
    }
  }

  @Test func `waiting is added up over all threads, and never goes back`() {
    var delays = ThreadDelays()
    #expect(delays.seconds == nil)
    delays.note([10: "5000 1000000000 3\n", 11: "1 2000000000 1\n"])
    #expect(delays.seconds == 3 && delays.turns == 4)
    delays.note([10: "6000 1500000000 4\n", 12: "9 250000000 2\n"])
    #expect(delays.seconds == 3.75, "thread 11 is gone, what it had waited is not")
    #expect(delays.turns == 7)
    delays.note([:])
    #expect(delays.seconds == 3.75)
    delays.note([12: "1 100000000 1\n"])
    #expect(delays.seconds == 3.85, "another thread with a number that was free again")
  }

  @Test func `a kernel that does not count is no kernel that did not wait`() {
    var delays = ThreadDelays()
    delays.note([10: "0 0 0\n", 11: "nonsense", 12: "1 2\n"])
    #expect(delays.seconds == nil)
  }
}

@Suite struct ControlGroupTests {
  private func group(_ files: [String: String]) -> ControlGroup { ControlGroup { files[$0] } }

  @Test func `version 2 counts throttling in microseconds`() {
    let stat =
      "usage_usec 9031415\nuser_usec 6020943\nsystem_usec 3010471\nnr_periods 318\nnr_throttled 44\nthrottled_usec 2513607\nnr_bursts 0\nburst_usec 0\n"
    #expect(group(["cpu.stat": stat]).throttledSeconds == 2.513607)
  }

  @Test func `version 1 counts it in nanoseconds`() {
    let stat =
      "nr_periods 318\nnr_throttled 44\nthrottled_time 2513607000\nnr_bursts 0\nburst_time 0\n"
    #expect(group(["cpu/cpu.stat": stat]).throttledSeconds == 2.513607)
  }

  @Test(
    arguments: [
      "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n",  // version 1 without a limit
      "usage_usec 903\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",  // version 2 without a limit
      "usage_usec 903\nuser_usec 602\nsystem_usec 301\n",  // the whole machine
      "nr_periods 3\nthrottled_usec x\n", "",
    ])
  func `without a limit nothing is known of throttling`(stat: String) {
    #expect(group(["cpu.stat": stat, "cpu/cpu.stat": stat]).throttledSeconds == nil)
  }

  @Test func `memory is what is in use, without the cache that nobody needs`() {
    #expect(
      group([
        "memory.current": "300000\n",
        "memory.stat": "anon 180224\nfile 86016\ninactive_anon 0\ninactive_file 50000\n",
      ]).memoryBytes == 250_000)
    #expect(
      group([
        "memory/memory.usage_in_bytes": "300000\n",
        "memory/memory.stat": "cache 1\ninactive_file 12288\ntotal_inactive_file 60000\n",
      ]).memoryBytes == 240_000)
    #expect(group(["memory.current": "300000\n"]).memoryBytes == 300_000)
    #expect(group(["memory.current": "10\n", "memory.stat": "inactive_file 50000\n"]).memoryBytes == 0)
    #expect(group([:]).memoryBytes == nil)
    #expect(group(["memory.current": "max\n"]).memoryBytes == nil)
  }
}
