import Shared

/// How much of what k6 prints goes on to the log: bursts of 100 lines, 20 lines a second, and a count of the rest.
/// A target that is down makes k6 print megabytes a second.
struct ForwardingBudget {
  private static let burst = 100.0
  private static let perSecond = 20.0
  private var tokens = burst
  private var lastAt: UTCInstant?
  private(set) var leftOut = 0

  /// - Returns: how many lines were left out before this one, or `nil` when this one is left out too.
  mutating func admit(at now: UTCInstant) -> Int? {
    let elapsed = lastAt.map { max(0, now.seconds(since: $0)) } ?? 0
    lastAt = now
    tokens = min(Self.burst, tokens + elapsed * Self.perSecond)
    guard tokens >= 1 else {
      leftOut += 1
      return nil
    }
    tokens -= 1
    defer { leftOut = 0 }
    return leftOut
  }
}
