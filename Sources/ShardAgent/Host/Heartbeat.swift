import Synchronization

/// What an agent says of itself every few seconds, for `shard-agent healthcheck`.
struct Heartbeat: Codable, Equatable, Sendable {
  enum Phase: String, Codable, Sendable {
    /// The plan, the secrets, the script, and k6's VUs.
    case preparing
    /// k6 is paused until the run's instant.
    case waiting
    case load
    /// The load is over: teardown(), k6's summary, the hand-in.
    case ending
  }

  let phase: Phase
  /// Seconds of the clock that nobody sets, which is the same for all processes of a machine.
  let uptime: Double

  /// Seconds from one to the next.
  static let interval = 5.0
  /// In the agent's private folder.
  static let file = "heartbeat"

  /// - Parameters:
  ///   - beats: of the agents that were found; one that was killed left its last one behind.
  ///   - limit: how many seconds old the newest may be.
  static func verdict(of beats: [Heartbeat], uptime: Double, within limit: Double) -> (
    isAlive: Bool, sentence: String
  ) {
    guard let newest = beats.max(by: { $0.uptime < $1.uptime }) else {
      return (false, "no agent runs here")
    }
    let age = max(0, uptime - newest.uptime)
    let isAlive = age <= limit
    return (
      isAlive,
      "the agent (\(newest.phase.rawValue)) \(isAlive ? "was alive" : "has not been heard of for") \(Int(age)) s\(isAlive ? " ago" : "")"
    )
  }
}

/// Where the shard's run is, for its heartbeat.
final class ShardPhase: Sendable {
  private let look = Mutex<@Sendable () -> Heartbeat.Phase>({ .preparing })

  func enter(_ phase: @escaping @Sendable () -> Heartbeat.Phase) { look.withLock { $0 = phase } }

  var current: Heartbeat.Phase { look.withLock { $0 }() }
}

extension ShardConductor.Course {
  var heartbeatPhase: Heartbeat.Phase {
    startedAt == nil ? .waiting : loadEndedAt == nil ? .load : .ending
  }
}
