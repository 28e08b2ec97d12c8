import Shared
import Testing

@testable import ShardAgent

@Suite struct K6InvocationTests {
  private let unlimited = ContainerLimits { _ in nil }

  private func run(
    options: [String] = [], environment: [String: String] = [:], limits: ContainerLimits? = nil,
    summary: K6Invocation.Summary = .export(to: "/t/summary.json")
  ) -> K6Invocation {
    .run(
      "/bin/k6", script: "load.js", segment: ExecutionSegment(index: 1, count: 3)!, address: "127.1.2.3:7000",
      samples: "/t/fifo",
      summary: summary, options: options, environment: environment, limits: limits ?? unlimited)
  }

  @Test func `the command line is exactly the share`() {
    #expect(
      run(options: ["--vus", "3"]).arguments == [
        "run", "--quiet", "--no-color", "--paused", "--address", "127.1.2.3:7000", "--execution-segment",
        "1/3:2/3",
        "--execution-segment-sequence", "0,1/3,2/3,1", "--no-thresholds", "--no-usage-report", "--out",
        "json=/t/fifo",
        "--summary-export", "/t/summary.json", "--vus", "3", "load.js",
      ])
  }

  @Test(arguments: [("1.1.0", "--no-summary"), ("2.2.0", "--summary-mode=disabled")])
  func `a lean k6 makes no summary, and is otherwise the same`(version: String, option: String) {
    let full = run(options: ["--vus", "3"]).arguments
    let lean = run(options: ["--vus", "3"], summary: .none(K6Version(version))).arguments
    #expect(
      lean == full.flatMap { $0 == "--summary-export" ? [option] : $0 == "/t/summary.json" ? [] : [$0] })
  }

  @Test func `inspect is asked for the statistics of trends that the run would have`() {
    let inspect = K6Invocation.inspect(
      "k6", script: "load.js", options: ["--summary-trend-stats", "avg,p(50)", "--summary-trend-stats=max"],
      environment: [:], limits: unlimited)
    #expect(inspect.environment["K6_SUMMARY_TREND_STATS"] == "avg,p(50),max")
  }

  @Test func `the environment is the agent's, in UTC, without what would undo the flags`() {
    let child = run(environment: ["A": "b", "K6_OUT": "csv=x", "TZ": "Asia/Kolkata", "K6_SHARD_INDEX": "1"])
      .environment
    #expect(
      child == [
        "A": "b", "TZ": "UTC", "K6_NO_USAGE_REPORT": "true", "GOGC": "200", "K6_SHARD_INDEX": "1",
      ])
  }

  @Test func `Go is told of the container's limits unless somebody has said so before`() {
    let limits = ContainerLimits { ["cpu.max": "150000 100000", "memory.max": "1073741824"][$0] }
    let child = run(limits: limits).environment
    #expect(child["GOMAXPROCS"] == "2")
    #expect(child["GOMEMLIMIT"] == "966367642")
    let own = run(environment: ["GOMAXPROCS": "1", "GOMEMLIMIT": "5"], limits: limits).environment
    #expect((own["GOMAXPROCS"], own["GOMEMLIMIT"]) == ("1", "5"))
  }

  @Test(
    arguments: [
      ([:], nil, "200"), ([:], "1073741824", "400"), (["GOMEMLIMIT": "512MiB"], nil, "400"),
      (["GOMEMLIMIT": "off"], "1073741824", "200"), (["GOGC": "50"], "1073741824", "50"),
    ] as [([String: String], String?, String)])
  func `Go collects less often, and least where a limit guards its memory`(
    environment: [String: String], limit: String?, expected: String
  ) {
    let limits = ContainerLimits { $0 == "memory.max" ? limit : $0 == "cpu.max" ? "max 100000" : nil }
    #expect(run(environment: environment, limits: limits).environment["GOGC"] == expected)
  }

  @Test func `inspect sees the load's shape and the script's variables`() {
    let inspect = K6Invocation.inspect(
      "k6", script: "load.js",
      options: ["--vus=5", "-d", "3s", "-e", "A=b", "--stage", "1s:2", "--stage=2s:3", "-c", "k6.json"],
      environment: [:], limits: unlimited)
    #expect(
      inspect.arguments == [
        "inspect", "--execution-requirements", "--include-system-env-vars", "-e", "A=b", "-c",
        "k6.json", "load.js",
      ])
    #expect(inspect.environment["K6_VUS"] == "5")
    #expect(inspect.environment["K6_DURATION"] == "3s")
    #expect(inspect.environment["K6_STAGES"] == "1s:2,2s:3")
  }

  @Test(arguments: [
    ["-u3", "-d4s"], ["-u=3", "-d=4s"], ["-u", "3", "--duration", "4s"], ["--vus=3", "-d4s"],
  ])
  func `options read the same however they are written`(options: [String]) {
    let inspect = K6Invocation.inspect(
      "k6", script: "load.js", options: options, environment: [:], limits: unlimited)
    #expect((inspect.environment["K6_VUS"], inspect.environment["K6_DURATION"]) == ("3", "4s"))
  }

  @Test func `a second try with one VU is there unless VUs were given`() {
    func withOneVU(_ options: [String]) -> String? {
      K6Invocation.inspect("k6", script: "load.js", options: options, environment: [:], limits: unlimited)
        .withOneVU?.environment["K6_VUS"]
    }
    #expect(withOneVU([]) == "1", "the script may have a duration and no VUs")
    #expect(withOneVU(["-u", "3"]) == nil)
  }
}

@Suite struct ContainerLimitsTests {
  private func limits(_ files: [String: String]) -> ContainerLimits { ContainerLimits { files[$0] } }

  @Test func `version 2 of control groups`() {
    #expect(limits(["cpu.max": "50000 100000\n", "memory.max": "536870912\n"]).cpus == 0.5)
    #expect(limits(["cpu.max": "50000 100000\n", "memory.max": "536870912\n"]).memoryBytes == 536_870_912)
    #expect(limits(["cpu.max": "max 100000\n", "memory.max": "max\n"]) == limits([:]))
  }

  @Test func `version 1 of control groups`() {
    let files = [
      "cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n",
      "memory/memory.limit_in_bytes": "1048576\n",
    ]
    #expect(limits(files).cpus == 2)
    #expect(limits(files).memoryBytes == 1_048_576)
    let none = [
      "cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n",
      "memory/memory.limit_in_bytes": "9223372036854771712\n",
    ]
    #expect(limits(none) == limits([:]))
  }
}
