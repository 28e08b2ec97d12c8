import Shared

/// One interval of one shard as one line of CloudWatch's embedded metric format: the lines on stdout become metrics by
/// themselves.
///
/// Values with counts are what CloudWatch can read percentiles from, over all shards at once. The names, units and
/// dimensions are listed in docs/live-metrics.md. The unit of a metric never changes: another one is another series.
struct EMFDocument: Sendable {
  private var metrics: [JSONValue] = []
  private var root: [String: JSONValue]
  private let resolution: Int

  /// On one line, with its newline.
  var line: [UInt8] { JSONValue.object(root).line }

  /// - Parameters:
  ///   - window: what arrived in the interval.
  ///   - seconds: how long the interval was.
  init(
    _ options: EMFOptions, shard: ShardIdentity, suite: String, at: UTCInstant, seconds: Double,
    window: LiveTotals, generator: GeneratorMonitor.Interval?
  ) {
    resolution = options.resolution
    // The run is no dimension: every run would be series of its own, without a trend and for money.
    root = [
      "Suite": .string(suite), "Shard": .string("\(shard.index)"), "Run": .string(shard.run.text),
      "Attempt": .number(Double(shard.attempt)),
      "interval_seconds": .number(rounded(seconds, significant: 6)),
    ]
    add(window)
    if let generator { add(generator) }
    let dimensions = [["Suite"]] + (options.isPerShard ? [["Suite", "Shard"]] : [])
    root["_aws"] = .object([
      "Timestamp": .number(Double(at.nanoseconds / 1_000_000)),
      "CloudWatchMetrics": .array([
        .object([
          "Namespace": .string(options.namespace), "Metrics": .array(metrics),
          "Dimensions": .array(dimensions.map { .array($0.map(JSONValue.string)) }),
        ])
      ]),
    ])
  }

  private mutating func add(_ window: LiveTotals) {
    for name in LiveTotals.counters {
      add(name, name.hasPrefix("data_") ? "Bytes" : "Count", window.sums[name] ?? 0)
    }
    for name in LiveTotals.rates {
      guard let rate = window.rates[name], rate.count > 0 else { continue }
      let counts = [(0.0, rate.count - rate.passes), (1.0, rate.passes)].filter { $0.1 > 0 }
      add(name, "None", values: counts.map(\.0), counts: counts.map(\.1))
    }
    add("vus", "Count", window.vus)
    let durations = CondensedHistogram(window.durations)
    if durations.leftOut > 0 {
      root["http_req_duration_left_out"] = .number(Double(durations.leftOut))
    }
    guard !durations.values.isEmpty else { return }
    add("http_req_duration", "Milliseconds", values: durations.values, counts: durations.counts)
    root["http_req_duration_error"] = .number(rounded(durations.greatestError * 1.001, significant: 4))
  }

  private mutating func add(_ generator: GeneratorMonitor.Interval) {
    let use = generator.use
    add("generator_k6_cpu", "Percent", use.k6CPUShare.map { $0 * 100 })
    add("generator_agent_cpu", "Percent", use.agentCPUShare.map { $0 * 100 })
    add("generator_throttled", "Percent", use.throttledShare.map { $0 * 100 })
    add("generator_k6_run_delay", "Percent", use.k6RunDelayShare.map { $0 * 100 })
    add("generator_stream_lag", "Milliseconds", generator.streamLagSeconds.map { $0 * 1000 })
    guard let bytes = generator.memoryBytes.map(Double.init) else { return }
    if let limit = generator.memoryLimitBytes, limit > 0 {
      add("generator_memory", "Percent", bytes / Double(limit) * 100)
    } else {
      add("generator_memory_bytes", "Bytes", bytes)
    }
  }

  /// What is not known is left out.
  private mutating func add(_ name: String, _ unit: String, _ value: Double?) {
    guard let value, abs(value) < greatestEMFValue else { return }
    define(name, unit)
    // Counts stay as they are.
    root[name] = .number(value == value.rounded() ? value : rounded(value, significant: 6))
  }

  private mutating func add(_ name: String, _ unit: String, values: [Double], counts: [UInt64]) {
    define(name, unit)
    root[name] = .object([
      "Values": .array(values.map(JSONValue.number)),
      "Counts": .array(counts.map { .number(Double($0)) }),
    ])
  }

  private mutating func define(_ name: String, _ unit: String) {
    var definition: [String: JSONValue] = ["Name": .string(name), "Unit": .string(unit)]
    if resolution == 1 { definition["StorageResolution"] = .number(1) }
    metrics.append(.object(definition))
  }
}
