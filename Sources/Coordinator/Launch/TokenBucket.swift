import Shared

/// How fast calls may go: `size` at once, then `refill` a second.
struct TokenBucket: Sendable {
  private let size: Double
  private let refill: Double
  private var tokens: Double
  private var filledAt: UTCInstant

  init(size: Double, refill: Double, at now: UTCInstant) {
    (self.size, self.refill) = (size, refill)
    (tokens, filledAt) = (size, now)
  }

  /// Takes one, if need be one of those to come.
  /// - Returns: the seconds until it may be used.
  mutating func take(at now: UTCInstant) -> Double {
    // A clock that was set back refills nothing.
    tokens = min(size, tokens + max(0, now.seconds(since: filledAt)) * refill)
    filledAt = now
    tokens -= 1
    return max(0, -tokens / refill)
  }
}

extension TokenBucket {
  /// Fargate takes 20 RunTask a second, burst and sustained (its documentation on throttling quotas). 5 and 15 a second
  /// are never more than 20 in any second, and the calls are made one after the other: 10 shards take a third of a second,
  /// 100 take six.
  static func launches(at now: UTCInstant) -> TokenBucket { TokenBucket(size: 5, refill: 15, at: now) }
  /// RunTask and StopTask share it, as all cluster-resource-modify actions of an account and region (ECS's
  /// documentation on request throttling).
  static func changes(at now: UTCInstant) -> TokenBucket { TokenBucket(size: 100, refill: 40, at: now) }
  /// DescribeTasks and ListTasks: cluster-resource-read actions.
  static func reads(at now: UTCInstant) -> TokenBucket { TokenBucket(size: 100, refill: 20, at: now) }
}
