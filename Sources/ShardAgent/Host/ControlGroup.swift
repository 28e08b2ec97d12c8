/// What the container's control group counts, version 1 or 2.
struct ControlGroup {
  /// A file's text below `/sys/fs/cgroup`, `nil` when it is not there.
  let read: (String) -> String?

  /// How long its CPUs stood still because the limit was used up, all CPUs added; `nil` where there is no limit: then
  /// no period is counted.
  var throttledSeconds: Double? {
    guard let stat = read("cpu.stat") ?? read("cpu/cpu.stat"), Self.member("nr_periods", stat) ?? 0 > 0 else {
      return nil
    }
    if let microseconds = Self.member("throttled_usec", stat) { return microseconds / 1e6 }  // version 2
    return Self.member("throttled_time", stat).map { $0 / 1e9 }  // version 1
  }

  /// What is in use without the files that the kernel keeps only while nobody needs the memory, as `docker stats`
  /// counts.
  var memoryBytes: Int64? {
    if let used = read("memory.current") {
      return Self.bytes(used, without: "inactive_file", read("memory.stat"))
    }
    guard let used = read("memory/memory.usage_in_bytes") else { return nil }
    return Self.bytes(used, without: "total_inactive_file", read("memory/memory.stat"))
  }

  private static func bytes(_ text: String, without name: String, _ stat: String?) -> Int64? {
    guard let used = Int64(text.filter { !$0.isWhitespace }), used >= 0 else { return nil }
    let cache = stat.flatMap { member(name, $0) } ?? 0
    return max(0, used - Int64(min(max(cache, 0), 1e18)))
  }

  /// A line of `name number`.
  private static func member(_ name: String, _ text: String) -> Double? {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == name { return Double(words[1]) }
    }
    return nil
  }
}
