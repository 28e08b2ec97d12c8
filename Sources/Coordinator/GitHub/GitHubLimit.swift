import Shared

/// GitHub asks for fewer calls. One that was refused for that was not carried out.
struct GitHubLimit: Sendable, Equatable {
  /// Seconds.
  let wait: Double

  /// By GitHub's "Best practices for using the REST API": `retry-after`; else `x-ratelimit-reset` when nothing is left;
  /// else a minute, and longer each time.
  /// - Parameters:
  ///   - attempts: how often it was tried, from 1.
  ///   - random: from 0 to 1.
  /// - Returns: `nil` for another refusal.
  init?(_ response: HTTPResponse, message: String, now: UTCInstant, attempts: Int, random: Double) {
    guard response.status == 403 || response.status == 429 else { return nil }
    let after = response.header("retry-after").flatMap(Self.number)
    let message = message.lowercased()
    let isSecondary =
      message.contains("rate limit") || message.contains("abuse detection") || message.contains("too quickly")
    // A missing permission may be found out with the last call of an hour.
    let isUsedUp = response.header("x-ratelimit-remaining") == "0" && !message.contains("not accessible")
    guard after != nil || isSecondary || isUsedUp || response.status == 429 else { return nil }
    if let after {
      wait = max(1, after)
    } else if isUsedUp, let reset = response.header("x-ratelimit-reset").flatMap(Self.number) {
      let nowSeconds = Double(now.nanoseconds) / 1e9
      wait = max(1, reset - nowSeconds + 1)
    } else {
      wait = 60 * Double(1 << min(max(attempts - 1, 0), 6)) * (1 + 0.1 * min(max(random, 0), 1))
    }
  }

  private static func number(_ text: String) -> Double? {
    text.utf8.allSatisfy { (48...57).contains($0) } && text.utf8.count <= 12 ? Double(text) : nil
  }
}
