import Shared

/// Whether the machines that made the load were out of breath, so that latencies are theirs and not the target's.
struct Saturation: Sendable {
  let limits: GeneratorLimits

  /// k6's threads wait for a CPU a little whenever they wake up, longest in proportion when they do next to nothing.
  /// Below half a millisecond a turn that is nothing that a latency would show.
  static let leastRunDelayPerTurn = 0.0005

  /// A sentence for every sign of every generator.
  ///
  /// - Parameter shards: in the order of their index. Those that share a machine are looked at together as well: each
  ///   may be well within its own limit.
  func sentences(_ shards: [ShardOutcome]) -> [String] {
    let own = shards.enumerated().flatMap { index, shard in
      signs(shard).map { "the generator of shard \(index) was out of breath: \($0)" }
    }
    return own + machines(shards.map(\.summary?.generator))
  }

  private func signs(_ shard: ShardOutcome) -> [String] {
    guard let generator = shard.summary?.generator else { return [] }
    return signs(generator, droppedShare: DroppedIterations(shard)?.share)
  }

  /// - Parameter droppedShare: of its iterations; `nil` when it is not known.
  func signs(_ generator: GeneratorHealth, droppedShare: Double?) -> [String] {
    var signs: [String] = []
    if let sign = cpu(generator) { signs.append(sign) }
    if let limit = limits.throttled, let share = generator.throttledShare, share > limit {
      signs.append("its CPU limit held it up for \(percent(share)) of the time")
    }
    if let sign = runDelay(generator) { signs.append(sign) }
    if let limit = limits.droppedIterations, let droppedShare, droppedShare > limit {
      signs.append("it dropped \(percent(droppedShare)) of its iterations")
    }
    return signs
  }

  /// Over the load, or over its worst ten seconds: a mean hides the end of a ramp.
  private func cpu(_ generator: GeneratorHealth) -> String? {
    guard let limit = limits.cpu else { return nil }
    if let share = generator.usedCPUShare, share > limit {
      return "k6 and its agent used \(percent(share)) of its CPU"
    }
    guard let peak = generator.cpuSharePeak, peak > limit else { return nil }
    return "k6 and its agent used \(percent(peak)) of its CPU for ten seconds"
  }

  /// That other processes hold k6 back shows in no CPU share: it is low then. Waiting is held against running,
  /// and only a wait that can be felt counts.
  private func runDelay(_ generator: GeneratorHealth) -> String? {
    guard let limit = limits.runDelay, let share = generator.waitingShare, share > limit,
      let perTurn = generator.k6RunDelayPerTurnSeconds, perTurn > Self.leastRunDelayPerTurn
    else { return nil }
    return
      "k6 waited for a CPU during \(percent(share)) of the time in which it wanted one, \(trimmed(perTurn * 1000, digits: 1)) ms each time"
  }

  /// - Parameter generators: by shard.
  func machines(_ generators: [GeneratorHealth?]) -> [String] {
    guard let limit = limits.cpu else { return [] }
    var machines: [String: (used: Double, cpus: Double, shards: [String])] = [:]
    for (index, generator) in generators.enumerated() {
      guard let generator, let share = generator.usedCPUShare, let machine = generator.machine,
        let cpus = generator.machineCPUs, cpus > 0
      else { continue }
      machines[machine, default: (0, cpus, [])].used += share * generator.cpuLimit
      machines[machine]?.shards.append("\(index)")
    }
    return machines.values.sorted { $0.shards.lexicographicallyPrecedes($1.shards) }
      .filter { $0.shards.count > 1 && $0.used / $0.cpus > limit }
      .map {
        "the machine of shards \($0.shards.joined(separator: ", ")) was out of breath: their k6 and agents used \(percent($0.used / $0.cpus)) of its CPU"
      }
  }
}

extension GeneratorHealth {
  /// Of k6 and its agent.
  fileprivate var usedCPUShare: Double? { cpuShare.map { $0 + (agentCPUShare ?? 0) } }

  /// Of the time in which k6's threads wanted a CPU, the share in which they had none.
  var waitingShare: Double? {
    guard let waited = k6RunDelaySeconds, let ran = k6CPUSeconds, waited + ran > 0 else { return nil }
    return waited / (waited + ran)
  }
}
