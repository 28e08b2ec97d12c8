import Shared

/// A sentence for every generator that was out of breath. k6 needs spare CPU to measure with: when it and its agent use
/// more than 80 %, or the container's limit held it up for more than 5 % of the time, its latencies are its own. (From
/// 5 % on, what a p95 looks at may have stood still.)
///
/// - Parameter shards: by index; `nil` where nothing was handed in. Those that share a machine are looked at together
///   as well: each may be well within its own limit.
func saturation(_ shards: [ShardSummary?]) -> [String] {
  let (limit, throttlingLimit) = (0.8, 0.05)
  var sentences: [String] = []
  var machines: [String: (used: Double, cpus: Double, shards: [String])] = [:]
  for (index, shard) in shards.enumerated() {
    guard let generator = shard?.generator else { continue }
    let share = generator.cpuShare.map { $0 + (generator.agentCPUShare ?? 0) }
    if let share, share > limit {
      sentences.append(
        "the generator of shard \(index) was out of breath: k6 and its agent used \(percent(share)) of its CPU"
      )
    }
    if let throttled = generator.throttledShare, throttled > throttlingLimit {
      sentences.append(
        "the generator of shard \(index) was out of breath: its CPU limit held it up for \(percent(throttled)) of the time"
      )
    }
    guard let share, let machine = generator.machine, let cpus = generator.machineCPUs, cpus > 0 else {
      continue
    }
    machines[machine, default: (0, cpus, [])].used += share * generator.cpuLimit
    machines[machine]?.shards.append("\(index)")
  }
  for machine in machines.values.sorted(by: { $0.shards.lexicographicallyPrecedes($1.shards) })
  where machine.shards.count > 1 && machine.used / machine.cpus > limit {
    sentences.append(
      "the machine of shards \(machine.shards.joined(separator: ", ")) was out of breath: their k6 and agents used \(percent(machine.used / machine.cpus)) of its CPU"
    )
  }
  return sentences
}
