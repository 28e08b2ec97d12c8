import Shared

/// Where a shard's task stands, as far as the launcher knows.
struct ECSShard: Sendable {
  enum Phase: Sendable, Equatable {
    /// For its turn, or for capacity: ECS has no task of it.
    case waiting
    /// A RunTask is under way, or one had no answer: there may be a task.
    case asking
    case launched(String, at: UTCInstant)
    case over(ShardFate)
  }

  let spec: ShardSpec
  var phase = Phase.waiting
  /// The task's ARN, once it is known, and behind its end.
  var arn: String?
  /// ECS has said that it has stopped.
  var isGone = false
  var stopReason: String?
  /// ECS has described it.
  var wasShown = false
  /// Since when every answer has said that there is no such task.
  var missingSince: UTCInstant?
  /// How often Spot had no room.
  var spotRefusals = 0
  var wasReclaimed = false

  /// - Parameter before: the last launch of this shard.
  init(_ spec: ShardSpec, after before: ECSShard?) {
    self.spec = spec
    spotRefusals = before?.spotRefusals ?? 0
    wasReclaimed = before?.wasReclaimed ?? false
  }

  var isOver: Bool {
    if case .over = phase { true } else { false }
  }

  var launchedAt: UTCInstant? {
    if case .launched(_, let instant) = phase { instant } else { nil }
  }

  var state: LaunchState {
    if case .over(let fate) = phase { .ended(fate) } else { .running }
  }

  /// Where it is asked for next.
  func placement(dealt: ECSPlacement, fallback: ECSOptions.SpotFallback) -> ECSPlacement {
    guard dealt.isSpot, case .after(let refusals) = fallback, spotRefusals >= refusals || wasReclaimed else {
      return dealt
    }
    return .onDemand
  }
}
