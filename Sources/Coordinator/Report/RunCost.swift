/// What the tasks of a run come to at given prices: an estimate of CPU and memory alone, no bill.
struct RunCost: Codable, Sendable, Equatable {
  /// Those that are counted.
  let tasks: Int
  /// As Fargate bills them: whole seconds, at least a minute a task.
  let taskSeconds: Double
  let vCPUHours, gbHours, usd: Double
  let prices: FargatePrices
  /// What all tasks had; `nil` when they were not alike.
  let size: FargateTaskSize?
  /// Spot is counted at the price of on-demand capacity.
  let isAtMost: Bool
  /// A sentence for each thing.
  let notKnown: [String]

  private enum CodingKeys: String, CodingKey {
    case tasks, usd, prices, size
    case taskSeconds = "task_seconds"
    case vCPUHours = "vcpu_hours"
    case gbHours = "gb_hours"
    case isAtMost = "is_at_most"
    case notKnown = "not_known"
  }

  init(_ uses: [FargateUse], prices: FargatePrices) {
    let counted = uses.compactMap(\.counted)
    tasks = counted.count
    taskSeconds = counted.reduce(0) { $0 + $1.seconds }
    vCPUHours = counted.reduce(0) { $0 + $1.seconds * $1.size.vCPU } / 3600
    gbHours = counted.reduce(0) { $0 + $1.seconds * $1.size.gb } / 3600
    usd = vCPUHours * prices.vCPUHour + gbHours * prices.gbHour
    let sizes = counted.map(\.size)
    size = sizes.first.flatMap { first in sizes.allSatisfy { $0 == first } ? first : nil }
    isAtMost = counted.contains(where: \.isSpot)
    notKnown = Self.notKnown(uses)
    self.prices = prices
  }

  private static func notKnown(_ uses: [FargateUse]) -> [String] {
    var sentences = FargateUse.Gap.allCases.compactMap { gap -> String? in
      let count = uses.count { $0 == .leftOut(gap) }
      return count == 0
        ? nil : "\(counted(count, "task")) \(count == 1 ? "is" : "are") left out: \(gap.rawValue)"
    }
    let running = uses.compactMap(\.counted).count(where: \.isRunning)
    if running > 0 {
      sentences.append(
        "\(counted(running, "task")) \(running == 1 ? "counts" : "count") until now: ECS had not said that they end"
      )
    }
    return sentences
  }
}

struct FargateTaskSize: Codable, Sendable, Equatable {
  let vCPU, gb: Double

  private enum CodingKeys: String, CodingKey {
    case gb
    case vCPU = "vcpu"
  }
}

/// USD an hour.
struct FargatePrices: Codable, Sendable, Equatable {
  let vCPUHour, gbHour: Double

  private enum CodingKeys: String, CodingKey {
    case vCPUHour = "vcpu_hour_usd"
    case gbHour = "gb_hour_usd"
  }

  /// us-east-1, Linux on x86, on demand (aws.amazon.com/fargate/pricing).
  static let list = FargatePrices(vCPUHour: 0.04048, gbHour: 0.004445)

  fileprivate var sentence: String {
    let cpu = "\(trimmed(vCPUHour, digits: 6)) USD a vCPU hour"
    let gb = "\(trimmed(gbHour, digits: 6)) USD a GB hour"
    switch (vCPUHour == Self.list.vCPUHour, gbHour == Self.list.gbHour) {
    case (true, true): return "at \(cpu) and \(gb) (us-east-1's list price)"
    case (true, false): return "at \(cpu) (us-east-1's list price) and \(gb) (as configured)"
    case (false, true): return "at \(cpu) (as configured) and \(gb) (us-east-1's list price)"
    case (false, false): return "at \(cpu) and \(gb) (as configured)"
    }
  }
}

/// What one task has used, or why that is left out.
enum FargateUse: Sendable, Equatable {
  struct Counted: Sendable, Equatable {
    /// As billed.
    let seconds: Double
    let size: FargateTaskSize
    let isSpot: Bool
    /// Nobody has said that it ends: it counts until now.
    let isRunning: Bool
  }

  enum Gap: String, CaseIterable, Sendable {
    case noPull = "ECS names no pull of its image, from which on Fargate bills"
    case noEnd = "ECS says that it has stopped, and not when"
    case oddTimes = "its times make no sense"
    case noSize = "ECS does not say what CPU and memory it had"
  }

  case counted(Counted)
  case leftOut(Gap)

  var counted: Counted? { if case .counted(let use) = self { use } else { nil } }
}

extension RunCost {
  /// One, to be read by itself.
  var sentence: String {
    let gaps = notKnown.isEmpty ? "" : "; " + notKnown.joined(separator: "; ")
    guard tasks > 0 else { return "what the run cost is not known\(gaps)" }
    let amount = usd < 0.01 ? "less than 0.01" : trimmed(usd, digits: 2)
    let about = isAtMost ? "at most" : "about"
    let what = size.map {
      "\(length) of \(trimmed($0.vCPU, digits: 2)) vCPU and \(trimmed($0.gb, digits: 2)) GB"
    }
    let hours =
      what
      ?? "\(length), \(trimmed(vCPUHours, digits: 2)) vCPU hours and \(trimmed(gbHours, digits: 2)) GB hours"
    return
      "the run cost \(usd < 0.01 ? "" : "\(about) ")\(amount) USD: \(counted(tasks, "task")), \(hours), \(prices.sentence)\(isAtMost ? ", Spot at the price of on demand" : "")\(gaps)"
  }

  private var length: String {
    taskSeconds < 3600
      ? "\(trimmed(taskSeconds / 60, digits: 1)) min" : "\(trimmed(taskSeconds / 3600, digits: 1)) h"
  }
}
