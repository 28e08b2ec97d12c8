import Shared

/// A sentence for every generator that was out of breath. k6 needs spare CPU to measure with: above 80 % its latencies
/// are its own.
///
/// - Parameter shards: by index; `nil` where nothing was handed in. Those that share a machine are looked at together
///   as well: each may be well within its own limit.
func saturation(_ shards: [ShardSummary?]) -> [String] {
  let limit = 0.8
  var sentences: [String] = []
  var machines: [String: (used: Double, cpus: Double, shards: [String])] = [:]
  for (index, shard) in shards.enumerated() {
    guard let generator = shard?.generator, let share = generator.cpuShare else { continue }
    if share > limit {
      sentences.append(
        "the generator of shard \(index) was out of breath: k6 used \(percent(share)) of its CPU")
    }
    guard let machine = generator.machine, let cpus = generator.machineCPUs, cpus > 0 else { continue }
    machines[machine, default: (0, cpus, [])].used += share * generator.cpuLimit
    machines[machine]?.shards.append("\(index)")
  }
  for machine in machines.values.sorted(by: { $0.shards.lexicographicallyPrecedes($1.shards) })
  where machine.shards.count > 1 && machine.used / machine.cpus > limit {
    sentences.append(
      "the machine of shards \(machine.shards.joined(separator: ", ")) was out of breath: their k6 used \(percent(machine.used / machine.cpus)) of its CPU"
    )
  }
  return sentences
}
