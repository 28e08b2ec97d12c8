/// How much CPU and memory the container may use, from the control group's files; `nil` where there is no limit.
struct ContainerLimits: Sendable, Equatable {
  let cpus: Double?
  let memoryBytes: Int64?

  /// - Parameter read: a file's text below `/sys/fs/cgroup`, `nil` when it is not there.
  init(read: (String) -> String?) {
    if let cpuMax = read("cpu.max") {  // cgroup v2: "50000 100000", "max 100000"
      let parts = cpuMax.split(whereSeparator: \.isWhitespace).map { Double($0) }
      cpus = Self.cpus(parts.first ?? nil, parts.last ?? nil)
      memoryBytes = Self.memory(read("memory.max"))
    } else {
      cpus = Self.cpus(Self.number(read("cpu/cpu.cfs_quota_us")), Self.number(read("cpu/cpu.cfs_period_us")))
      memoryBytes = Self.memory(read("memory/memory.limit_in_bytes"))
    }
  }

  private static func number(_ text: String?) -> Double? {
    text.flatMap { Double($0.filter { !$0.isWhitespace }) }
  }

  private static func cpus(_ quota: Double?, _ period: Double?) -> Double? {
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return quota / period
  }

  /// Version 1 writes "no limit" as the largest multiple of a page.
  private static func memory(_ text: String?) -> Int64? {
    guard let bytes = number(text), bytes > 0, bytes < 1e18 else { return nil }
    return Int64(bytes)
  }
}
